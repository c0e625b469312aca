"""A nurse's visits: planned, booked, done, missed, cancelled; and what training came to.

Recorded by the trust by hand; a provider's own reports go through the same deeds.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.actions.under_way import under_way
from patients.models import Enrolment, Visit, VisitStatusChange
from patients.pathway.milestones import Milestone
from patients.states import VISIT

Also = Callable[[Visit], Iterable[str]]


def _move(visit: Visit, event: str, *, by: User, at: dt.datetime, reason: str = "", also: Also | None = None) -> Visit:
    moved = moves.move(visit, table=VISIT, event=event, by=by, at=at, reason=reason, also=also)
    pathway.refresh(moved.enrolment, by=by, at=at)
    return moved


@action
def plan_visit(
    *,
    enrolment: Enrolment,
    kind: str,
    by: User,
    at: dt.datetime,
    planned_on: dt.date | None = None,
    reason: str = "",
) -> Visit:
    """Plan a training or administration visit, for a day or for none yet. Refused once the enrolment has ended."""
    require(by, Permission.VISIT_RECORD)
    locked = under_way(enrolment)
    if planned_on is not None and planned_on < local_day(at):
        raise Refused("A visit is planned for today or later. One that was made is recorded as done.")
    visit = Visit.objects.create(
        enrolment=locked, patient_id=locked.patient_id, kind=kind, planned_on=planned_on, note=reason
    )
    VisitStatusChange.objects.create(visit=visit, event="plan", to_status=visit.status, at=at, by=by, reason=reason)
    pathway.refresh(locked, by=by, at=at)
    return visit


@action
def book_visit(
    *, visit: Visit, booked_on: dt.date, by: User, at: dt.datetime, nurse_name: str = "", reason: str = ""
) -> Visit:
    """Book a visit for a day, or for another day. A day that is past is refused."""
    if booked_on < local_day(at):
        raise Refused("A visit is booked for today or later. One that was made is recorded as done.")
    under_way(visit.enrolment)

    def book(locked: Visit) -> list[str]:
        locked.booked_on, locked.missed_reason = booked_on, ""
        locked.nurse_name = nurse_name or locked.nurse_name
        return ["booked_on", "nurse_name", "missed_reason"]

    return _move(visit, "book", by=by, at=at, reason=reason, also=book)


@action
def record_training(
    *,
    visit: Visit,
    done_on: dt.date,
    outcome: str,
    by: User,
    at: dt.datetime,
    person_trained: str = "",
    nurse_name: str = "",
    competency_signed_on: dt.date | None = None,
    reason: str = "",
) -> Visit:
    """Record a training visit: who was trained, and whether they are competent, with the day it was signed.

    More training needed plans another visit. Refused: competence that nobody signed, a day in the future.
    """
    if visit.kind != Visit.Kind.TRAINING:
        raise Refused("This visit is to give the medicine: it has no outcome of training.")
    _check_done(done_on, today=local_day(at))
    _check_outcome(outcome, done_on, competency_signed_on, today=local_day(at))
    enrolment = under_way(visit.enrolment)
    competent = outcome == Visit.Outcome.COMPETENT

    def do(locked: Visit) -> list[str]:
        locked.done_on, locked.outcome, locked.person_trained = done_on, outcome, person_trained.strip()
        locked.competency_signed_on = competency_signed_on if competent else None
        locked.nurse_name = nurse_name or locked.nurse_name
        return ["done_on", "outcome", "person_trained", "competency_signed_on", "nurse_name"]

    moved = _move(visit, "do", by=by, at=at, reason=reason, also=do)
    if competent and competency_signed_on is not None:
        pathway.reach(enrolment, Milestone.TRAINED, on=competency_signed_on, by=by, at=at)
    if outcome == Visit.Outcome.MORE_NEEDED:
        plan_visit(enrolment=enrolment, kind=Visit.Kind.TRAINING, by=by, at=at, reason="More training needed")
    return moved


def _check_outcome(outcome: str, done_on: dt.date, signed_on: dt.date | None, *, today: dt.date) -> None:
    if outcome not in Visit.Outcome.values:
        raise Refused("Say what came of the training: " + ", ".join(Visit.Outcome.labels) + ".")
    if outcome != Visit.Outcome.COMPETENT:
        return
    if signed_on is None:
        raise Refused("Competence is signed: enter the day on which it was.", code="not_signed")
    if signed_on > today or signed_on < done_on:
        raise Refused("The competency is signed on the day of the training or after it, and not in the future.")


def _check_done(done_on: dt.date, *, today: dt.date) -> None:
    if done_on > today:
        raise Refused("A visit cannot be recorded before it is made. Book it for that day instead.")


@action
def record_administration(
    *, visit: Visit, done_on: dt.date, by: User, at: dt.datetime, nurse_name: str = "", reason: str = ""
) -> Visit:
    """Record that a nurse gave the medicine on a visit."""
    if visit.kind != Visit.Kind.ADMINISTRATION:
        raise Refused("This visit is to train: record what came of the training.")
    _check_done(done_on, today=local_day(at))

    def do(locked: Visit) -> list[str]:
        locked.done_on, locked.nurse_name = done_on, nurse_name or locked.nurse_name
        return ["done_on", "nurse_name"]

    return _move(visit, "do", by=by, at=at, reason=reason, also=do)


@action
def record_missed(*, visit: Visit, by: User, at: dt.datetime, reason: str) -> Visit:
    """Record that a booked visit did not happen, and why. It can be booked again. A visit still to come is refused."""
    if not reason.strip():
        raise Refused("Say why the visit was missed.")
    if visit.booked_on is not None and visit.booked_on > local_day(at):
        raise Refused(f"The visit is booked for {visit.booked_on:%-d %B %Y}: book it again, or cancel it.")

    def miss(locked: Visit) -> list[str]:
        locked.missed_reason = reason.strip()[:200]
        return ["missed_reason"]

    return _move(visit, "miss", by=by, at=at, reason=reason, also=miss)


@action
def cancel_visit(*, visit: Visit, by: User, at: dt.datetime, reason: str) -> Visit:
    """Cancel a visit that was not made, and say why."""
    if not reason.strip():
        raise Refused("Say why the visit is cancelled.")
    return _move(visit, "cancel", by=by, at=at, reason=reason)
