"""The monitoring app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Name the app."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"
