"""The providers app."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Name the app."""

    name = "providers"
    default_auto_field = "django.db.models.BigAutoField"
