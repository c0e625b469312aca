"""The reporting app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Name the app."""

    name = "reporting"
    default_auto_field = "django.db.models.BigAutoField"
