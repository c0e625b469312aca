"""Planning: from what is due to messages, set-based, once each however often it runs.

One statement finds what is new, weighs it against the brake on mass sending, writes the messages, their first events
and their batch. A missed tick, two planners or a three-day outage all come to the same rows.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging import crashpoints, registry
from homecare.messaging.models import MessageBatch
from homecare.messaging.registry import Purpose
from homecare.messaging.rules import MESSAGE_ID_SQL, HoldReason, batch_limit

USUAL_WEEKS = 8
"""Weeks looked back for what is usual on a day of the week."""

OFCOM_DRAMA = "+447700900%"
"""Ofcom's numbers for drama: everybody in the demonstration shares a thousand of them."""

TURNS_SQL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

_LAST_SENDING_HOUR = dt.time(20, 0)

_PLAN = """
WITH candidate AS ({candidates}
), fresh AS MATERIALIZED (
    SELECT * FROM (
        SELECT {id_sql} AS id, c.recipient_id, c.subject_type, c.subject_id, c.episode, c.due_on, c.channel
        FROM candidate c
    ) k
    WHERE NOT EXISTS (SELECT 1 FROM messaging_outboxmessage m WHERE m.id = k.id)
), tally AS MATERIALIZED (
    SELECT count(*) AS size, CASE WHEN count(*) > 0
           THEN nextval(pg_get_serial_sequence('messaging_messagebatch', 'id')) END AS batch_id
    FROM fresh
), verdict AS MATERIALIZED (
    SELECT batch_id, array_remove(ARRAY[
        CASE WHEN %(after_import)s THEN 'FIRST_AFTER_IMPORT' END,
        CASE WHEN size + %(unapproved_today)s > %(batch_limit)s THEN 'MORE_THAN_USUAL' END,
        CASE WHEN size + %(same_text_today)s > %(same_text_limit)s THEN 'SAME_TEXT_TO_MANY' END
    ], NULL)::varchar[] AS reasons
    FROM tally
), crowd AS MATERIALIZED (
    SELECT r.id FROM messaging_recipient r WHERE r.kind = 'PATIENT' AND r.mobile <> '' AND r.mobile IN (
        SELECT mobile FROM messaging_recipient WHERE kind = 'PATIENT' AND mobile <> ''{not_drama}
        GROUP BY mobile HAVING count(*) > 3)
), planned AS (
    INSERT INTO messaging_outboxmessage (
        id, recipient_id, purpose, subject_type, subject_id, episode, due_on, step, channel, priority, status,
        planned_at, next_attempt_at, not_after, attempts, max_attempts, claim_no, rendered_sha256,
        recipient_snapshot, provider_id, provider_status, outcome_reason, batch_id)
    SELECT f.id, f.recipient_id, %(purpose)s, f.subject_type, f.subject_id, f.episode, f.due_on, %(step)s, f.channel,
        %(priority)s,
        CASE WHEN v.reasons <> '{{}}' OR f.recipient_id IN (SELECT id FROM crowd) THEN 'HELD'
             WHEN %(not_before)s > %(at)s::timestamptz + interval '1 day' THEN 'PLANNED' ELSE 'QUEUED' END,
        %(at)s, %(not_before)s, {not_after}, 0, %(max_attempts)s, 0, '', '', '', '', '', v.batch_id
    FROM fresh f CROSS JOIN verdict v
    ON CONFLICT (id) DO NOTHING
    RETURNING id, status
), told AS (
    INSERT INTO messaging_outboxevent (message_id, at, event, from_status, to_status, by_id, reason)
    SELECT id, %(at)s, 'plan', '', status, %(by_id)s, '' FROM planned
), counted AS (
    SELECT count(*) AS planned, count(*) FILTER (WHERE status = 'HELD') AS held FROM planned
), batch AS (
    INSERT INTO messaging_messagebatch (
        id, purpose, day, status, planned_count, held_count, released_count, usual, hold_reasons, planned_by_id,
        planned_at)
    SELECT v.batch_id, %(purpose)s, %(day)s, CASE WHEN c.held > 0 THEN 'HELD' ELSE 'PASSED' END, c.planned, c.held, 0,
        %(usual)s, CASE WHEN c.held > 0 AND v.reasons = '{{}}' THEN '{{SHARED_NUMBER}}' ELSE v.reasons END,
        %(answerable_id)s, %(at)s
    FROM counted c CROSS JOIN verdict v WHERE c.planned > 0
    RETURNING id
)
SELECT planned, held, (SELECT id FROM batch) FROM counted
"""


