"""The deeds of people and of higher apps on messages: addresses, silence, ended needs, batches, doubts, switches."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import connection
from django.db.models import F

from homecare.accounts.models import Clinic, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.messaging import registry
from homecare.messaging.locks import MANY, wait_until_nobody_is_written_to, wait_until_nobody_writes_to
from homecare.messaging.models import Channel, KillSwitch, MessageBatch, OutboxMessage, Recipient
from homecare.messaging.moves import move
from homecare.messaging.states import WAITING, Status

# -- recipients -------------------------------------------------------------------------------------------------------


class RecipientChanges(TypedDict, total=False):
    """What may be changed of a recipient."""

    display: str
    mobile: str
    email: str
    preferred_channel: str
    safe_to_message: bool


@action
def create_recipient(
    *,
    kind: str,
    by: User,
    at: dt.datetime,
    clinic: Clinic | None = None,
    **values: Unpack[RecipientChanges],
) -> Recipient:
    """Make somebody known to messaging. Nobody is written to before `safe_to_message` is true."""
    given: dict[str, Any] = dict(values)
    return Recipient.objects.create(kind=kind, clinic=clinic, **given)


@action
def update_recipient(
    *,
    recipient_id: int,
    by: User,
    at: dt.datetime,
    silence: str | None = None,
    unsilence: bool = False,
    reason: str = "",
    **changes: Unpack[RecipientChanges],
) -> Recipient:
    """Change where or whether somebody is written to; after this has committed nothing begins by the old row.

    `silence` (an UPPER_CASE reason, such as DECEASED) also ends all that waits for them. Calls under way are waited
    for, a few seconds at most.
    """
    wait_until_nobody_writes_to([recipient_id])
    recipient = Recipient.objects.select_for_update(no_key=True).get(pk=recipient_id)
    for name, value in changes.items():
        setattr(recipient, name, value)
    if unsilence:
        recipient.silenced_at, recipient.silenced_reason = None, ""
    if silence:
        recipient.silenced_at, recipient.silenced_reason = recipient.silenced_at or at, silence
    recipient.version = F("version") + 1
    recipient.save()
    recipient.refresh_from_db()
    if silence:
        _end(reason=silence, by=by, at=at, where="m.recipient_id = %(recipient_id)s", recipient_id=recipient_id)
    return recipient


# -- needs that end ---------------------------------------------------------------------------------------------------


@action
def suppress(
    *,
    reason: str,
    by: User,
    at: dt.datetime,
    recipient_id: int | None = None,
    subject_type: str | None = None,
    subject_ids: Sequence[int] = (),
    purpose: str | None = None,
) -> list[UUID]:
    """End what waits to be sent to a recipient, or about these subjects, because the need has ended; return the ids.

    Called in the transaction of the deed that ends the need. `reason` is UPPER_CASE, such as TEST_DONE.
    """
    where, params = _which(recipient_id, subject_type, list(subject_ids), purpose)
    _wait_for_calls(where, params)
    return _end(reason=reason, by=by, at=at, where=where, **params)


def _which(
    recipient_id: int | None, subject_type: str | None, subject_ids: list[int], purpose: str | None
) -> tuple[str, dict[str, Any]]:
    if recipient_id is None and not (subject_type and subject_ids):
        raise ValueError("Say whose messages, or what they are about.")
    conditions: dict[str, tuple[str, Any]] = {}
    if recipient_id is not None:
        conditions["recipient_id"] = ("m.recipient_id = %(recipient_id)s", recipient_id)
    if subject_type:
        conditions["subject_type"] = ("m.subject_type = %(subject_type)s", subject_type)
    if subject_ids:
        conditions["subject_ids"] = ("m.subject_id = ANY(%(subject_ids)s)", subject_ids)
    if purpose:
        conditions["purpose"] = ("m.purpose = %(purpose)s", purpose)
    return " AND ".join(sql for sql, _ in conditions.values()), {name: value for name, (_, value) in conditions.items()}


def _wait_for_calls(where: str, params: dict[str, Any]) -> None:
    """Let calls under way to those concerned end, and none begin, before the deed is written."""
    open_ones = OutboxMessage.objects.filter(status__in=[*WAITING, Status.SENDING])
    names = {"recipient_id": "recipient_id", "subject_type": "subject_type", "subject_ids": "subject_id__in"}
    names["purpose"] = "purpose"
    mine = open_ones.filter(**{names[name]: value for name, value in params.items()})
    concerned = set(mine.values_list("recipient_id", flat=True)[: MANY + 1])
    if len(concerned) > MANY:
        concerned = set(mine.filter(status=Status.SENDING).values_list("recipient_id", flat=True))
    wait_until_nobody_writes_to(concerned)


def _end(*, reason: str, by: User, at: dt.datetime, where: str, **params: Any) -> list[UUID]:
    ended = move(
        "suppress",
        where,
        params | {"why": reason[:60]},
        by=by,
        at=at,
        reason=reason,
        columns={"outcome_reason": "%(why)s"},
    )
    _mark_withdrawn(where, params, reason=reason[:60], at=at)
    return ended


def _mark_withdrawn(where: str, params: dict[str, Any], *, reason: str, at: dt.datetime) -> None:
    """What is in a sender's hands, or uncertain, is not begun again; if it goes all the same, it says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_outboxmessage m SET withdrawn_at = %(at)s, outcome_reason = %(why)s "  # noqa: S608
            f"WHERE m.status IN ('SENDING', 'UNCERTAIN') AND m.withdrawn_at IS NULL AND {where}",
            params | {"at": at, "why": reason},
        )


