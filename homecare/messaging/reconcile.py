"""Reconciling: ask the provider what became of the uncertain, by reference, and of the accepted, by their state.

Found: accepted after all. Not found twice, some minutes apart, while a message that the provider must have is found:
it never arrived, and waits again under the same reference. Anything else stays uncertain, in sight, for a person.
"""

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging import crashpoints
from homecare.messaging.channels import Finding, LookUp, carrier_for
from homecare.messaging.locks import IS_FREE_SQL
from homecare.messaging.models import OutboxAttempt, OutboxMessage
from homecare.messaging.moves import NO_TRY, move
from homecare.messaging.states import SENT, Status

RETENTION = dt.timedelta(days=7)
"""How long Notify keeps what it sent; later than that an empty answer proves nothing."""

_ARRIVED = frozenset({"delivered"})
_BOUNCED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})


def reconcile(*, by: User, at: dt.datetime, most: int = 100) -> Counter[str]:
    """Look up what is uncertain and may be looked up by now; return what it came to."""
    came_to: Counter[str] = Counter()
    due = OutboxMessage.objects.filter(status=Status.UNCERTAIN, look_up_at__lte=_database_now())
    controls: dict[str, bool] = {}
    for message in due.order_by("look_up_at")[:most]:
        came_to[_reconcile_one(message, controls, by=by, at=at)] += 1
    return came_to


def _reconcile_one(message: OutboxMessage, controls: dict[str, bool], *, by: User, at: dt.datetime) -> str:
    known = message.tries.filter(result=OutboxAttempt.Result.ACCEPTED).order_by("-id").first()
    if known is not None:  # its sender learned it too late to say so
        return found(message=message, look_up=LookUp(Finding.FOUND, known.provider_id), by=by, at=at)
    look_up = carrier_for(message.channel).look_up(message.reference)
    crashpoints.reach("in_reconcile")
    if look_up.finding is Finding.FOUND:
        return found(message=message, look_up=look_up, by=by, at=at)
    if look_up.finding is Finding.ABSENT:
        if message.channel not in controls:
            controls[message.channel] = _control_is_found(message)
        if controls[message.channel]:
            return not_found(message=message, by=by, at=at)
        look_up = LookUp(Finding.UNREACHABLE)
        return still_unknown(message=message, result="NO_CONTROL", by=by, at=at)
    if look_up.finding is Finding.NOT_OFFERED:
        return nobody_to_ask(message=message, by=by, at=at)
    return still_unknown(message=message, result="UNREACHABLE", by=by, at=at)


def _control_is_found(message: OutboxMessage) -> bool:
    """Say whether the provider finds a message that it must have: the last one that it accepted on this channel."""
    recent = OutboxAttempt.objects.filter(
        result=OutboxAttempt.Result.ACCEPTED,
        message__status__in=SENT,
        message__channel=message.channel,
        at__gte=_database_now() - RETENTION,
    )
    control = recent.order_by("-id").select_related("message").first()
    if control is None:
        return False
    return carrier_for(message.channel).look_up(control.message.reference).finding is Finding.FOUND


_SAME = "m.id = %(id)s AND m.claim_no = %(claim_no)s"


def _params(message: OutboxMessage) -> dict[str, Any]:
    return {"id": message.id, "claim_no": message.claim_no}


def _tried(result: str, provider_id: str = "") -> dict[str, Any]:
    return {**NO_TRY, "tried_result": result, "tried_id": provider_id}


@action
def found(*, message: OutboxMessage, look_up: LookUp, by: User, at: dt.datetime) -> str:
    """The provider has it: accepted."""
    moved = move(
        "find",
        _SAME,
        _params(message) | {"provider_id": look_up.provider_id, "provider_status": look_up.provider_status},
        by=by,
        at=at,
        reason="The provider has it.",
        columns={
            "provider_id": "%(provider_id)s",
            "provider_status": "%(provider_status)s",
            "look_up_at": "clock_timestamp()",
        },
        tried=_tried("FOUND", look_up.provider_id),
    )
    return "found" if moved else "changed"


