"""Moves of an enrolment: suspend, resume, stop; each writes its fact into cover in the same transaction."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.actions.notices import raise_notice
from patients.cover import actions as cover
from patients.models import Enrolment, Suspension, Transfer, Treatment
from patients.pathway.milestones import Kind
from patients.states import BEFORE_ACTIVE, ENDED, TRANSITIONS, EnrolmentStatus

MOST_DAYS_AHEAD = 366
CalledOff = Callable[[Transfer, User, dt.datetime, str], None]
_when_called_off: list[CalledOff] = []


def when_called_off(follow: CalledOff) -> None:
    """Register what else is done in the transaction that calls a transfer off. Registered twice, it is done once."""
    if follow not in _when_called_off:
        _when_called_off.append(follow)


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
    if moved.status in ENDED:
        _settle_transfers(moved, event=event, by=by, at=at, reason=reason)
    return moved


def _settle_transfers(ended: Enrolment, *, event: str, by: User, at: dt.datetime, reason: str) -> None:
    """End the transfers that an enrolment had a part in when it ended otherwise than by being transferred.

    The old one ended: the new one is withdrawn. The new one ended: the old one goes on, paused if it is paused. A
    death ends both, each by its own move. What follows is the service's own work, whoever ended the one: what later
    apps began for the new one ends with it (`when_called_off`).
    """
    moves_of = Transfer.objects.select_for_update(of=("self",)).under_way()
    transfer = moves_of.filter(Q(from_enrolment=ended) | Q(to_enrolment=ended)).first()
    if transfer is None:
        return
    transfer.cancelled_on = local_day(at)
    transfer.save(update_fields=["cancelled_on"])
    if event == "record_death":
        return
    system, why = User.objects.system("transfers"), reason.strip() or "The transfer was called off."
    if transfer.from_enrolment_id == ended.pk:
        move(enrolment=transfer.to_enrolment, event="withdraw", by=system, at=at, reason=why)
    else:
        _go_on_as_before(transfer.from_enrolment, by=system, at=at, reason=why)
    for follow in _when_called_off:
        follow(transfer, system, at, why)


def _go_on_as_before(old: Enrolment, *, by: User, at: dt.datetime, reason: str) -> None:
    paused = old.suspensions.filter(ends_on__isnull=True).exists()
    event = "cancel_transfer_while_paused" if paused else "cancel_transfer"
    moved = move(enrolment=old, event=event, by=by, at=at, reason=reason)
    raise_notice(
        enrolment=moved,
        kind="TRANSFER",
        detail="The patient is not moving to another provider after all: they stay with you.",
        effective_on=local_day(at),
        by=by,
        at=at,
    )
    cover.recompute([moved.pk], on=local_day(at))


@action
def suspend(
    *,
    enrolment: Enrolment,
    starts_on: dt.date,
    suspension_reason: str,
    by: User,
    at: dt.datetime,
    expected_restart_on: dt.date | None = None,
    under_way: str = "",
    reason: str = "",
) -> Suspension:
    """Pause a treatment from a day on, without a set end, and tell the provider. A restart before it is refused.

    `under_way` is what the provider must hear of deliveries under way. It is not told why: that is the patient's.
    """
    if expected_restart_on is not None and expected_restart_on <= starts_on:
        raise Refused("The expected restart must be after the day the suspension starts.")
    _check_within_a_year(starts_on, expected_restart_on, today=local_day(at))
    _check_not_paused(enrolment)
    moved = move(enrolment=enrolment, event="suspend", by=by, at=at, reason=reason)
    suspension = Suspension.objects.create(
        enrolment=moved,
        starts_on=starts_on,
        expected_restart_on=expected_restart_on,
        reason=suspension_reason,
        note=reason,
    )
    cover.recompute([moved.pk], on=local_day(at))
    raise_notice(
        enrolment=moved,
        kind="SUSPENSION",
        detail=_joined("Treatment is paused: deliver nothing until we say so.", _expected(suspension), under_way),
        effective_on=starts_on,
        by=by,
        at=at,
    )
    return suspension


def _check_within_a_year(*days: dt.date | None, today: dt.date) -> None:
    """Refuse a day so far off that nobody would be reminded in time: most often the year is mistyped."""
    last = today + dt.timedelta(days=MOST_DAYS_AHEAD)
    if any(day is not None and day > last for day in days):
        raise Refused(f"Enter days up to {last:%-d %B %Y}, a year from now. Check the year.", code="too_far_ahead")


def _expected(suspension: Suspension) -> str:
    day = suspension.expected_restart_on
    return f"Expected to restart on {day:%-d %B %Y}." if day else "It is not known when it restarts."


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


@action
def change_expected_restart(
    *, enrolment: Enrolment, expected_restart_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Suspension:
    """Put another day as the expected restart of a pause, and tell the provider. Refused: none is open, a past day."""
    require(by, Permission.ENROLMENT_SUSPEND)
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    suspension = locked.suspensions.filter(ends_on__isnull=True).order_by("-starts_on").first()
    if suspension is None:
        raise Refused("This treatment is not paused.", code="not_suspended")
    if expected_restart_on <= max(suspension.starts_on, local_day(at)):
        raise Refused("Enter a day to come. If treatment restarts today, resume it.")
    _check_within_a_year(expected_restart_on, today=local_day(at))
    suspension.expected_restart_on = expected_restart_on
    suspension.save(update_fields=["expected_restart_on"])
    raise_notice(
        enrolment=locked,
        kind="SUSPENSION",
        detail=_joined("Treatment stays paused: deliver nothing until we say so.", _expected(suspension)),
        effective_on=local_day(at),
        by=by,
        at=at,
    )
    return suspension


def _check_not_paused(enrolment: Enrolment) -> None:
    """Refuse a second pause of somebody who is being transferred while paused: the status does not say it."""
    pause = Suspension.objects.filter(enrolment=enrolment, ends_on__isnull=True).first()
    if pause is not None and enrolment.status == EnrolmentStatus.TRANSFERRING:
        raise Refused(f"The treatment is paused from {pause.starts_on:%-d %B %Y} already.", code="already_paused")


@action
def resume(*, enrolment: Enrolment, restarts_on: dt.date, by: User, at: dt.datetime, reason: str = "") -> Enrolment:
    """End the open suspension: the first dose day may be `restarts_on`. The old grid goes on, shown as assumed.

    The provider is told, and a clock runs until the next dose is taken.
    """
    _check_within_a_year(restarts_on, today=local_day(at))
    moved = move(enrolment=enrolment, event="resume", by=by, at=at, reason=reason)
    suspension = moved.suspensions.select_for_update().filter(ends_on__isnull=True).first()
    if suspension is None and moved.status == EnrolmentStatus.TRANSFERRING:
        raise Refused("The treatment is not paused.", code="not_paused")
    if suspension is not None:
        _end_suspension(suspension, restarts_on)
    cover.recompute([moved.pk], on=local_day(at))
    pathway.start_clock(moved, began_on=local_day(at), by=by, at=at, kind=Kind.RESUMPTION)
    raise_notice(
        enrolment=moved,
        kind="RESUMPTION",
        detail=f"Treatment goes on: the next dose may be taken from {restarts_on:%-d %B %Y}. Deliveries begin again.",
        effective_on=restarts_on,
        by=by,
        at=at,
    )
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
    """Stop a treatment: its homecare ends as its status allows, and so does the treatment.

    What hangs on it elsewhere is ended by `homecare.desk.deeds.stop_treatment`.
    """
    moved = _end(enrolment, by=by, at=at, reason=reason)
    end_treatment(moved.treatment, ended_on=ended_on, stop_reason=stop_reason)
    return moved


@action
def leave_homecare(*, enrolment: Enrolment, by: User, at: dt.datetime, reason: str) -> Enrolment:
    """End homecare while the treatment goes on: from now on the hospital supplies it.

    What hangs on it elsewhere is ended by `homecare.desk.deeds.leave_homecare`. Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Say why homecare ends.")
    moved = _end(enrolment, by=by, at=at, reason=reason)
    moved.treatment.supply_route = Treatment.SupplyRoute.HOSPITAL
    moved.treatment.save(update_fields=["supply_route"])
    return moved


def _end(enrolment: Enrolment, *, by: User, at: dt.datetime, reason: str) -> Enrolment:
    """End an enrolment: one that has not begun is withdrawn, one on treatment stops. One moved to is refused."""
    if Transfer.objects.under_way().filter(to_enrolment=enrolment).exists():
        raise Refused(
            "The patient is moving to this provider. Call the transfer off, or end the treatment where they come from.",
            code="transfer_under_way",
        )
    status = Enrolment.objects.select_for_update().values_list("status", flat=True).get(pk=enrolment.pk)
    moved = move(
        enrolment=enrolment, event="withdraw" if status in BEFORE_ACTIVE else "stop", by=by, at=at, reason=reason
    )
    cover.end([moved.pk])
    return moved


def end_treatment(treatment: Treatment, *, ended_on: dt.date | None, stop_reason: str) -> None:
    """Close the treatment under an enrolment that ended."""
    treatment.is_ended, treatment.ended_on, treatment.stop_reason = True, ended_on, stop_reason
    treatment.save(update_fields=["is_ended", "ended_on", "stop_reason"])