# -- held batches -----------------------------------------------------------------------------------------------------


@action
def release_batch(*, batch_id: int, by: User, at: dt.datetime, reason: str = "") -> int:
    """Let a held batch go, each message from when it was planned for; return how many.

    Somebody else than who planned it must say so.
    """
    batch = _held_batch(batch_id, by)
    released = move(
        "release",
        "m.batch_id = %(batch_id)s",
        {"batch_id": batch_id},
        by=by,
        at=at,
        reason=reason,
    )
    _decide(batch, MessageBatch.Status.RELEASED, by=by, at=at, released=len(released))
    return len(released)


@action
def discard_batch(*, batch_id: int, by: User, at: dt.datetime, reason: str) -> int:
    """Send none of a held batch, for a reason; return how many messages."""
    batch = _held_batch(batch_id, by)
    _need_reason(reason)
    discarded = move(
        "discard",
        "m.batch_id = %(batch_id)s",
        {"batch_id": batch_id},
        by=by,
        at=at,
        reason=reason,
        columns={"outcome_reason": "'BATCH_DISCARDED'"},
    )
    _decide(batch, MessageBatch.Status.DISCARDED, by=by, at=at, released=0)
    return len(discarded)


def _held_batch(batch_id: int, by: User) -> MessageBatch:
    require(by, Permission.BATCH_RELEASE)
    batch = MessageBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status != MessageBatch.Status.HELD:
        raise Refused(f"This batch is {batch.get_status_display().lower()} already.", code="illegal_move")
    if not by.is_human:
        raise Refused("A held batch waits for a person.", code="not_a_person")
    if batch.planned_by_id == by.pk:
        raise Refused("You planned these messages. Somebody else must look at them.", code="second_person")
    return batch


def _decide(batch: MessageBatch, status: MessageBatch.Status, *, by: User, at: dt.datetime, released: int) -> None:
    batch.status, batch.decided_by, batch.decided_at, batch.released_count = status, by, at, released
    batch.save()


# -- messages that need a person --------------------------------------------------------------------------------------


@action
def resolve_uncertain(*, message_id: UUID, sent: bool, reason: str, by: User, at: dt.datetime) -> None:
    """Say of an uncertain message that it was sent, or send it again knowing that it may be a second copy."""
    require(by, Permission.MESSAGE_RESOLVE)
    _need_reason(reason)
    columns = {"provider_status": "'said by a person'"} if sent else {"next_attempt_at": "%(at)s"}
    moved = move(
        "say_sent" if sent else "send_again",
        "m.id = %(id)s",
        {"id": message_id},
        by=by,
        at=at,
        reason=reason,
        columns=columns,
    )
    if not moved:
        raise Refused("This message is not uncertain any more. Look at it again.", code="stale")


@action
def close(*, message_id: UUID, reason: str, by: User, at: dt.datetime) -> None:
    """Say that a message which did not arrive has been dealt with, and how."""
    require(by, Permission.MESSAGE_RESOLVE)
    _need_reason(reason)
    message = OutboxMessage.objects.undeliverable().select_for_update().filter(pk=message_id).first()
    if message is None:
        raise Refused("There is nothing left to deal with on this message.", code="stale")
    message.closed_at, message.closed_by = at, by
    message.save(update_fields=["closed_at", "closed_by"])
    message.events.create(
        at=at, event="close", from_status=message.status, to_status=message.status, by=by, reason=reason
    )


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("Give a reason: it is kept with the message.", code="no_reason")


# -- switches ---------------------------------------------------------------------------------------------------------


@action
def switch_off(*, scope: str, code: str = "", reason: str, by: User, at: dt.datetime) -> KillSwitch:
    """Stop sending: everything, a channel or a purpose. What is in the middle of a call ends; nothing else begins."""
    return _switch(scope, code, off=True, reason=reason, by=by, at=at)


@action
def switch_on(*, scope: str, code: str = "", reason: str, by: User, at: dt.datetime) -> KillSwitch:
    """Let sending go on."""
    return _switch(scope, code, off=False, reason=reason, by=by, at=at)


def _switch(scope: str, code: str, *, off: bool, reason: str, by: User, at: dt.datetime) -> KillSwitch:
    require(by, Permission.KILL_SWITCH)
    _need_reason(reason)
    known = {"ALL": [""], "CHANNEL": Channel.values, "PURPOSE": [one.code for one in registry.all_purposes()]}
    if code not in known.get(scope, []):
        raise Refused("There is no such switch.", code="unknown_switch")
    if off:
        wait_until_nobody_is_written_to()
    switch, _ = KillSwitch.objects.update_or_create(
        scope=scope,
        code=code,
        defaults={"is_off": off, "reason": reason, "switched_by": by, "switched_at": at},
    )
    return switch
