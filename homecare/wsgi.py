"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homecare.settings")
application = get_wsgi_application()

from homecare.startup import refuse_unless_safe  # noqa: E402 - needs the settings

refuse_unless_safe()
