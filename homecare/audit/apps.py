"""The audit app."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Name the app, and install the triggers after every migrate."""

    name = "homecare.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the triggers and rights put in place at the end of each migrate."""
        from homecare.audit.checks import check_audit
        from homecare.audit.install import install_after_migrate

        checks.register(check_audit, checks.Tags.database)

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="homecare.audit.install")
