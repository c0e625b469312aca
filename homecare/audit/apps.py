"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Name the app."""

    name = "homecare.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
