"""The deliveries app."""

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Name the app."""

    name = "deliveries"
    default_auto_field = "django.db.models.BigAutoField"
