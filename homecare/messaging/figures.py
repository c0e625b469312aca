"""Figures that must add up: what was due is what was sent, suppressed, missed, given up, uncertain or still waiting."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count

from homecare.core.clock import at_local
from homecare.messaging import registry
from homecare.messaging.models import MessageBatch, OutboxMessage
from homecare.messaging.rules import MESSAGE_ID_SQL
from homecare.messaging.states import SENT, WAITING, Status


@dataclass(frozen=True)
class DayFigures:
    """One purpose on one day of planning."""

    purpose: str
    planned: int
    sent: int
    failed: int
    suppressed: dict[str, int]
    missed: int
    dead: int
    uncertain: int
    sending: int
    waiting: int
    batches: int

    @property
    def adds_up(self) -> bool:
        """Say whether every message planned is somewhere, and whether the batches tell of as many."""
        parts = self.sent + self.failed + self.missed + self.dead + self.uncertain + self.sending + self.waiting
        return self.planned == parts + sum(self.suppressed.values()) == self.batches


def day_figures(day: dt.date) -> list[DayFigures]:
    """Return the figures of what was planned on this day in London, by purpose."""
    begins, ends = at_local(day, 0), at_local(day + dt.timedelta(days=1), 0)
    rows = OutboxMessage.objects.filter(planned_at__gte=begins, planned_at__lt=ends)
    counted = rows.values_list("purpose", "status", "outcome_reason").annotate(number=Count("id")).order_by()
    batches: dict[str, int] = {}
    planned = MessageBatch.objects.filter(planned_at__gte=begins, planned_at__lt=ends)
    for purpose, number in planned.values_list("purpose", "planned_count"):
        batches[purpose] = batches.get(purpose, 0) + number
    found = list(counted)
    purposes = sorted({row[0] for row in found} | set(batches))
    return [_figures(code, [row[1:] for row in found if row[0] == code], batches.get(code, 0)) for code in purposes]


def _figures(purpose: str, rows: Sequence[tuple[str, str, int]], batches: int) -> DayFigures:
    def total(statuses: frozenset[Status]) -> int:
        return sum(number for status, _, number in rows if status in statuses)

    return DayFigures(
        purpose=purpose,
        planned=sum(number for _, _, number in rows),
        sent=total(SENT),
        failed=total(frozenset({Status.FAILED_PERMANENT})),
        suppressed={reason: number for status, reason, number in rows if status == Status.SUPPRESSED},
        missed=total(frozenset({Status.MISSED})),
        dead=total(frozenset({Status.DEAD})),
        uncertain=total(frozenset({Status.UNCERTAIN})),
        sending=total(frozenset({Status.SENDING})),
        waiting=total(WAITING),
        batches=batches,
    )


def not_planned(
    *, purpose: str, candidates_sql: str, params: Mapping[str, Any] | Sequence[Any], step: int = 0
) -> list[UUID]:
    """Return the ids of messages that a second, independent statement of what is due finds and the outbox has not.

    The statement has the columns of `planning.plan`. An empty list is what the daily reconciliation hopes for.
    """
    values: dict[str, Any] = {"purpose": registry.get(purpose).code, "step": step}
    with connection.cursor() as cursor:
        id_sql = MESSAGE_ID_SQL.format(
            recipient_id="c.recipient_id",
            purpose="%(purpose)s",
            episode="c.episode",
            due_on="c.due_on",
            step="%(step)s",
        )
        candidates = cursor.mogrify(candidates_sql, params or None).decode().replace("%", "%%")
        cursor.execute(
            f"SELECT DISTINCT k.id FROM (SELECT {id_sql} AS id FROM ({candidates}) c) k "  # noqa: S608
            "WHERE NOT EXISTS (SELECT 1 FROM messaging_outboxmessage m WHERE m.id = k.id)",
            values,
        )
        return [row[0] for row in cursor.fetchall()]


def needs_attention_counts() -> dict[str, int]:
    """Return how many messages and batches wait for a person, for the safety net on Today."""
    rows = OutboxMessage.objects.needs_attention().values_list("status").annotate(number=Count("id")).order_by()
    counts = dict(rows)
    return {
        "uncertain": counts.get(Status.UNCERTAIN, 0),
        "undeliverable": sum(number for status, number in counts.items() if status != Status.UNCERTAIN),
        "held_batches": MessageBatch.objects.held().count(),
    }


def sends_to_the_stand_in() -> bool:
    """Say whether messages go to the demonstration's own stand-in, so that nobody takes them for sent."""
    return bool(settings.DEMO) and f"{settings.BASE_URL}/demo/notify" == settings.NOTIFY_BASE_URL