@dataclass(frozen=True)
class PlanResult:
    """What one run of a rule planned: how many new messages, how many of them are held, and their batch."""

    planned: int
    held: int
    batch_id: int | None

    @property
    def batch(self) -> MessageBatch | None:
        """The batch; None where nothing was new."""
        return MessageBatch.objects.get(pk=self.batch_id) if self.batch_id is not None else None


@action
def plan(
    *,
    purpose: str,
    candidates_sql: str,
    params: Mapping[str, Any] | Sequence[Any],
    day: dt.date,
    by: User,
    at: dt.datetime,
    initial_import: bool = False,
    answerable: User | None = None,
    not_before: dt.datetime | None = None,
    step: int = 0,
) -> PlanResult:
    """Plan a message for each candidate that has none yet.

    `candidates_sql` is a SELECT with its own `params` that gives recipient_id, subject_type, subject_id, episode,
    due_on and channel (SMS or EMAIL; which one is asked again at sending). A message is the same message if recipient,
    purpose, episode, due date and step are. Planners of one purpose take turns, so that each sees what the last one
    planned when the brake counts; the primary key would stop a double even without. `answerable` is the person whose
    deed the batch comes from, if not `by`: a held one needs somebody else.
    """
    what = registry.get(purpose)
    with connection.cursor() as cursor:
        cursor.execute(TURNS_SQL, [f"messaging.plan:{purpose}"])
        sql = _PLAN.format(
            candidates=cursor.mogrify(candidates_sql, params or None).decode().replace("%", "%%"),
            id_sql=MESSAGE_ID_SQL.format(
                recipient_id="c.recipient_id", purpose="%(purpose)s", episode="c.episode", due_on="c.due_on",
                step="%(step)s",
            ),
            not_drama=f" AND mobile NOT LIKE '{OFCOM_DRAMA.replace('%', '%%')}'" if settings.DEMO else "",
            not_after=_NOT_AFTER if what.stale_after_days is not None else "NULL",
        )  # fmt: skip
        cursor.execute(sql, _values(what, day=day, by=by, at=at) | {
            "after_import": initial_import,
            "answerable_id": (answerable or by).pk,
            "not_before": not_before or at,
            "step": step,
        })  # fmt: skip
        planned, held, batch_id = cursor.fetchone()
    crashpoints.reach("in_planning")
    return PlanResult(planned=planned, held=held, batch_id=batch_id)


_NOT_AFTER = (
    "((GREATEST(f.due_on, %(day)s::date) + %(stale_after_days)s::integer) + %(last_hour)s::time)"
    " AT TIME ZONE 'Europe/London'"
)


def _values(what: Purpose, *, day: dt.date, by: User, at: dt.datetime) -> dict[str, Any]:
    let_go = usual_and_today(what, day)
    return {
        "purpose": what.code,
        "priority": what.priority,
        "max_attempts": what.max_attempts,
        "stale_after_days": what.stale_after_days,
        "last_hour": _LAST_SENDING_HOUR,
        "day": day,
        "at": at,
        "by_id": by.pk,
        "usual": let_go.usual,
        "batch_limit": batch_limit(let_go.usual),
        "unapproved_today": let_go.unapproved_today,
        "same_text_today": let_go.today,
        "same_text_limit": what.same_text_limit,
    }


@dataclass(frozen=True)
class LetGo:
    """How many messages of a rule were let go: usually on this day of the week, and today."""

    usual: float
    today: int
    unapproved_today: int


def usual_and_today(what: Purpose, day: dt.date) -> LetGo:
    """Return what is usual for the rule on this day of the week, and what was let go today already."""
    days = [day - dt.timedelta(weeks=week) for week in range(1, USUAL_WEEKS + 1)]
    totals = MessageBatch.objects.let_go_by_day(what.code, [day, *days])
    before = [totals[one] for one in days if one in totals]
    approved = sum(MessageBatch.objects.filter(purpose=what.code, day=day).values_list("released_count", flat=True))
    today = totals.get(day, 0)
    usual = max(float(what.usual_batch), sum(before) / len(before) if before else 0.0)
    return LetGo(usual=usual, today=today, unapproved_today=today - approved)


__all__ = ["HoldReason", "LetGo", "PlanResult", "plan", "usual_and_today"]
