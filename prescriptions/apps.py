"""The prescriptions app."""

from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    """Name the app."""

    name = "prescriptions"
    default_auto_field = "django.db.models.BigAutoField"
