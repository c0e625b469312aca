"""The desk app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Name the app."""

    name = "homecare.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what the desk does when a transfer is finished, or called off."""
        from homecare.desk.moving import deeds
        from patients.actions import enrolment, transfer

        transfer.when_finished(deeds.end_what_hung_on_it)
        enrolment.when_called_off(deeds.end_what_was_begun)
