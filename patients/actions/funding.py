"""Funding approvals: asked for, approved until a day, refused, waived, continued, withdrawn (domain.md 5.4, 11.10).

An approval belongs to the treatment: it holds for every enrolment of it. Running out and lapsed are derived from the
last day (patients/pathway/funding.py), never written.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions.under_way import refresh_all_of, under_way
from patients.models import Enrolment, FundingApproval, FundingApprovalStatusChange, Treatment
from patients.states import FUNDING, FundingStatus

Also = Callable[[FundingApproval], Iterable[str]]


def _move(
    approval: FundingApproval, event: str, *, by: User, at: dt.datetime, reason: str = "", also: Also | None = None
) -> FundingApproval:
    moved = moves.move(approval, table=FUNDING, event=event, by=by, at=at, reason=reason, also=also)
    refresh_all_of(moved.treatment_id, by=by, at=at)
    return moved


@action
def request_funding(
    *,
    enrolment: Enrolment,
    system: str,
    purpose: str,
    requested_on: dt.date,
    by: User,
    at: dt.datetime,
    reference: str = "",
    criteria_version: str = "",
    reason: str = "",
) -> FundingApproval:
    """Record that funding was asked for. Refused: a day in the future, or a request that still waits for its answer."""
    require(by, Permission.FUNDING_RECORD)
    if requested_on > local_day(at):
        raise Refused("Funding cannot have been asked for in the future. Enter the day of the request.")
    locked = under_way(enrolment)
    Treatment.objects.select_for_update().get(pk=locked.treatment_id)
    waiting = FundingApproval.objects.filter(treatment=locked.treatment_id, status=FundingStatus.REQUESTED).first()
    if waiting is not None:
        raise Refused(
            f"Funding was asked for on {waiting.requested_on:%-d %B %Y} ({waiting.get_system_display()}) and is not "
            "yet answered. Record that answer, or withdraw the request, before you ask again.",
            code="already_asked",
        )
    return _create(
        locked.treatment,
        status=FundingStatus.REQUESTED,
        event="request",
        by=by,
        at=at,
        reason=reason,
        fields={
            "system": system,
            "purpose": purpose,
            "requested_on": requested_on,
            "reference": reference,
            "criteria_version": criteria_version,
        },
    )


def _create(
    treatment: Treatment,
    *,
    status: FundingStatus,
    event: str,
    by: User,
    at: dt.datetime,
    reason: str,
    fields: dict[str, object],
) -> FundingApproval:
    approval = FundingApproval.objects.create(
        treatment=treatment, patient_id=treatment.patient_id, status=status, note=reason, **fields
    )
    FundingApprovalStatusChange.objects.create(
        approval=approval, event=event, to_status=status, at=at, by=by, reason=reason
    )
    refresh_all_of(treatment.pk, by=by, at=at)
    return approval


@action
def approve_funding(
    *,
    approval: FundingApproval,
    reference: str,
    decided_on: dt.date,
    expires_on: dt.date | None,
    by: User,
    at: dt.datetime,
    criteria_version: str = "",
    reason: str = "",
) -> FundingApproval:
    """Record that funding was approved until a day (its last), or without one. It takes the place of an earlier one.

    Refused: no reference, a decision in the future or before the request, a last day before the decision.
    """
    _check_decision(reference, decided_on, expires_on, asked_on=approval.requested_on, today=local_day(at))
    Treatment.objects.select_for_update().get(pk=approval.treatment_id)

    def decide(locked: FundingApproval) -> list[str]:
        locked.reference, locked.decided_on, locked.expires_on = reference.strip(), decided_on, expires_on
        locked.criteria_version = criteria_version or locked.criteria_version
        return ["reference", "decided_on", "expires_on", "criteria_version"]

    earlier = list(FundingApproval.objects.approved().filter(treatment=approval.treatment_id).exclude(pk=approval.pk))
    moved = _move(approval, "approve", by=by, at=at, reason=reason, also=decide)
    for old in earlier:
        _move(old, "renew", by=by, at=at, reason=f"Replaced by {moved}")
    return moved


@action
def renew_funding(
    *,
    approval: FundingApproval,
    reference: str,
    decided_on: dt.date,
    expires_on: dt.date | None,
    by: User,
    at: dt.datetime,
    criteria_version: str = "",
    reason: str = "",
) -> FundingApproval:
    """Record a continuation that was approved at once: the old approval is renewed, and the new one returned."""
    _check_decision(reference, decided_on, expires_on, asked_on=None, today=local_day(at))
    treatment = Treatment.objects.select_for_update().get(pk=approval.treatment_id)
    old = _move(approval, "renew", by=by, at=at, reason=reason)
    return _create(
        treatment,
        status=FundingStatus.APPROVED,
        event="approve",
        by=by,
        at=at,
        reason=reason,
        fields={
            "system": old.system,
            "purpose": FundingApproval.Purpose.CONTINUATION,
            "reference": reference.strip(),
            "criteria_version": criteria_version or old.criteria_version,
            "requested_on": decided_on,
            "decided_on": decided_on,
            "expires_on": expires_on,
        },
    )


def _check_decision(
    reference: str, decided_on: dt.date, expires_on: dt.date | None, *, asked_on: dt.date | None, today: dt.date
) -> None:
    if not reference.strip():
        raise Refused("Enter the reference of the approval: without it nobody can show that it was given.")
    if decided_on > today:
        raise Refused("Funding cannot have been approved in the future. Enter the day of the decision.")
    if asked_on is not None and decided_on < asked_on:
        raise Refused(f"It was asked for on {asked_on:%-d %B %Y}, so it cannot have been decided before that.")
    if expires_on is not None and expires_on < decided_on:
        raise Refused("The last day that it covers cannot be before the day on which it was decided.")


@action
def refuse_funding(
    *, approval: FundingApproval, decided_on: dt.date, by: User, at: dt.datetime, reason: str
) -> FundingApproval:
    """Record that funding was refused, and why."""
    return _answer(approval, "refuse", decided_on, by=by, at=at, reason=reason, ask="Say why funding was refused.")


@action
def waive_funding(
    *, approval: FundingApproval, decided_on: dt.date, by: User, at: dt.datetime, reason: str
) -> FundingApproval:
    """Record that no approval is required for this treatment, and who said so."""
    return _answer(
        approval, "waive", decided_on, by=by, at=at, reason=reason, ask="Say who said that no approval is required."
    )


def _answer(
    approval: FundingApproval, event: str, decided_on: dt.date, *, by: User, at: dt.datetime, reason: str, ask: str
) -> FundingApproval:
    if not reason.strip():
        raise Refused(ask)
    if decided_on > local_day(at):
        raise Refused("This cannot have been decided in the future. Enter the day of the decision.")

    def decide(locked: FundingApproval) -> list[str]:
        locked.decided_on = decided_on
        return ["decided_on"]

    return _move(approval, event, by=by, at=at, reason=reason, also=decide)


@action
def withdraw_funding(*, approval: FundingApproval, by: User, at: dt.datetime, reason: str) -> FundingApproval:
    """Record that a request or an approval was withdrawn, and why. It no longer covers anything."""
    if not reason.strip():
        raise Refused("Say why it is withdrawn.")
    return _move(approval, "withdraw", by=by, at=at, reason=reason)
