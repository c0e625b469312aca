"""What differs in tests: engines are started if none are named, and the tests run as the owner."""

from homecare.engines import hold_until_exit

# Before the settings read their addresses; the workers of pytest-xdist find these in their environment.
hold_until_exit()

from homecare.settings import *  # noqa: E402, F403
from homecare.settings import DATABASES  # noqa: E402

# Tables that are append-only may be emptied after a test, by the owner only (see homecare.audit).
DATABASES["default"]["OPTIONS"] = {"options": "-c homecare.allow_purge=on"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
