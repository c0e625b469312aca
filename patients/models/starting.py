"""What a start needs besides consent: funding, visits, a plan, a protocol, adaptations; and equipment at home."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from homecare.accounts.models import User
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import StatusChange, Tracked
from patients.models.visibility import scoped, staff_only
from patients.states import FundingStatus, VisitStatus


class FundingApprovalQuerySet(WatchedQuerySet["FundingApproval"]):
    """Funding approvals, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        return staff_only(self, user)

    def approved(self) -> Self:
        """Keep those that were approved; whether one has lapsed is for its date to say."""
        return self.filter(status=FundingStatus.APPROVED)


class FundingApproval(Tracked):
    """Leave to spend on a high-cost medicine: from whom, for what, until when (domain.md 5.4, 11.10)."""

    class System(models.TextChoices):
        """Where approval is asked for."""

        BLUETEQ = "BLUETEQ", "Blueteq"
        IFR = "IFR", "Individual funding request"
        ICB = "ICB", "Integrated care board"
        NHSE = "NHSE", "NHS England"
        TRUST = "TRUST", "The trust"
        MANUFACTURER = "MANUFACTURER", "The manufacturer"

    class Purpose(models.TextChoices):
        """Beginning, or going on."""

        INITIATION = "INITIATION", "Initiation"
        CONTINUATION = "CONTINUATION", "Continuation"

    treatment = models.ForeignKey("patients.Treatment", on_delete=models.PROTECT, related_name="funding_approvals")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="funding_approvals")
    system = models.CharField(max_length=12, choices=System.choices)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    status = models.CharField(max_length=12, choices=FundingStatus.choices, default=FundingStatus.REQUESTED)
    reference = models.CharField(max_length=60, blank=True)
    criteria_version = models.CharField(max_length=60, blank=True)
    requested_on = models.DateField()
    decided_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day it covers")
    note = models.TextField(blank=True)

    objects = FundingApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=FundingStatus.values), name="funding_status_known"),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | (~Q(reference="") & Q(decided_on__isnull=False)),
                name="funding_approved_has_its_reference",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("requested_on")),
                name="funding_expires_after_it_was_asked_for",
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], condition=Q(status="APPROVED"), name="funding_expiry")]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.reference}".strip()


class FundingApprovalStatusChange(StatusChange):
    """One move of a funding approval."""

    approval = models.ForeignKey(FundingApproval, on_delete=models.PROTECT, related_name="status_changes")


class VisitQuerySet(WatchedQuerySet["Visit"]):
    """Visits, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: a provider its own."""
        return scoped(self, user, provider_path="enrolment__service__provider")


class Visit(Tracked):
    """A nurse at the patient's home: to train, or to give the medicine."""

    class Kind(models.TextChoices):
        """What for."""

        TRAINING = "TRAINING", "Training"
        ADMINISTRATION = "ADMINISTRATION", "Administration"

    class Outcome(models.TextChoices):
        """What came of training."""

        COMPETENT = "COMPETENT", "Competent"
        MORE_NEEDED = "MORE_NEEDED", "More training needed"
        CANNOT = "CANNOT", "Cannot self-administer"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=VisitStatus.choices, default=VisitStatus.PLANNED)
    planned_on = models.DateField(null=True, blank=True)
    booked_on = models.DateField(null=True, blank=True, help_text="The day it is booked for")
    done_on = models.DateField(null=True, blank=True)
    nurse_name = models.CharField(max_length=120, blank=True)
    person_trained = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True)
    competency_signed_on = models.DateField(null=True, blank=True)
    missed_reason = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=VisitStatus.values), name="visit_status_known"),
            models.CheckConstraint(
                condition=~Q(status="DONE") | Q(done_on__isnull=False), name="visit_done_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="COMPETENT") | Q(competency_signed_on__isnull=False),
                name="visit_competence_is_signed",
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "kind"], name="visit_enrolment_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} visit {self.pk}"


class VisitStatusChange(StatusChange):
    """One move of a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="status_changes")


class CarePlan(Tracked):
    """An individual plan for one patient: written by one, approved by a pharmacist."""

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="care_plans")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "version"], name="care_plan_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("written_by")),
                name="care_plan_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"care plan {self.version}"


class EscalationProtocol(Tracked):
    """The clinical protocol that a professional works to at home, and whom they call when a finding is out of it."""

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="escalation_protocols")
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=20)
    contact_name = models.CharField(max_length=120)
    contact_telephone = models.CharField(max_length=30)
    out_of_hours_telephone = models.CharField(max_length=30, blank=True)
    agreed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_on__isnull=True), name="escalation_protocol_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Adaptation(Tracked):
    """Work on a home, or equipment built into it, before treatment can begin."""

    class Kind(models.TextChoices):
        """What is done."""

        ADAPTATION = "ADAPTATION", "Adaptation of the home"
        INSTALLATION = "INSTALLATION", "Installed equipment"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="adaptations")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    description = models.CharField(max_length=300)
    surveyed_on = models.DateField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.description}"


class Equipment(Tracked):
    """A thing on loan at a patient's home, at any tier."""

    class Kind(models.TextChoices):
        """What it is."""

        FRIDGE = "FRIDGE", "Fridge"
        PUMP = "PUMP", "Pump"
        STAND = "STAND", "Stand"
        OTHER = "OTHER", "Other"

    class Owner(models.TextChoices):
        """Whose it is."""

        PROVIDER = "PROVIDER", "Provider"
        TRUST = "TRUST", "The trust"
        MANUFACTURER = "MANUFACTURER", "Manufacturer"
        PATIENT = "PATIENT", "Patient"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="equipment")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    description = models.CharField(max_length=120, blank=True)
    serial_number = models.CharField(max_length=60, blank=True)
    owner = models.CharField(max_length=12, choices=Owner.choices)
    ordered_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    service_due_on = models.DateField(null=True, blank=True)
    collected_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "serial_number"],
                condition=Q(collected_on__isnull=True) & ~Q(serial_number=""),
                name="equipment_in_one_home",
            ),
            models.CheckConstraint(
                condition=Q(collected_on__isnull=True)
                | Q(delivered_on__isnull=True)
                | Q(collected_on__gte=F("delivered_on")),
                name="equipment_collected_after_it_came",
            ),
        ]
        indexes = [
            models.Index(
                fields=["service_due_on"], condition=Q(collected_on__isnull=True), name="equipment_service_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.serial_number}".strip()


class Collection(Tracked):
    """Something to be fetched from a patient's home: equipment, sharps, medicine that must not be used."""

    class Kind(models.TextChoices):
        """What is fetched."""

        EQUIPMENT = "EQUIPMENT", "Equipment"
        SHARPS = "SHARPS", "Sharps bin"
        MEDICINE = "MEDICINE", "Unused medicine"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="collections")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, null=True, blank=True, related_name="collections"
    )
    asked_on = models.DateField()
    arranged_for_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    is_gentle = models.BooleanField(default=False, help_text="After a death: call the family with care")
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["asked_on"], condition=Q(done_on__isnull=True), name="collection_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of enrolment {self.enrolment_id}"
