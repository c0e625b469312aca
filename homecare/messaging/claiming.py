"""Claiming: decide, in one short transaction, which messages go now, to which address and in which words.

A message leaves this transaction leased to one sender (SENDING), or not sent for a reason (SUPPRESSED), or as it was.
Whether it may still go is asked again here, with the recipient's row locked, so that a withdrawal is either seen or
waits for us. An error while asking means: do not send.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging import crashpoints, registry
from homecare.messaging.channels import Parcel
from homecare.messaging.models import MessageTemplate, OutboxMessage, Recipient
from homecare.messaging.moves import move
from homecare.messaging.rules import chosen_channel
from homecare.messaging.states import Status
from homecare.messaging.switches import off_now
from homecare.messaging.words import current_templates, fingerprint, render

log = logging.getLogger(__name__)

_PUT_OFF = """
UPDATE messaging_outboxmessage m SET attempts = attempts + 1,
    retry_at = clock_timestamp() + make_interval(secs => least(3600, 30 * 2 ^ least(m.attempts, 12)))
WHERE id = ANY(%s) AND status = 'QUEUED'
"""


@dataclass(frozen=True)
class Claimed:
    """A message that this sender, and no other, may send now."""

    id: UUID
    recipient_id: int
    claim_no: int
    owner: UUID
    parcel: Parcel
    purpose: str


@dataclass(frozen=True)
class Decision:
    """What was decided for one message: a reason not to send it, or all that is needed to send it."""

    message: OutboxMessage
    recipient: Recipient
    template: MessageTemplate | None = None
    parcel: Parcel | None = None
    reason: str = ""


@dataclass(frozen=True)
class ClaimResult:
    """What one claim came to."""

    claimed: list[Claimed]
    suppressed: int = 0
    unchecked: int = 0

    @property
    def did_anything(self) -> bool:
        """Say whether there may be more."""
        return bool(self.claimed or self.suppressed or self.unchecked)


class CheckError(Exception):
    """It could not be found out whether a message may be sent."""


@action
def claim(*, owner: UUID, size: int, by: User, at: dt.datetime) -> ClaimResult:
    """Claim up to `size` of the messages that are due at this instant, for this sender."""
    messages = _lock_due(size=size, at=at)
    if not messages:
        return ClaimResult([])
    crashpoints.reach("after_claim")
    recipients = _lock_recipients(messages)
    # Somebody is changing the others' recipients at this moment: their turn comes at the next claim.
    mine = [message for message in messages if message.recipient_id in recipients]
    decisions, unchecked = _decide(mine, recipients, by=by, at=at)
    crashpoints.reach("after_eligibility")
    refused = [decision for decision in decisions if decision.parcel is None]
    for reason in sorted({decision.reason for decision in refused}):
        _suppress([decision.message.id for decision in refused if decision.reason == reason], reason, by=by, at=at)
    _put_off(unchecked, by=by, at=at)
    claimed = _lease([decision for decision in decisions if decision.parcel], owner=owner, by=by, at=at)
    return ClaimResult(claimed, suppressed=len(refused), unchecked=len(unchecked))


def _lock_due(*, size: int, at: dt.datetime) -> list[OutboxMessage]:
    off = off_now()
    purposes = [
        purpose.code
        for purpose in registry.all_purposes()
        if purpose.code not in off.purposes and not (purpose.quiet_hours and purpose.quiet_hours.holds(at))
    ]
    channels = off.open_channels()
    if not purposes or not channels:
        return []
    due = OutboxMessage.objects.filter(
        Q(retry_at__isnull=True) | Q(retry_at__lte=_DatabaseClock()),
        Q(not_after__isnull=True) | Q(not_after__gte=at),
        status=Status.QUEUED,
        next_attempt_at__lte=at,
        purpose__in=purposes,
        channel__in=channels,
    )
    return list(due.order_by("priority", "next_attempt_at").select_for_update(skip_locked=True)[:size])


class _DatabaseClock(models.Func):
    """The database's clock at this very moment, also in the middle of a transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


def _lock_recipients(messages: Iterable[OutboxMessage]) -> dict[int, Recipient]:
    rows = Recipient.objects.raw(
        "SELECT * FROM messaging_recipient WHERE id = ANY(%s) ORDER BY id FOR SHARE SKIP LOCKED",
        [sorted({message.recipient_id for message in messages})],
    )
    return {row.pk: row for row in rows}


# -- may it go? -------------------------------------------------------------------------------------------------------


def _decide(
    messages: Sequence[OutboxMessage], recipients: dict[int, Recipient], *, by: User, at: dt.datetime
) -> tuple[list[Decision], list[UUID]]:
    """Decide for all at once; if that fails, for each alone, so that one bad message stops no other."""
    try:
        with transaction.atomic():
            return _decide_together(messages, recipients, by=by, at=at), []
    except Exception:
        log.exception("Messages could not be checked together: trying each alone.")
    decisions: list[Decision] = []
    unchecked: list[UUID] = []
    for message in messages:
        try:
            with transaction.atomic():
                decisions += _decide_together([message], recipients, by=by, at=at)
        except Exception:
            log.exception("A message could not be checked, so it is not sent: %s", message.id)
            unchecked.append(message.id)
    return decisions, unchecked


