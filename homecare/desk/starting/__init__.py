"""Pages of what a start needs: funding, visits, plans, equipment, the regimen, and the way to the first dose."""
