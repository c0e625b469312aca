"""What was planned together: passed by the brake on mass sending, or held for a second person."""

import datetime as dt
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Sum

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.models import Tracked
from homecare.messaging.rules import HoldReason

HOLD_REASON_WORDS = {
    HoldReason.FIRST_AFTER_IMPORT: "the first after an import",
    HoldReason.MORE_THAN_USUAL: "many more than usual on this day of the week",
    HoldReason.SAME_TEXT_TO_MANY: "the same text to very many",
    HoldReason.SHARED_NUMBER: "one number that more than three patients share",
}


class MessageBatchQuerySet(models.QuerySet["MessageBatch"]):
    """Which batches."""

    def visible_to(self, user: User) -> Self:
        """Those that the user may see: all, or none."""
        return self if user.may(Permission.MESSAGE_VIEW) else self.none()

    def held(self) -> Self:
        """Those that wait for a second person."""
        return self.filter(status=MessageBatch.Status.HELD)

    def let_go_by_day(self, purpose: str, days: Iterable[dt.date]) -> dict[dt.date, int]:
        """How many messages of the rule were let go on each of these days, by the brake or by a person."""
        let_go = Sum(F("planned_count") - F("held_count") + F("released_count"))
        rows = self.filter(purpose=purpose, day__in=list(days)).values_list("day").annotate(total=let_go).order_by()
        return {day: int(total) for day, total in rows}


class MessageBatch(Tracked):
    """The messages that one run of a rule planned on one day."""

    class Status(models.TextChoices):
        """What became of it."""

        PASSED = "PASSED", "Passed"
        HELD = "HELD", "Held for a second person"
        RELEASED = "RELEASED", "Released"
        DISCARDED = "DISCARDED", "Discarded"

    purpose = models.CharField(max_length=40)
    day = models.DateField()
    status = models.CharField(max_length=9, choices=Status.choices)
    planned_count = models.PositiveIntegerField()
    held_count = models.PositiveIntegerField(default=0)
    released_count = models.PositiveIntegerField(default=0)
    usual = models.FloatField(default=0)
    hold_reasons = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = MessageBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["PASSED", "HELD", "RELEASED", "DISCARDED"]), name="batch_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PASSED", "HELD"], decided_by__isnull=True, decided_at__isnull=True)
                | Q(status__in=["RELEASED", "DISCARDED"], decided_by__isnull=False, decided_at__isnull=False),
                name="batch_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("planned_by")),
                name="batch_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(held_count__lte=F("planned_count")), name="batch_holds_no_more_than_all"
            ),
            models.CheckConstraint(
                condition=(Q(status="PASSED") & Q(held_count=0)) | (~Q(status="PASSED") & Q(held_count__gt=0)),
                name="batch_held_if_it_holds_any",
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "day"], name="batch_purpose_day"),
            models.Index(fields=["planned_at"], condition=Q(status="HELD"), name="batch_held"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.day:%Y-%m-%d} ({self.planned_count})"

    def reasons_in_words(self) -> list[str]:
        """Say why it was held."""
        return [HOLD_REASON_WORDS.get(HoldReason(reason), reason) for reason in self.hold_reasons]

    def waits_since(self, at: dt.datetime) -> dt.timedelta:
        """Return how long it has waited."""
        return at - self.planned_at
