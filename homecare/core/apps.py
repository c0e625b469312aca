"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Name the app."""

    name = "homecare.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