@action
def not_found(*, message: OutboxMessage, by: User, at: dt.datetime) -> str:
    """The provider does not have it: the first time wait and ask again, the second time it waits to be sent.

    Left alone where a sender is still at it, or where the provider may have forgotten it by now.
    """
    moved = move(
        "prove_absent",
        f"{_SAME} AND m.absent_at <= clock_timestamp() - make_interval(secs => %(apart)s)"
        f" AND m.uncertain_at > clock_timestamp() - %(retention)s AND {IS_FREE_SQL}",
        _params(message) | {"apart": settings.OUTBOX_LOOK_UPS_APART_SECONDS, "retention": RETENTION},
        by=by,
        at=at,
        reason="The provider does not have it.",
        columns={"next_attempt_at": "%(at)s", "retry_at": "NULL"},
        tried=_tried("ABSENT"),
    )
    if moved:
        return "proved_absent"
    _ask_again(message, "ABSENT", first_absent=True)
    return "absent_once"


@action
def still_unknown(*, message: OutboxMessage, result: str, by: User, at: dt.datetime) -> str:
    """No clear answer: ask again later; meanwhile it is in sight of the team."""
    _ask_again(message, result)
    return "unknown"


@action
def nobody_to_ask(*, message: OutboxMessage, by: User, at: dt.datetime) -> str:
    """The way it went offers no look-up: only a person can find out."""
    OutboxMessage.objects.filter(pk=message.pk, status=Status.UNCERTAIN).update(look_up_at=None)
    return "for_a_person"


_ASK_AGAIN = """
UPDATE messaging_outboxmessage SET
    absent_at = CASE WHEN %(absent)s THEN COALESCE(absent_at, clock_timestamp()) ELSE absent_at END,
    look_up_at = clock_timestamp() + make_interval(secs => %(apart)s)
WHERE id = %(id)s AND status = 'UNCERTAIN' AND claim_no = %(claim_no)s
"""


def _ask_again(message: OutboxMessage, result: str, *, first_absent: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK_AGAIN,
            _params(message) | {"apart": settings.OUTBOX_LOOK_UPS_APART_SECONDS, "absent": first_absent},
        )
        if cursor.rowcount:
            OutboxAttempt.objects.create(message_id=message.id, claim_no=message.claim_no, result=result)


# -- receipts ---------------------------------------------------------------------------------------------------------


def collect_receipts(*, by: User, at: dt.datetime, most: int = 200) -> Counter[str]:
    """Ask what became of accepted messages, less and less often, until the provider forgets them."""
    came_to: Counter[str] = Counter()
    due = OutboxMessage.objects.filter(status=Status.ACCEPTED, look_up_at__lte=_database_now())
    for message in due.order_by("look_up_at")[:most]:
        look_up = carrier_for(message.channel).look_up(message.reference)
        came_to[_receipt(message=message, look_up=look_up, by=by, at=at)] += 1
    return came_to


@action
def _receipt(*, message: OutboxMessage, look_up: LookUp, by: User, at: dt.datetime) -> str:
    status = {"provider_status": "%(provider_status)s"}
    params = _params(message) | {"provider_status": look_up.provider_status}
    if look_up.provider_status in _ARRIVED:
        move("deliver", _SAME, params, by=by, at=at, columns=status)
        return "delivered"
    if look_up.provider_status in _BOUNCED:
        move("bounce", _SAME, params, by=by, at=at, columns=status | {"outcome_reason": "%(provider_status)s"})
        return "bounced"
    with connection.cursor() as cursor:
        cursor.execute(_LATER, params | {"retention": RETENTION})
    return "no_receipt_yet"


_LATER = """
UPDATE messaging_outboxmessage m SET provider_status = COALESCE(NULLIF(%(provider_status)s, ''), provider_status),
    look_up_at = CASE WHEN begun.at > clock_timestamp() - %(retention)s
        THEN clock_timestamp() + greatest(interval '5 minutes', (clock_timestamp() - begun.at) / 2) END
FROM (SELECT max(at) AS at FROM messaging_outboxattempt WHERE message_id = %(id)s) begun
WHERE m.id = %(id)s AND m.status = 'ACCEPTED' AND m.claim_no = %(claim_no)s
"""


def _database_now() -> dt.datetime:
    """Return the database's time: look-ups wait by its clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
        return now
