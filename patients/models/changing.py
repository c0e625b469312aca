"""What changes once somebody is on homecare: wishes, what the provider is told of, and moves between providers."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import WatchedQuerySet
from homecare.core.models import Tracked
from homecare.core.rights import Rights, Untracked
from patients.models.visibility import scoped, staff_only
from patients.states import BulkTransferStatus


class DeliveryPreference(Tracked):
    """What a patient asked of deliveries, and whether the provider can: one in force for an enrolment."""

    class Slot(models.TextChoices):
        """Which part of the day."""

        ANY = "ANY", "Any time"
        MORNING = "MORNING", "Morning"
        AFTERNOON = "AFTERNOON", "Afternoon"
        EVENING = "EVENING", "Evening"

    class Place(models.TextChoices):
        """Where to."""

        HOME = "HOME", "Home"
        WORK = "WORK", "Work"
        NEIGHBOUR = "NEIGHBOUR", "Neighbour"
        FRIEND = "FRIEND", "Friend or family"
        OTHER = "OTHER", "Another place"

    class Answer(models.TextChoices):
        """What the provider said."""

        WAITING = "WAITING", "Waiting"
        HONOURED = "HONOURED", "Will do"
        CANNOT = "CANNOT", "Cannot"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="delivery_preferences")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="1 Monday to 7 Sunday"
    )
    slot = models.CharField(max_length=9, choices=Slot.choices, default=Slot.ANY)
    place = models.CharField(max_length=9, choices=Place.choices, default=Place.HOME)
    place_detail = models.CharField(max_length=300, blank=True)
    away_from_on = models.DateField(null=True, blank=True)
    away_to_on = models.DateField(null=True, blank=True)
    asked_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.WAITING)
    answer_reason = models.CharField(max_length=300, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(ended_on__isnull=True), name="delivery_preference_one_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(answer="CANNOT") | ~Q(answer_reason=""), name="delivery_preference_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(away_to_on__isnull=True) | Q(away_to_on__gte=F("away_from_on")),
                name="delivery_preference_away_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery preference {self.pk}"


class ProviderNoticeQuerySet(WatchedQuerySet["ProviderNotice"]):
    """Notices, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: a provider those meant for it."""
        return scoped(self, user, provider_path="provider")

    def unanswered(self) -> Self:
        """Keep those that the provider has not acknowledged, and still must."""
        return self.filter(acknowledged_at__isnull=True, withdrawn_at__isnull=True)

    def untold(self) -> Self:
        """Keep those that nobody has told the provider yet."""
        return self.unanswered().filter(told_at__isnull=True)

    def unacknowledged(self) -> Self:
        """Keep those that the provider was told and has not acknowledged."""
        return self.unanswered().filter(told_at__isnull=False)


class ProviderNotice(Tracked):
    """One thing that a provider must be told of a patient, and when it said that it knows."""

    class Kind(models.TextChoices):
        """What it is about."""

        ADDRESS = "ADDRESS", "Address"
        CONTACT = "CONTACT", "Telephone or email"
        REPRESENTATIVE = "REPRESENTATIVE", "Representative"
        ACCESSIBLE_NEED = "ACCESSIBLE_NEED", "Accessible information"
        PREFERENCE = "PREFERENCE", "Delivery wishes"
        SUSPENSION = "SUSPENSION", "Treatment paused"
        RESUMPTION = "RESUMPTION", "Treatment resumed"
        DOSE_CHANGE = "DOSE_CHANGE", "Dose or device changed"
        CANCELLATION = "CANCELLATION", "Prescription cancelled"
        TRANSFER = "TRANSFER", "Moved to another provider"
        STOP = "STOP", "Homecare ended"
        CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", "Consent withdrawn"
        DEATH = "DEATH", "Patient has died"
        COLLECTION = "COLLECTION", "Something to collect"

    class How(models.TextChoices):
        """How the provider was told."""

        NOT_YET = "NOT_YET", "Not yet told"
        TELEPHONE = "TELEPHONE", "By telephone"
        EMAIL = "EMAIL", "By secure email"
        PORTAL = "PORTAL", "In their portal"
        API = "API", "Their system read it here"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="provider_notices")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="provider_notices")
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=17, choices=Kind.choices)
    detail = models.TextField(help_text="What the provider needs to know, and no more")
    effective_on = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=9, choices=How.choices, default=How.NOT_YET)
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="It need not be told any more")
    withdrawn_because = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = ProviderNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, how="NOT_YET") | (Q(told_at__isnull=False) & ~Q(how="NOT_YET")),
                name="notice_told_says_how",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | (Q(told_at__isnull=False) & ~Q(acknowledged_by="")),
                name="notice_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["raised_at", "id"],
                condition=Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True),
                name="notice_oldest_unanswered",
            ),
            models.Index(fields=["patient", "raised_at"], name="notice_patient"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.get_kind_display()}"

    @property
    def is_untold(self) -> bool:
        """Say whether the provider must still be told."""
        return self.told_at is None and self.withdrawn_at is None


class BulkTransferQuerySet(models.QuerySet["BulkTransfer"]):
    """Bulk transfers, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        may = user.kind != User.Kind.PROVIDER_CLIENT and user.may(Permission.PATIENT_VIEW)
        return self if may else self.none()

    def running(self) -> Self:
        """Keep those that are to go on."""
        return self.filter(status=BulkTransferStatus.RUNNING)


