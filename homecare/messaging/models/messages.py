"""One message and all that became of it.

The row is the message: a process, a broker or a provider may vanish at any moment, and the row still says what is
known. Its id is made of its meaning (`rules.message_id`), so the primary key is at once the guard against doubles and
the reference given to the provider over all tries (docs/outbox.md).
"""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.rights import AppendOnly, Rights, Untracked
from homecare.messaging.models.recipients import Channel
from homecare.messaging.states import FINAL, WAITING, Status

NO_ADDRESS = "NO_ADDRESS"
"""Why a message to somebody who wants a telephone call or a letter is not sent: a person must make it."""

_UNDELIVERABLE = Q(closed_at__isnull=True) & (
    Q(status__in=[Status.FAILED_PERMANENT, Status.DEAD, Status.MISSED])
    | Q(status=Status.SUPPRESSED, outcome_reason=NO_ADDRESS)
)


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    """Which messages."""

    def visible_to(self, user: User) -> Self:
        """Those that the user may see: all of this hospital's, or none."""
        return self if user.may(Permission.MESSAGE_VIEW) else self.none()

    def waiting(self) -> Self:
        """Those of which nothing has been sent, and something still may be."""
        return self.filter(status__in=WAITING)

    def for_recipient(self, recipient_id: int) -> Self:
        """Those to one recipient, the newest first."""
        return self.filter(recipient_id=recipient_id).order_by("-planned_at", "id")

    def about(self, *, subject_type: str, subject_ids: list[int]) -> Self:
        """Those about these subjects."""
        return self.filter(subject_type=subject_type, subject_id__in=subject_ids)

    def uncertain(self) -> Self:
        """Those that may or may not have been sent."""
        return self.filter(status=Status.UNCERTAIN)

    def undeliverable(self) -> Self:
        """Those that did not arrive, or had no address to go to, and that nobody has dealt with yet."""
        return self.filter(_UNDELIVERABLE)

    def needs_attention(self) -> Self:
        """Those that somebody must look at: uncertain, failed, given up, missed, or for another way than a text."""
        return self.filter(Q(status=Status.UNCERTAIN) | _UNDELIVERABLE)

    def counts_by_age(self, at: dt.datetime) -> dict[str, dict[str, int]]:
        """Return the count of each status by age: up to a day, up to three days, older."""
        day_ago, three_days_ago = at - dt.timedelta(days=1), at - dt.timedelta(days=3)
        rows = self.values("status").annotate(
            day=models.Count("id", filter=Q(planned_at__gt=day_ago)),
            three_days=models.Count("id", filter=Q(planned_at__lte=day_ago, planned_at__gt=three_days_ago)),
            older=models.Count("id", filter=Q(planned_at__lte=three_days_ago)),
        )
        return {row["status"]: {key: row[key] for key in ("day", "three_days", "older")} for row in rows.order_by()}


