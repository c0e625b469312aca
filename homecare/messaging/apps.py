"""The messaging app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MessagingConfig(AppConfig):
    """Name the app, and let the database refuse what the table of moves does not have."""

    name = "homecare.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install the triggers after each migrate."""
        from homecare.messaging.database import install

        post_migrate.connect(install, sender=self)
