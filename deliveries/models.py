"""What the provider did: deliveries, their lines with batch and expiry, and what went wrong."""

from typing import Self

from django.db import models
from django.db.models import Q

from deliveries.states import EXPECTED, DeliveryStatus
from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import StatusChange, Tracked
from patients.models.sharing import still_shared
from patients.models.visibility import scoped


class DeliveryQuerySet(WatchedQuerySet["Delivery"]):
    """Deliveries, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: the trust's for its staff, a provider's own for it.

        Once nothing more is shared with a provider, it keeps those of prescriptions that it acknowledged.
        """
        mine = scoped(self, user, provider_path="provider")
        if user.kind != User.Kind.PROVIDER_CLIENT:
            return mine
        return mine.filter(still_shared() | Q(prescription__acknowledged_at__isnull=False))

    def expected(self) -> Self:
        """Keep those still to come."""
        return self.filter(status__in=sorted(str(s) for s in EXPECTED))


class Delivery(Tracked):
    """One delivery of one prescription."""

    class FailureCause(models.TextChoices):
        """Why it failed, and so whose it was."""

        PROVIDER = "PROVIDER", "Provider"
        COURIER = "COURIER", "Courier"
        PATIENT_NOT_IN = "PATIENT_NOT_IN", "Nobody in"
        ADDRESS = "ADDRESS", "Address"
        HOSPITAL = "HOSPITAL", "Hospital"
        WEATHER = "WEATHER", "Weather"
        OTHER = "OTHER", "Other"

    prescription = models.ForeignKey("prescriptions.Prescription", on_delete=models.PROTECT, related_name="made")
    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="deliveries")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="deliveries")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="deliveries")
    reference = models.UUIDField(unique=True)
    sequence = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=17, choices=DeliveryStatus.choices, default=DeliveryStatus.PLANNED)
    planned_on = models.DateField(null=True, blank=True)
    booked_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    failure_cause = models.CharField(max_length=14, choices=FailureCause.choices, blank=True)
    failure_note = models.TextField(blank=True)
    recipient_name = models.CharField(max_length=120, blank=True)
    proof_reference = models.CharField(max_length=60, blank=True)
    address_text = models.CharField(
        max_length=400, blank=True, default="", db_default="", help_text="Where to, as it was when it was booked"
    )
    is_assumed = models.BooleanField(default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prescription", "sequence"], name="delivery_sequence_once"),
            models.CheckConstraint(condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["DELIVERED_FULL", "DELIVERED_PART"]) | Q(delivered_on__isnull=False),
                name="delivery_delivered_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="FAILED") | (Q(failed_on__isnull=False) & ~Q(failure_cause="")),
                name="delivery_failed_has_its_cause",
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "delivered_on"], name="delivery_enrolment_day")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class DeliveryLine(Tracked):
    """What was handed over: units, batch and expiry, traceable for a recall."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("medicines.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    units = models.PositiveIntegerField()
    batch_number = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="delivery_line_has_units")]
        indexes = [models.Index(fields=["batch_number"], name="delivery_line_batch")]

    def __str__(self) -> str:
        return f"{self.units} of batch {self.batch_number or 'not recorded'}"


class DeliveryStatusChange(StatusChange):
    """One move of a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="status_changes")