def _decide_together(
    messages: Sequence[OutboxMessage], recipients: dict[int, Recipient], *, by: User, at: dt.datetime
) -> list[Decision]:
    decisions: list[Decision] = []
    for code in sorted({message.purpose for message in messages}):
        same = [message for message in messages if message.purpose == code]
        decisions += _decide_purpose(registry.get(code), same, recipients, by=by, at=at)
    return decisions


def _decide_purpose(
    purpose: registry.Purpose,
    messages: Sequence[OutboxMessage],
    recipients: dict[int, Recipient],
    *,
    by: User,
    at: dt.datetime,
) -> list[Decision]:
    ended = purpose.still_needed(messages, at)
    decisions: list[Decision] = []
    going: list[tuple[OutboxMessage, Recipient, str]] = []
    for message in messages:
        recipient = recipients[message.recipient_id]
        if message.id not in ended:
            raise CheckError(f"{purpose.code} did not say whether a message is still needed.")
        channel = chosen_channel(recipient.preferred_channel, recipient.addresses, purpose.channels)
        withdrawn = message.outcome_reason if message.withdrawn_at else ""
        reason = withdrawn or recipient.barred() or ended[message.id] or ("" if channel else "NO_ADDRESS")
        if reason or channel is None:
            decisions.append(Decision(message, recipient, reason=reason))
        else:
            going.append((message, recipient, channel))
    return decisions + _worded(purpose, going, by=by, at=at)


def _worded(
    purpose: registry.Purpose,
    going: Sequence[tuple[OutboxMessage, Recipient, str]],
    *,
    by: User,
    at: dt.datetime,
) -> list[Decision]:
    if not going:
        return []
    templates = current_templates({(purpose.code, channel) for _, _, channel in going}, by=by, at=at)
    contexts = purpose.context([message for message, _, _ in going])
    decisions = []
    for message, recipient, channel in going:
        template = templates[purpose.code, channel]
        subject, body = render(template, contexts[message.id])
        parcel = Parcel(message.reference, channel, recipient.addresses[channel], subject, body)
        decisions.append(Decision(message, recipient, template=template, parcel=parcel))
    return decisions


# -- what follows -----------------------------------------------------------------------------------------------------


def _suppress(ids: Sequence[UUID], reason: str, *, by: User, at: dt.datetime) -> None:
    move(
        "suppress",
        "m.id = ANY(%(ids)s)",
        {"ids": list(ids), "why": reason},
        by=by,
        at=at,
        reason=reason,
        columns={"outcome_reason": "%(why)s"},
    )


def _put_off(ids: Sequence[UUID], *, by: User, at: dt.datetime) -> None:
    """Leave the unchecked where they are for a while, each time longer, and in the end give them up in sight."""
    if not ids:
        return
    given_up = move(
        "give_up",
        "m.id = ANY(%(ids)s) AND m.attempts + 1 >= m.max_attempts",
        {"ids": list(ids)},
        by=by,
        at=at,
        reason="It could not be checked whether it may be sent.",
        columns={"outcome_reason": "'CHECK_FAILED'"},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT_OFF,
            [[one for one in ids if one not in given_up]],
        )


_DETAILS_SQL = """json_to_recordset(%(details)s::json)
    AS d(id uuid, channel text, template_id bigint, sha text, sent_to text, version integer)"""


def _lease(decisions: Sequence[Decision], *, owner: UUID, by: User, at: dt.datetime) -> list[Claimed]:
    """Write down the intent, with address and words, before anything is sent."""
    if not decisions:
        return []
    details = json.dumps([_details(decision) for decision in decisions])
    column = "(SELECT d.{0} FROM " + _DETAILS_SQL + " WHERE d.id = m.id)"  # noqa: S608
    leased = set(
        move(
            "claim",
            "m.id = ANY(%(ids)s)",
            {
                "ids": [decision.message.id for decision in decisions],
                "details": details,
                "owner": owner,
                "lease": settings.OUTBOX_LEASE_SECONDS,
            },
            by=by,
            at=at,
            columns={
                "claim_no": "m.claim_no + 1",
                "lease_owner": "%(owner)s",
                "lease_until": "clock_timestamp() + make_interval(secs => %(lease)s)",
                "begun_at": "NULL",
                "channel": column.format("channel"),
                "template_id": column.format("template_id"),
                "rendered_sha256": column.format("sha"),
                "recipient_snapshot": column.format("sent_to"),
                "recipient_version": column.format("version"),
            },
        )
    )
    return [
        Claimed(one.message.id, one.recipient.pk, one.message.claim_no + 1, owner, one.parcel, one.message.purpose)
        for one in decisions
        if one.message.id in leased and one.parcel
    ]


def _details(decision: Decision) -> dict[str, object]:
    assert decision.parcel is not None
    assert decision.template is not None
    return {
        "id": decision.parcel.reference,
        "channel": decision.parcel.channel,
        "template_id": decision.template.pk,
        "sha": fingerprint(decision.parcel.subject, decision.parcel.body),
        "sent_to": decision.parcel.to,
        "version": decision.recipient.version,
    }
