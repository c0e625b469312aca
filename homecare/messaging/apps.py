"""The messaging app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Name the app."""

    name = "homecare.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
