"""The desk app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Name the app."""

    name = "homecare.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
