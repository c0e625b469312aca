"""Renewal requests: one for an enrolment, whoever asks first; later askers join it."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.models import Cover, Enrolment, Transfer
from patients.states import ON_TREATMENT, STARTING
from prescriptions.models import RenewalAsk, RenewalRequest, RenewalStatusChange
from prescriptions.states import RENEWAL_TRANSITIONS, RenewalStatus

CLOSED = frozenset({RenewalStatus.CLOSED, RenewalStatus.DECLINED, RenewalStatus.STOPPED, RenewalStatus.MERGED})


def move_renewal(*, renewal: RenewalRequest, event: str, by: User, at: dt.datetime, reason: str = "") -> RenewalRequest:
    """Move a request as its table allows, with the time at which it closed. Only actions call this."""

    def close(locked: RenewalRequest) -> list[str]:
        if locked.status not in CLOSED:
            return []
        locked.closed_at = at
        return ["closed_at"]

    return moves.move(renewal, table=RENEWAL_TRANSITIONS, event=event, by=by, at=at, reason=reason, also=close)


@action
def open_renewal(
    *,
    enrolment: Enrolment,
    asked_by: str,
    by: User,
    at: dt.datetime,
    their_date_on: dt.date | None = None,
    reason: str = "",
) -> RenewalRequest:
    """Ask for a prescription: open the enrolment's one renewal request, or join the one that is open.

    The first one is asked for once the provider has registered the patient, and of somebody who moves from another
    provider at once. Refused before that, and after the end.
    """
    require(by, Permission.RENEWAL_OPEN)
    locked = _asking(Enrolment.objects.select_for_update().get(pk=enrolment.pk))
    may_be_asked = locked.status in ON_TREATMENT | STARTING
    if not may_be_asked and not Transfer.objects.under_way().filter(to_enrolment=locked).exists():
        raise Refused(
            "This enrolment is neither registered with its provider nor on treatment, so no prescription can be asked"
            " for.",
            code="not_on_treatment",
        )
    renewal = RenewalRequest.objects.open().filter(enrolment=locked).first()
    if renewal is None:
        renewal = _open(locked, asked_by=asked_by, by=by, at=at)
    RenewalAsk.objects.create(
        renewal=renewal, asked_by=asked_by, by=by, at=at, their_date_on=their_date_on, note=reason
    )
    return renewal


def _asking(enrolment: Enrolment) -> Enrolment:
    """Return the enrolment that asks: the old one, where the patient is moving off a provider that supplies nothing.

    Its cover is the patient's, so the request has its place among those who run out; the prescription is the new one's.
    """
    moving = Transfer.objects.under_way().filter(to_enrolment=enrolment, old_provider_supplies=False).first()
    return Enrolment.objects.select_for_update().get(pk=moving.from_enrolment_id) if moving else enrolment


def _open(enrolment: Enrolment, *, asked_by: str, by: User, at: dt.datetime) -> RenewalRequest:
    moving = Transfer.objects.under_way().filter(to_enrolment=enrolment).first()
    cover = Cover.objects.filter(pk=moving.from_enrolment_id if moving else enrolment.pk).first()
    renewal = RenewalRequest.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        clinic_id=enrolment.clinic_id,
        asked_by=asked_by,
        opened_on=local_day(at),
        opened_at=at,
        opened_by=by,
        prompt_due_on=cover.prompt_due_on if cover else None,
        prescription_needed_by_on=cover.prescription_needed_by_on if cover else None,
        first_uncovered_dose_on=cover.first_uncovered_dose_on if cover else None,
    )
    RenewalStatusChange.objects.create(renewal=renewal, event="open", to_status=renewal.status, at=at, by=by, reason="")
    return renewal


@action
def ask(*, renewal: RenewalRequest, asked_by: str, by: User, at: dt.datetime, reason: str = "") -> RenewalAsk:
    """Record that somebody asked again, by hand (a telephone call, a letter)."""
    require(by, Permission.RENEWAL_OPEN)
    return RenewalAsk.objects.create(renewal=renewal, asked_by=asked_by, by=by, at=at, note=reason)


@action
def answer(*, renewal: RenewalRequest, event: str, by: User, at: dt.datetime, reason: str = "") -> RenewalRequest:
    """Record the clinic's answer: approve to prescribe, require an appointment or bloods, or decline with a reason."""
    if event == "decline" and not reason.strip():
        raise Refused("Say why the prescription is declined, so that the team knows what happens to the patient.")
    return move_renewal(renewal=renewal, event=event, by=by, at=at, reason=reason)


@action
def stop_renewals(*, enrolment: Enrolment, by: User, at: dt.datetime, reason: str = "") -> int:
    """End whatever renewal is open for an enrolment that ends. Returns how many there were (none or one)."""
    renewals = list(RenewalRequest.objects.open().filter(enrolment=enrolment))
    for renewal in renewals:
        move_renewal(renewal=renewal, event="stop", by=by, at=at, reason=reason)
    return len(renewals)
