"""Sending: begin, call the provider, settle — with the row saying at each moment what is known.

    claim (committed) -> begin (committed) -> call -> settle (committed)

A process that vanishes before `begin` has sent nothing; after it, nobody knows until the provider is asked.
"""

import datetime as dt
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging import crashpoints, locks, registry
from homecare.messaging.channels import Outcome, carrier_for
from homecare.messaging.claiming import Claimed, claim
from homecare.messaging.moves import move
from homecare.messaging.rules import Answer, backoff
from homecare.messaging.switches import OFF_SQL

log = logging.getLogger(__name__)

_MINE = "m.id = %(id)s AND m.claim_no = %(claim_no)s AND m.lease_owner = %(owner)s"

_BEGIN = f"""
WITH begun AS (
    UPDATE messaging_outboxmessage m
    SET begun_at = clock_timestamp(), attempts = attempts + 1,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE m.status = 'SENDING' AND {_MINE} AND m.lease_until > clock_timestamp() AND m.withdrawn_at IS NULL
      AND NOT {OFF_SQL}
      AND EXISTS (SELECT 1 FROM messaging_recipient r WHERE r.id = m.recipient_id AND r.version = m.recipient_version
                  AND r.silenced_at IS NULL AND r.safe_to_message)
    RETURNING m.id, m.claim_no, m.attempts, m.max_attempts
), tried AS (
    INSERT INTO messaging_outboxattempt (message_id, claim_no, lease_owner, at, result, provider_id, error_class)
    SELECT id, claim_no, %(owner)s, clock_timestamp(), 'BEGUN', '', '' FROM begun
)
SELECT attempts, max_attempts FROM begun
"""  # noqa: S608

_TOO_LATE = """
INSERT INTO messaging_outboxattempt
    (message_id, claim_no, lease_owner, at, result, http_status, provider_id, error_class)
VALUES (%(id)s, %(claim_no)s, %(owner)s, clock_timestamp(), %(result)s, %(http)s, %(provider_id)s, %(error)s)
"""


def send_all(
    *,
    now: Callable[[], dt.datetime],
    by: User,
    owner: uuid.UUID | None = None,
    seconds: float | None = None,
    most: int | None = None,
) -> Counter[str]:
    """Send what is due until nothing is, or until so many seconds or messages; return what it came to, by name."""
    owner, came_to, left = owner or uuid.uuid4(), Counter[str](), most
    ends = time.monotonic() + seconds if seconds is not None else None
    while (left is None or left > 0) and (ends is None or time.monotonic() < ends):
        size = min(settings.OUTBOX_CLAIM_SIZE, left or settings.OUTBOX_CLAIM_SIZE)
        result = claim(owner=owner, size=size, by=by, at=now())
        came_to.update(suppressed=result.suppressed, unchecked=result.unchecked)
        if not result.did_anything:
            break
        crashpoints.reach("after_claim_commit")
        for claimed in result.claimed:
            in_time = ends is None or time.monotonic() < ends
            came_to[deliver(claimed, by=by, at=now()) if in_time else put_back(claimed=claimed, by=by, at=now())] += 1
        left = left - len(result.claimed) if left is not None else None
    return came_to


def deliver(claimed: Claimed, *, by: User, at: dt.datetime) -> str:
    """Take one claimed message to its provider; return what it came to."""
    with locks.being_written_to(claimed.recipient_id):
        begun = None if _is_too_late_in_the_day(claimed, at) else _begin(claimed)
        if begun is None:
            return put_back(claimed=claimed, by=by, at=at)
        crashpoints.reach("after_begin")
        outcome = _call(claimed)
        came_to = settle(claimed=claimed, outcome=outcome, begun=begun, by=by, at=at)
        crashpoints.reach("after_commit")
    return came_to


def _is_too_late_in_the_day(claimed: Claimed, at: dt.datetime) -> bool:
    """Say whether the quiet hours began since the claim: calls before this one may have taken a minute."""
    quiet = registry.get(claimed.purpose).quiet_hours
    return quiet is not None and quiet.holds(at)


