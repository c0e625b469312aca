"""What differs in tests: engines are started if none are named, and the tests run as the owner."""

import os

from homecare.engines import hold_until_exit

os.environ["DEMO"] = "1"
# Before the settings read their addresses; the workers of pytest-xdist find these in their environment.
hold_until_exit()
# A Redis database of its own for each worker, so that no test meets another's messages.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{int(_worker) % 60 + 2}"

from homecare.settings import *  # noqa: E402, F403
from homecare.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

# Tables that are append-only may be emptied after a test, by the owner only (see homecare.audit).
DATABASES["default"]["OPTIONS"] = {"options": "-c homecare.allow_purge=on"}

# No collectstatic before a test.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
