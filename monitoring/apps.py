"""The monitoring app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Name the app."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this app writes to people."""
        from monitoring import notifications

        notifications.register()
