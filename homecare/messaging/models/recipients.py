"""To whom: one row for each person, clinic, team or provider that is written to, locked while we decide to send."""

from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked


class Channel(models.TextChoices):
    """How a message goes."""

    SMS = "SMS", "Text message"
    EMAIL = "EMAIL", "E-mail"


class Recipient(Tracked):
    """Where and whether somebody may be written to. The patients app's actions write it through `actions`.

    Nobody is written to until somebody has said that it is safe, and nobody who is silenced ever is.
    """

    class Kind(models.TextChoices):
        """What is written to."""

        PATIENT = "PATIENT", "Patient"
        CLINIC = "CLINIC", "Clinic"
        TEAM = "TEAM", "Homecare team"
        PROVIDER = "PROVIDER", "Provider"

    class Preference(models.TextChoices):
        """How they wish to hear from us."""

        SMS = "SMS", "Text message"
        EMAIL = "EMAIL", "E-mail"
        PHONE = "PHONE", "Telephone"
        LETTER = "LETTER", "Letter"
        NONE = "NONE", "Not at all"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    display = models.CharField(max_length=60, help_text="A reference for staff, such as a hospital number. No name.")
    mobile = models.CharField(max_length=16, blank=True, help_text="As +447700900123.")
    email = models.EmailField(blank=True)
    preferred_channel = models.CharField(max_length=6, choices=Preference.choices, default=Preference.SMS)
    safe_to_message = models.BooleanField(default=False)
    silenced_at = models.DateTimeField(null=True, blank=True)
    silenced_reason = models.CharField(max_length=40, blank=True)
    clinic = models.OneToOneField(
        "accounts.Clinic", on_delete=models.PROTECT, null=True, blank=True, related_name="recipient"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["PATIENT", "CLINIC", "TEAM", "PROVIDER"]), name="recipient_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(preferred_channel__in=["SMS", "EMAIL", "PHONE", "LETTER", "NONE"]),
                name="recipient_preference_known",
            ),
            models.CheckConstraint(
                condition=Q(silenced_at__isnull=True, silenced_reason="")
                | (Q(silenced_at__isnull=False) & ~Q(silenced_reason="")),
                name="recipient_silence_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="CLINIC", clinic__isnull=False) | (~Q(kind="CLINIC") & Q(clinic__isnull=True)),
                name="recipient_clinic_of_clinics",
            ),
            models.CheckConstraint(
                condition=Q(mobile="") | Q(mobile__regex=r"^\+[0-9]{7,15}$"), name="recipient_mobile_international"
            ),
        ]
        indexes = [
            models.Index(
                fields=["mobile"], condition=Q(kind="PATIENT") & ~Q(mobile=""), name="recipient_patient_mobile"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.display}"

    @property
    def addresses(self) -> dict[str, str]:
        """The address for each channel; empty where there is none."""
        return {Channel.SMS: self.mobile, Channel.EMAIL: self.email}

    def barred(self) -> str | None:
        """Return why nothing may be sent to them at all; None if it may."""
        if self.silenced_at is not None:
            return self.silenced_reason
        if not self.safe_to_message:
            return "NOT_SAFE_TO_MESSAGE"
        return None