def _begin(claimed: Claimed) -> tuple[int, int] | None:
    """Write down that the call begins now, if it still may; return how many tries this makes, of how many."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, _fence(claimed) | {"lease": settings.OUTBOX_LEASE_SECONDS})
        row: tuple[int, int] | None = cursor.fetchone()
        return row


def _call(claimed: Claimed) -> Outcome:
    """Call the provider. A mistake of our own in the middle of it leaves the message uncertain, like a lost answer."""
    try:
        return carrier_for(claimed.parcel.channel).send(claimed.parcel)
    except Exception as error:
        log.exception("A carrier failed in sending %s.", claimed.id)
        return Outcome(Answer.UNCERTAIN, error_class=type(error).__name__)


@action
def put_back(*, claimed: Claimed, by: User, at: dt.datetime) -> str:
    """Give a claim back: nothing was sent, and whether it may be is asked again at the next claim."""
    move(
        "put_back",
        f"{_MINE} AND m.begun_at IS NULL",
        _fence(claimed),
        by=by,
        at=at,
        reason="It had not begun.",
    )
    return "put_back"


@action
def settle(*, claimed: Claimed, outcome: Outcome, begun: tuple[int, int], by: User, at: dt.datetime) -> str:
    """Write down what is known after the call. Without the lease, only that we knew: somebody else took over."""
    event, columns, params = _consequence(outcome, begun)
    tried = {
        "tried_by": claimed.owner,
        "tried_result": str(outcome.answer),
        "tried_http": outcome.http_status,
        "tried_id": outcome.provider_id,
        "tried_error": outcome.error_class[:100],
    }
    moved = move(
        event, _MINE, _fence(claimed) | params, by=by, at=at, reason=outcome.error_class, columns=columns, tried=tried
    )
    if not moved:
        _write_down_late(claimed, outcome)
        event = "too_late"
    crashpoints.reach("before_commit")
    return event


def _consequence(outcome: Outcome, begun: tuple[int, int]) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Return the move that an outcome asks for, with the columns that say more."""
    attempts, max_attempts = begun
    if outcome.answer is Answer.ACCEPTED:
        columns = {"provider_id": "%(provider_id)s", "look_up_at": "clock_timestamp() + interval '5 minutes'"}
        return "accept", columns, {"provider_id": outcome.provider_id}
    if outcome.answer is Answer.UNCERTAIN:
        grace = {"grace": settings.OUTBOX_LOOK_UP_AFTER_SECONDS}
        return "doubt", {"uncertain_at": "clock_timestamp()", "look_up_at": LOOK_UP_AFTER_GRACE}, grace
    reason = f"HTTP_{outcome.http_status}" if outcome.http_status else outcome.error_class or str(outcome.answer)
    why = {"outcome_reason": "%(why)s"}
    if outcome.answer is Answer.REFUSED_FOR_GOOD:
        return "fail", why, {"why": reason[:60]}
    if attempts >= max_attempts:
        return "give_up", why, {"why": reason[:60]}
    wait = backoff(attempts, retry_after=outcome.retry_after, jitter=random.uniform(-1, 1))  # noqa: S311 - no secret
    columns = {"retry_at": "clock_timestamp() + make_interval(secs => %(wait)s)"}
    return "put_back", columns, {"wait": wait.total_seconds() * settings.OUTBOX_BACKOFF_SCALE}


LOOK_UP_AFTER_GRACE = "clock_timestamp() + make_interval(secs => %(grace)s)"


def _write_down_late(claimed: Claimed, outcome: Outcome) -> None:
    """Keep what a sender that lost its lease learned; a look-up takes an acceptance from here."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TOO_LATE,
            _fence(claimed)
            | {
                "result": "ACCEPTED" if outcome.answer is Answer.ACCEPTED else "TOO_LATE",
                "http": outcome.http_status,
                "provider_id": outcome.provider_id,
                "error": ("TooLate" if outcome.answer is Answer.ACCEPTED else outcome.error_class)[:100],
            },
        )


def _fence(claimed: Claimed) -> dict[str, Any]:
    return {"id": claimed.id, "claim_no": claimed.claim_no, "owner": claimed.owner}
