"""Moves of an enrolment: suspend, resume, stop; each writes its fact into cover in the same transaction."""

import datetime as dt

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.cover import actions as cover
from patients.models import Enrolment, Suspension, Treatment
from patients.states import TRANSITIONS


def move(
    *,
    enrolment: Enrolment,
    event: str,
    by: User,
    at: dt.datetime,
    reason: str = "",
    on: dt.date | None = None,
) -> Enrolment:
    """Move an enrolment as its table allows, and its clock with it. Only actions call this.

    `on` is the day on which it happened, where that is not the day on which it is recorded.
    """
    moved = moves.move(enrolment, table=TRANSITIONS, event=event, by=by, at=at, reason=reason)
    milestone = pathway.MILESTONES.get(event)
    if milestone is None:
        pathway.refresh(moved, by=by, at=at)
    else:
        pathway.reach(moved, milestone, on=on or local_day(at), by=by, at=at)
    return moved


@action
def suspend(
    *,
    enrolment: Enrolment,
    starts_on: dt.date,
    suspension_reason: str,
    by: User,
    at: dt.datetime,
    expected_restart_on: dt.date | None = None,
    reason: str = "",
) -> Suspension:
    """Pause a treatment from a day on, without a set end. A restart before the start is refused."""
    if expected_restart_on is not None and expected_restart_on <= starts_on:
        raise Refused("The expected restart must be after the day the suspension starts.")
    moved = move(enrolment=enrolment, event="suspend", by=by, at=at, reason=reason)
    suspension = Suspension.objects.create(
        enrolment=moved,
        starts_on=starts_on,
        expected_restart_on=expected_restart_on,
        reason=suspension_reason,
        note=reason,
    )
    cover.recompute([moved.pk], on=local_day(at))
    return suspension


@action
def resume(*, enrolment: Enrolment, restarts_on: dt.date, by: User, at: dt.datetime, reason: str = "") -> Enrolment:
    """End the open suspension: the first dose day may be `restarts_on`. The old grid goes on, shown as assumed."""
    moved = move(enrolment=enrolment, event="resume", by=by, at=at, reason=reason)
    suspension = moved.suspensions.select_for_update().filter(ends_on__isnull=True).first()
    if suspension is not None:
        _end_suspension(suspension, restarts_on)
    cover.recompute([moved.pk], on=local_day(at))
    return moved


def _end_suspension(suspension: Suspension, restarts_on: dt.date) -> None:
    if restarts_on <= suspension.starts_on:
        raise Refused(
            f"The treatment was suspended from {suspension.starts_on:%-d %B %Y}; "
            "it can restart the day after at the earliest."
        )
    suspension.ends_on = restarts_on - dt.timedelta(days=1)
    suspension.save(update_fields=["ends_on"])


@action
def stop(
    *, enrolment: Enrolment, ended_on: dt.date, stop_reason: str, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Stop a treatment on homecare. What hangs on it elsewhere is ended by `homecare.desk.deeds.stop_treatment`."""
    moved = move(enrolment=enrolment, event="stop", by=by, at=at, reason=reason)
    end_treatment(moved.treatment, ended_on=ended_on, stop_reason=stop_reason)
    cover.end([moved.pk])
    return moved


def end_treatment(treatment: Treatment, *, ended_on: dt.date | None, stop_reason: str) -> None:
    """Close the treatment under an enrolment that ended."""
    treatment.is_ended, treatment.ended_on, treatment.stop_reason = True, ended_on, stop_reason
    treatment.save(update_fields=["is_ended", "ended_on", "stop_reason"])
