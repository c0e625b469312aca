"""Deeds on a clock: stopped and started again for a reason, the patient spoken with; and what the hospital bridged."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.cover import actions as cover
from patients.models import BridgingSupply, ClockStop, ContactAttempt, Enrolment, PathwayClock
from patients.pathway.clocks import ONE_DAY, Stop, checked
from patients.pathway.milestones import Milestone, Party


@action
def stop_clock(
    *,
    enrolment: Enrolment,
    from_on: dt.date,
    stop_reason: str,
    by: User,
    at: dt.datetime,
    to_on: dt.date | None = None,
    reason: str = "",
) -> ClockStop:
    """Stop the clock from a day on: that day and those after it do not count net, until it is restarted.

    A stop that is already over has its last day. Refused: no clock runs, a day in the future or before the clock began,
    days on which it is stopped already, "other" without saying what.
    """
    require(by, Permission.ENROLMENT_EDIT)
    clock = _running(enrolment)
    today = local_day(at)
    if from_on > today or (to_on is not None and to_on > today):
        raise Refused("A clock is stopped on the day itself or afterwards, not in advance. Enter a day up to today.")
    if from_on < clock.began_on:
        raise Refused(f"This clock began on {clock.began_on:%-d %B %Y}: it cannot be stopped before that.")
    if stop_reason == ClockStop.Reason.OTHER and not reason.strip():
        raise Refused("Say in the note why the clock is stopped.")
    stops = list(clock.stops.select_related("stopped_by"))
    open_now = next((stop for stop in stops if stop.to_on is None), None)
    if open_now is not None and to_on is None:
        raise Refused(
            f"{open_now.stopped_by} stopped this clock from {open_now.from_on:%-d %B %Y}"
            f" ({open_now.get_reason_display().lower()}). Restart it before you stop it again.",
            code="clock_stopped",
        )
    checked([Stop(stop.from_on, stop.to_on) for stop in stops] + [Stop(from_on, to_on)])
    stop = ClockStop.objects.create(
        clock=clock, from_on=from_on, to_on=to_on, reason=stop_reason, note=reason, stopped_by=by
    )
    _show_stopped(clock)
    return stop


@action
def restart_clock(*, enrolment: Enrolment, restarts_on: dt.date, by: User, at: dt.datetime, reason: str) -> ClockStop:
    """Start a stopped clock again: `restarts_on` is the first day that counts. A reason is asked for.

    Refused: the clock is not stopped, a day in the future, a day not after the one on which it was stopped.
    """
    require(by, Permission.ENROLMENT_EDIT)
    clock = _running(enrolment)
    stop = clock.stops.select_for_update().filter(to_on__isnull=True).first()
    if stop is None:
        raise Refused("This clock is running. There is nothing to restart.", code="clock_runs")
    if not reason.strip():
        raise Refused("Say why the clock counts again.")
    if restarts_on > local_day(at):
        raise Refused("A clock is restarted on the day itself or afterwards. Enter a day up to today.")
    if restarts_on <= stop.from_on:
        raise Refused(
            f"The clock was stopped from {stop.from_on:%-d %B %Y}; it can count again the day after at the earliest."
        )
    stop.to_on = restarts_on - ONE_DAY
    stop.note = "\n".join(part for part in (stop.note, f"Restarted: {reason}") if part)
    stop.save(update_fields=["to_on", "note"])
    _show_stopped(clock)
    return stop


@action
def record_contact(
    *,
    enrolment: Enrolment,
    on: dt.date,
    made_by: str,
    outcome: str,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> ContactAttempt:
    """Record an attempt to speak with the patient. The provider's first that succeeds is the first contact.

    Refused: a day in the future, or before the journey began.
    """
    require(by, Permission.ENROLMENT_EDIT)
    if on > local_day(at):
        raise Refused("A contact cannot be dated in the future. Enter the day on which it was tried.")
    clock = pathway.running_clock(enrolment, locked=True)
    if clock is not None and on < clock.began_on:
        raise Refused(f"This journey began on {clock.began_on:%-d %B %Y}. Enter a day from then on.")
    attempt = ContactAttempt.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        on=on,
        made_by=made_by,
        outcome=outcome,
        note=reason,
        recorded_by=by,
    )
    is_first = clock is not None and not clock.steps.filter(milestone=Milestone.FIRST_CONTACT).exists()
    if is_first and made_by == Party.PROVIDER and outcome == ContactAttempt.Outcome.REACHED:
        pathway.reach(enrolment, Milestone.FIRST_CONTACT, on=on, by=by, at=at)
    return attempt


@action
def record_bridging(
    *,
    enrolment: Enrolment,
    supplied_on: dt.date,
    units: int,
    cause: str,
    cause_party: str,
    by: User,
    at: dt.datetime,
    covers_until_on: dt.date | None = None,
    cost_pence: int | None = None,
    minutes_spent: int | None = None,
    batch_number: str = "",
    reason: str = "",
) -> BridgingSupply:
    """Record medicine that the hospital itself gave; it counts as at home from that day, as a delivery does.

    Refused: a day in the future, no units, covering until a day before it was given, "other" without saying what.
    """
    require(by, Permission.ENROLMENT_EDIT)
    if supplied_on > local_day(at):
        raise Refused("A supply cannot be dated in the future. Record it once the patient has it.")
    if units < 1:
        raise Refused("Enter how many units were given: one at least.")
    if covers_until_on is not None and covers_until_on < supplied_on:
        raise Refused("The last day it covers cannot be before the day on which it was given.")
    if cause == BridgingSupply.Cause.OTHER and not reason.strip():
        raise Refused("Say in the note why the hospital had to supply.")
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    supply = BridgingSupply.objects.create(
        enrolment=enrolment,
        supplied_on=supplied_on,
        units=units,
        covers_until_on=covers_until_on,
        cost_pence=cost_pence,
        minutes_spent=minutes_spent,
        cause=cause,
        cause_party=cause_party,
        batch_number=batch_number,
        recorded_by=by,
        note=reason,
    )
    cover.add_bridging(enrolment_id=enrolment.pk, on=supplied_on, units=units, by=by, at=at)
    return supply


def _running(enrolment: Enrolment) -> PathwayClock:
    clock = pathway.running_clock(enrolment, locked=True)
    if clock is None:
        raise Refused("No clock runs for this enrolment: it waits for no dose.", code="no_clock")
    return clock


def _show_stopped(clock: PathwayClock) -> None:
    clock.is_stopped = clock.stops.filter(to_on__isnull=True).exists()
    clock.save(update_fields=["is_stopped"])
