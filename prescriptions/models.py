"""What we asked for: renewal requests, prescriptions, and the clinical screens they passed."""

from typing import Self

from django.db import models
from django.db.models import Q

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import StatusChange, Tracked
from homecare.core.rights import AppendOnly
from patients.models.sharing import still_shared
from patients.models.visibility import scoped, staff_only
from prescriptions.states import AT_PROVIDER, RENEWAL_OPEN, PrescriptionStatus, RenewalStatus


class RenewalRequestQuerySet(WatchedQuerySet["RenewalRequest"]):
    """Renewal requests, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the requests whose patients this user may see."""
        return staff_only(self, user)

    def open(self) -> Self:
        """Keep those that still wait for a prescription to reach the provider."""
        return self.filter(status__in=sorted(str(s) for s in RENEWAL_OPEN))


class RenewalRequest(Tracked):
    """One new prescription wanted for one enrolment, whoever asked first. Never two at once."""

    class AskedBy(models.TextChoices):
        """Who asked first."""

        SWEEP = "SWEEP", "Our own dates"
        PROVIDER = "PROVIDER", "Provider"
        CLINIC = "CLINIC", "Clinic"
        PATIENT = "PATIENT", "Patient"
        PHARMACY = "PHARMACY", "Pharmacy homecare team"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="renewals")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="renewals")
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="renewals")
    status = models.CharField(max_length=21, choices=RenewalStatus.choices, default=RenewalStatus.REQUESTED)
    asked_by = models.CharField(max_length=8, choices=AskedBy.choices)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    prompt_due_on = models.DateField(null=True, blank=True)
    prescription_needed_by_on = models.DateField(null=True, blank=True)
    first_uncovered_dose_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    objects = RenewalRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(status__in=sorted(str(s) for s in RENEWAL_OPEN)),
                name="renewal_one_open_for_an_enrolment",
            ),
            models.CheckConstraint(condition=Q(status__in=RenewalStatus.values), name="renewal_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["first_uncovered_dose_on", "id"],
                name="renewal_open_by_urgency",
                condition=Q(status__in=sorted(str(s) for s in RENEWAL_OPEN)),
            ),
            models.Index(
                fields=["clinic"],
                name="renewal_open_by_clinic",
                condition=Q(status__in=sorted(str(s) for s in RENEWAL_OPEN)),
            ),
        ]

    def __str__(self) -> str:
        return f"renewal request {self.pk}"


class RenewalAsk(models.Model):
    """Somebody else who asked for the same renewal. Append-only."""

    renewal = models.ForeignKey(RenewalRequest, on_delete=models.PROTECT, related_name="asks")
    asked_by = models.CharField(max_length=8, choices=RenewalRequest.AskedBy.choices)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    their_date_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    audit = AppendOnly("who asked and when is evidence of whose delay it was")

    def __str__(self) -> str:
        return f"{self.get_asked_by_display()} at {self.at}"


class RenewalStatusChange(StatusChange):
    """One move of a renewal request."""

    renewal = models.ForeignKey(RenewalRequest, on_delete=models.PROTECT, related_name="status_changes")


class PrescriptionQuerySet(WatchedQuerySet["Prescription"]):
    """Prescriptions, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: the trust's for its staff, a provider's own once sent.

        Once nothing more is shared with it (consent withdrawn, patient moved on), a provider keeps those that it
        acknowledged: it needs them to hand the supply over.
        """
        mine = scoped(self, user, provider_path="provider")
        if user.kind != User.Kind.PROVIDER_CLIENT:
            return mine
        return mine.filter(sent_at__isnull=False).filter(still_shared() | Q(acknowledged_at__isnull=False))

    def awaiting_screening(self) -> Self:
        """Keep those that a pharmacist has yet to screen."""
        return self.filter(status__in=[PrescriptionStatus.SUBMITTED, PrescriptionStatus.AMENDED])

    def awaiting_sending(self) -> Self:
        """Keep those screened and not yet with the provider."""
        return self.filter(status__in=[PrescriptionStatus.APPROVED, PrescriptionStatus.ORDER_RAISED])

    def at_provider(self) -> Self:
        """Keep those that the provider holds."""
        return self.filter(status__in=sorted(str(s) for s in AT_PROVIDER))


class Prescription(Tracked):
    """A prescription as tracked, never made: this system records signatures, it makes none."""

    class Artefact(models.TextChoices):
        """What was signed."""

        WET_INK_ORIGINAL = "WET_INK_ORIGINAL", "Signed in ink"
        SCANNED_COPY_PENDING_ORIGINAL = "SCANNED_COPY_PENDING_ORIGINAL", "Scanned copy, original awaited"
        ADVANCED_ELECTRONIC_SIGNATURE = "ADVANCED_ELECTRONIC_SIGNATURE", "Advanced electronic signature"
        EPS = "EPS", "Electronic Prescription Service"
        NOT_RECORDED = "NOT_RECORDED", "Not recorded"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="prescriptions")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="prescriptions")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="prescriptions")
    renewal = models.ForeignKey(
        RenewalRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="prescriptions"
    )
    product = models.ForeignKey("medicines.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.UUIDField(unique=True)
    status = models.CharField(max_length=16, choices=PrescriptionStatus.choices)
    artefact = models.CharField(max_length=29, choices=Artefact.choices, default=Artefact.NOT_RECORDED)
    signed_on = models.DateField(null=True, blank=True)
    not_before_on = models.DateField(null=True, blank=True)
    last_valid_on = models.DateField(null=True, blank=True)
    prescriber = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    prescribed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deliveries = models.PositiveSmallIntegerField()
    deliveries_made = models.PositiveSmallIntegerField(default=0)
    units_each = models.PositiveIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    dose_text = models.CharField(max_length=120, blank=True)
    wet_original_received_on = models.DateField(null=True, blank=True)
    purchase_order_number = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField(max_length=60, blank=True)
    is_assumed = models.BooleanField(default=False)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PrescriptionStatus.values), name="prescription_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "WRITTEN"]) | Q(signed_on__isnull=False, last_valid_on__isnull=False),
                name="prescription_signed_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(deliveries_made__lte=models.F("deliveries")), name="prescription_not_over_delivered"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider", "id"], name="prescription_provider_id", condition=Q(sent_at__isnull=False)
            ),
            models.Index(
                fields=["signed_on", "id"],
                name="prescription_to_screen",
                condition=Q(status__in=["SUBMITTED", "AMENDED"]),
            ),
            models.Index(
                fields=["signed_on", "id"],
                name="prescription_to_send",
                condition=Q(status__in=["APPROVED", "ORDER_RAISED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"prescription {self.pk}"

    @property
    def remaining(self) -> int:
        """Return how many of its deliveries have not been made."""
        return self.deliveries - self.deliveries_made


class PrescriptionStatusChange(StatusChange):
    """One move of a prescription."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="status_changes")


class ClinicalScreen(Tracked):
    """A pharmacist's clinical check of one prescription, and its outcome."""

    class Outcome(models.TextChoices):
        """What the pharmacist decided."""

        APPROVED = "APPROVED", "Approved"
        APPROVED_WITH_AMENDMENT = "APPROVED_WITH_AMENDMENT", "Approved with amendment"
        QUERIED = "QUERIED", "Queried"
        REJECTED = "REJECTED", "Rejected"

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="screens")
    outcome = models.CharField(max_length=23, choices=Outcome.choices)
    screened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.get_outcome_display()
