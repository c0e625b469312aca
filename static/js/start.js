// Start the NHS.UK components of the page.
import { initAll } from '../vendor/nhsuk/nhsuk-frontend.min.js'

initAll()
