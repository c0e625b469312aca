"""Settings of the rig's worker, beat and web server: the real ones, with ticks of a second and the rig's purpose."""

from homecare.settings import *  # noqa: F403
from homecare.settings import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.rig.app"]
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": 1.0} for name, entry in CELERY_BEAT_SCHEDULE.items() if name != "sweep"
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
