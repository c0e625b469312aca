"""The prescriptions app."""

from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    """Name the app."""

    name = "prescriptions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this app writes to people."""
        from prescriptions import notifications

        notifications.register()