class BulkTransfer(Tracked):
    """A whole list moved off one provider: planned, running, done; stopped and started again without harm."""

    Status = BulkTransferStatus

    from_provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=BulkTransferStatus.choices, default=BulkTransferStatus.PLANNED)
    reason = models.TextField()
    old_provider_supplies = models.BooleanField(
        default=True, db_default=True, help_text="Whether the old provider still delivers until the new one has begun"
    )
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    # Each transfer is this person's deed: whoever pressed the button last.
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkTransferQuerySet.as_manager()

    def __str__(self) -> str:
        return f"bulk transfer {self.pk}"


class BulkTransferRowQuerySet(models.QuerySet["BulkTransferRow"]):
    """Rows, asked for in words. Each names a patient: whoever shows some says whose (homecare.audit.access)."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        return self.filter(bulk__in=BulkTransfer.objects.visible_to(user))

    def waiting(self) -> Self:
        """Keep those not yet dealt with."""
        return self.filter(status=BulkTransferRow.Status.WAITING)


class BulkTransferRow(models.Model):
    """One enrolment of a bulk transfer: where to, in what order, and what became of it."""

    audit: ClassVar[Rights] = Untracked("A place in a queue: the transfer that it leads to is on record.")

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "WAITING", "Waiting"
        DONE = "DONE", "Transfer started"
        REFUSED = "REFUSED", "Refused"

    bulk = models.ForeignKey(BulkTransfer, on_delete=models.PROTECT, related_name="rows")
    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="+")
    to_service = models.ForeignKey("providers.HomecareService", on_delete=models.PROTECT, null=True, related_name="+")
    place = models.PositiveIntegerField(help_text="1 for the patient who runs out first")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    message = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = BulkTransferRowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "enrolment"], name="bulk_transfer_row_once")]
        indexes = [models.Index(fields=["bulk", "status", "place"], name="bulk_transfer_next")]

    def __str__(self) -> str:
        return f"row {self.place} of bulk transfer {self.bulk_id}"


class TransferQuerySet(WatchedQuerySet["Transfer"]):
    """Transfers, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep those that this user may see: never a provider."""
        return staff_only(self, user)

    def under_way(self) -> Self:
        """Keep those neither finished nor cancelled."""
        return self.filter(finished_on__isnull=True, cancelled_on__isnull=True)


class Transfer(Tracked):
    """One treatment moved from one provider's service to another's.

    While it is under way the old enrolment answers for the patient: its cover counts what either provider gave, and
    it alone asks for prescriptions.
    """

    from_enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="transfers_out")
    to_enrolment = models.OneToOneField("patients.Enrolment", on_delete=models.PROTECT, related_name="transfer_in")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="transfers")
    bulk = models.ForeignKey(BulkTransfer, on_delete=models.PROTECT, null=True, blank=True, related_name="transfers")
    old_provider_supplies = models.BooleanField(
        default=True, db_default=True, help_text="Whether the old provider still delivers until the new one has begun"
    )
    started_on = models.DateField()
    finished_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    reason = models.TextField()

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_enrolment=F("to_enrolment")), name="transfer_goes_somewhere"),
            models.UniqueConstraint(
                fields=["from_enrolment"], condition=Q(cancelled_on__isnull=True), name="transfer_one_that_stands"
            ),
            models.CheckConstraint(
                condition=Q(finished_on__isnull=True) | Q(cancelled_on__isnull=True),
                name="transfer_finished_or_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Say whether it is neither finished nor cancelled."""
        return self.finished_on is None and self.cancelled_on is None