class OutboxMessage(models.Model):
    """One message to one recipient for one need."""

    audit: ClassVar[Rights] = Untracked("Every move is a row of OutboxEvent, written in the same statement.")

    id = models.UUIDField(primary_key=True, editable=False)
    recipient = models.ForeignKey("messaging.Recipient", on_delete=models.PROTECT, related_name="messages")
    purpose = models.CharField(max_length=40)
    # What it is about, in a higher app: its deeds end the need by these (`actions.suppress`).
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    episode = models.CharField(max_length=80)
    due_on = models.DateField()
    step = models.PositiveSmallIntegerField(default=0)

    channel = models.CharField(max_length=5, choices=Channel.choices)
    priority = models.PositiveSmallIntegerField(default=50)
    status = models.CharField(max_length=16, choices=Status.choices)
    planned_at = models.DateTimeField()
    # Two clocks. What is due, and quiet hours, go by the instant that the caller gives; leases, waiting after a
    # refusal and look-ups go by the database's own clock (`retry_at`, `lease_until`, `uncertain_at`, `look_up_at`).
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=20)

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.UUIDField(null=True, blank=True)
    claim_no = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    uncertain_at = models.DateTimeField(null=True, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True)
    look_up_at = models.DateTimeField(null=True, blank=True)

    template = models.ForeignKey(
        "messaging.MessageTemplate", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    rendered_sha256 = models.CharField(max_length=64, blank=True)
    recipient_snapshot = models.CharField(max_length=254, blank=True)
    recipient_version = models.PositiveIntegerField(null=True, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    provider_status = models.CharField(max_length=40, blank=True)
    outcome_reason = models.CharField(max_length=60, blank=True)
    # No constraint in the database: the batch is written in the same statement, and checking costs as much as writing.
    batch = models.ForeignKey(
        "messaging.MessageBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        db_constraint=False,
        db_index=False,
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="message_status_known"),
            models.CheckConstraint(condition=Q(channel__in=list(Channel)), name="message_channel_known"),
            models.CheckConstraint(
                condition=Q(status="SENDING", lease_until__isnull=False, lease_owner__isnull=False)
                | (~Q(status="SENDING") & Q(lease_until__isnull=True, lease_owner__isnull=True)),
                name="message_leased_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(FINAL)) | Q(next_attempt_at__isnull=True),
                name="message_final_is_not_tried_again",
            ),
            models.CheckConstraint(
                condition=~Q(status="QUEUED") | Q(next_attempt_at__isnull=False), name="message_queued_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="UNCERTAIN") | Q(uncertain_at__isnull=False), name="message_uncertain_since"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["SUPPRESSED", "DEAD", "MISSED", "FAILED_PERMANENT"]) | ~Q(outcome_reason=""),
                name="message_not_sent_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="message_closed_by_somebody",
            ),
        ]
        # Each partial index is as small as the work that waits; a message that is done costs the first and last only.
        indexes = [
            models.Index(fields=["priority", "next_attempt_at"], condition=Q(status="QUEUED"), name="message_queue"),
            models.Index(fields=["lease_until"], condition=Q(status="SENDING"), name="message_leases"),
            models.Index(
                fields=["look_up_at"], condition=Q(status__in=["UNCERTAIN", "ACCEPTED"]), name="message_look_ups"
            ),
            models.Index(fields=["batch"], condition=Q(status="HELD"), name="message_held"),
            models.Index(
                fields=["planned_at"],
                condition=Q(status="UNCERTAIN") | _UNDELIVERABLE,
                name="message_needs_attention",
            ),
            models.Index(
                fields=["subject_id", "subject_type"],
                condition=Q(status__in=["PLANNED", "HELD", "QUEUED", "SENDING"]),
                name="message_open_by_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.due_on:%Y-%m-%d} {self.status}"

    @property
    def reference(self) -> str:
        """The reference given to the provider: the same over all tries, and saying nothing about anybody."""
        return str(self.id)

    @property
    def dedupe_key(self) -> uuid.UUID:
        """What makes it this message and no other: its id."""
        return self.id


class OutboxAttempt(models.Model):
    """One thing that happened between us and the provider, by the database's clock."""

    audit: ClassVar[Rights] = AppendOnly("What was tried was tried.")

    class Result(models.TextChoices):
        """What it came to."""

        BEGUN = "BEGUN", "Began"
        ACCEPTED = "ACCEPTED", "Accepted"
        REFUSED_FOR_GOOD = "REFUSED_FOR_GOOD", "Refused"
        REFUSED_FOR_NOW = "REFUSED_FOR_NOW", "Refused for now"
        NEVER_LEFT = "NEVER_LEFT", "Never left us"
        UNCERTAIN = "UNCERTAIN", "No clear answer"
        LEASE_ENDED = "LEASE_ENDED", "The sender vanished"
        TOO_LATE = "TOO_LATE", "Answered after somebody else took over"
        FOUND = "FOUND", "Looked up: the provider has it"
        ABSENT = "ABSENT", "Looked up: the provider does not have it"
        NO_CONTROL = "NO_CONTROL", "Looked up: not found, nor was a message that it must have"
        UNREACHABLE = "UNREACHABLE", "Looked up: no answer"

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="tries", db_constraint=False)
    claim_no = models.PositiveIntegerField()
    lease_owner = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())
    result = models.CharField(max_length=16, choices=Result.choices)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    error_class = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    result__in=[
                        "BEGUN",
                        "ACCEPTED",
                        "REFUSED_FOR_GOOD",
                        "REFUSED_FOR_NOW",
                        "NEVER_LEFT",
                        "UNCERTAIN",
                        "LEASE_ENDED",
                        "TOO_LATE",
                        "FOUND",
                        "ABSENT",
                        "NO_CONTROL",
                        "UNREACHABLE",
                    ]
                ),
                name="attempt_result_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_no}: {self.result}"


class OutboxEvent(models.Model):
    """One move of a message: from what to what, when, by whom and why. Written in the statement that moves it."""

    audit: ClassVar[Rights] = AppendOnly("A move that was made stays made; the next one says otherwise.")

    # No constraints in the database: events are written only beside their message, which is never deleted.
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=20)
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.from_status or '-'} -> {self.to_status}"
