"""What the pages about messages show, in words. Whoever is shown is noted as looked at."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.urls import NoReverseMatch, reverse

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import collect
from homecare.messaging import registry
from homecare.messaging.models import Channel, KillSwitch, MessageBatch, MessageTemplate, OutboxMessage
from homecare.messaging.states import Status

REASONS = {
    "TIME_PASSED": "Its time had passed before it could be sent",
    "CHECK_FAILED": "It could not be checked whether it may be sent",
    "NO_ADDRESS": "No number or address that may be used",
    "NOT_SAFE_TO_MESSAGE": "Nobody has said that it is safe to write to them",
    "BATCH_DISCARDED": "The batch was discarded",
    "permanent-failure": "The number or address does not exist",
    "temporary-failure": "The telephone was off, or the mailbox full, for days",
    "technical-failure": "The message service failed",
}
TAGS = {
    Status.ACCEPTED: "blue",
    Status.DELIVERED: "green",
    Status.UNCERTAIN: "red",
    Status.FAILED_PERMANENT: "red",
    Status.DEAD: "red",
    Status.MISSED: "red",
    Status.HELD: "amber",
}
SAMPLE = 5


@dataclass(frozen=True)
class Row:
    """One message in a list."""

    message: OutboxMessage
    to: str
    patient_url: str | None
    purpose: str
    status: str
    tag: str
    reason: str
    since: dt.datetime


@dataclass(frozen=True)
class Queue:
    """One list of messages or batches, with how many and since when."""

    code: str
    title: str
    count: int
    oldest_at: dt.datetime | None
    empty: str


def rows(messages: Iterable[OutboxMessage]) -> list[Row]:
    """Return what a list shows, and note the patients among it."""
    found = list(messages)
    patients = patient_ids([message.recipient_id for message in found])
    return [_row(message, patients.get(message.recipient_id)) for message in found]


def patient_ids(recipient_ids: Sequence[int]) -> dict[int, int]:
    """Return the patient of each recipient that is one, and note that they are shown."""
    from homecare.messaging.models import Recipient

    pairs = Recipient.objects.filter(pk__in=recipient_ids, patient__isnull=False).values_list("pk", "patient")
    found = dict(pairs)
    collect(found.values())
    return found


def _row(message: OutboxMessage, patient_id: int | None) -> Row:
    return Row(
        message=message,
        to=str(message.recipient),
        patient_url=_patient_url(patient_id),
        purpose=registry.title(message.purpose),
        status=message.get_status_display(),
        tag=TAGS.get(Status(message.status), "grey"),
        reason=reason_words(message.outcome_reason),
        since=message.uncertain_at or message.planned_at,
    )


def _patient_url(patient_id: int | None) -> str | None:
    try:
        return reverse("patient", args=[patient_id]) if patient_id is not None else None
    except NoReverseMatch:
        return None


def reason_words(reason: str) -> str:
    """Say a reason in words; a code that nobody wrote words for reads as it is."""
    return REASONS.get(reason) or reason.replace("_", " ").capitalize().replace("Http ", "The message service said ")


def queues(user: User) -> list[Queue]:
    """Return the lists of what needs somebody, each with its count and its oldest."""
    messages = OutboxMessage.objects.visible_to(user)
    batches = MessageBatch.objects.visible_to(user).held().aggregate(n=Count("id"), oldest=Min("planned_at"))
    doubt = messages.uncertain().aggregate(n=Count("id"), oldest=Min("uncertain_at"))
    lost = messages.undeliverable().aggregate(n=Count("id"), oldest=Min("planned_at"))
    return [
        Queue("held", "Held batches", batches["n"], batches["oldest"], "No batch waits for a second person."),
        Queue("uncertain", "Uncertain", doubt["n"], doubt["oldest"], "It is known of every message whether it went."),
        Queue("lost", "Did not arrive", lost["n"], lost["oldest"], "Every message that was due went, or waits."),
    ]


# -- one message ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Detail:
    """One message, with all that became of it."""

    row: Row
    template: MessageTemplate | None
    events: list[Any]
    tries: list[Any]
    may_resolve: bool
    is_uncertain: bool
    may_be_closed: bool


def detail(message: OutboxMessage, user: User) -> Detail:
    """Return what a message's page shows."""
    return Detail(
        row=rows([message])[0],
        template=message.template,
        events=list(message.events.select_related("by").order_by("id")),
        tries=list(message.tries.order_by("id")),
        may_resolve=user.may(Permission.MESSAGE_RESOLVE),
        is_uncertain=message.status == Status.UNCERTAIN,
        may_be_closed=OutboxMessage.objects.undeliverable().filter(pk=message.pk).exists(),
    )


# -- a held batch -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """One message of a held batch, in the words that it would be sent in now."""

    row: Row
    subject: str
    body: str


@dataclass(frozen=True)
class BatchDetail:
    """A batch, why it is held, and what it would send."""

    batch: MessageBatch
    title: str
    reasons: list[str]
    channels: list[tuple[str, int]]
    texts: int | None
    samples: list[Sample]
    is_held: bool
    may_decide: bool
    why_not: str


def batch_detail(batch: MessageBatch, samples: list[Sample], user: User) -> BatchDetail:
    """Return what a batch's page shows."""
    counted = (
        batch.messages.filter(status=Status.HELD).values_list("channel").annotate(n=Count("id")).order_by("channel")
    )
    planned_it = batch.planned_by_id == user.pk
    may = user.may(Permission.BATCH_RELEASE)
    return BatchDetail(
        batch=batch,
        title=registry.title(batch.purpose),
        reasons=batch.reasons_in_words(),
        channels=[(Channel(channel).label, number) for channel, number in counted],
        texts=len({(one.subject, one.body) for one in samples}) if samples else None,
        samples=samples,
        is_held=batch.status == MessageBatch.Status.HELD,
        may_decide=may and not planned_it,
        why_not="You planned these messages. Somebody else must look at them."
        if planned_it
        else ("" if may else user.refusal(Permission.BATCH_RELEASE)),
    )


# -- switches ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Switch:
    """One switch as it stands."""

    scope: str
    code: str
    title: str
    is_off: bool
    reason: str
    by: str
    at: dt.datetime | None


def switches() -> list[Switch]:
    """Return every switch there can be: everything, each channel, each purpose."""
    known = {(row.scope, row.code): row for row in KillSwitch.objects.select_related("switched_by")}
    wanted = [("ALL", "", "All messages")]
    wanted += [("CHANNEL", code, f"{label}s") for code, label in Channel.choices]
    wanted += [("PURPOSE", purpose.code, purpose.title) for purpose in registry.all_purposes()]
    return [_switch(scope, code, title, known.get((scope, code))) for scope, code, title in wanted]


def _switch(scope: str, code: str, title: str, row: KillSwitch | None) -> Switch:
    if row is None:
        return Switch(scope, code, title, is_off=False, reason="", by="", at=None)
    return Switch(scope, code, title, row.is_off, row.reason, str(row.switched_by), row.switched_at)
