"""Clocks: one running journey of an enrolment, its stage and whose move it is, kept current by every deed.

`refresh` is called at the end of every deed that may move a stage (an enrolment's `move` does), `reach` when a
milestone was reached. Both are parts of deeds: they open no transaction and ask for no permission of their own.
"""

import datetime as dt
from collections.abc import Iterable

from homecare.accounts.models import User
from homecare.core.clock import local_day
from patients.actions.registration_form import form_of
from patients.cover import store as cover_store
from patients.cover.rules import compute
from patients.models import Enrolment, PathwayClock, PathwayStep, Patient
from patients.pathway import store
from patients.pathway.clocks import ONE_DAY
from patients.pathway.completeness import blocking, missing
from patients.pathway.milestones import Kind, Milestone
from patients.pathway.stages import Open, Stage, stage_of
from patients.states import BEFORE_ACTIVE, ENDED, EnrolmentStatus

NO_DAY = dt.timedelta(0)
# The milestone that a move of the enrolment reaches.
MILESTONES = {
    "find_suitable": Milestone.SUITABLE,
    "consent": Milestone.CONSENTED,
    "send_registration": Milestone.REGISTRATION_SENT,
    "acknowledge_registration": Milestone.ACKNOWLEDGED,
    "send_first_prescription": Milestone.FIRST_PRESCRIPTION_SENT,
    "confirm_first_delivery": Milestone.FIRST_DELIVERY,
}


def running_clock(enrolment: Enrolment, *, locked: bool = False) -> PathwayClock | None:
    """Return the enrolment's running clock, if it has one."""
    rows = PathwayClock.objects.select_for_update() if locked else PathwayClock.objects.all()
    return rows.running().filter(enrolment_id=enrolment.pk).first()


def start_clock(
    enrolment: Enrolment, *, began_on: dt.date, by: User, at: dt.datetime, kind: str = Kind.START
) -> PathwayClock:
    """Start a journey, or return the one that is under way: its dose is the next one for both."""
    under_way = running_clock(enrolment, locked=True)
    if under_way is not None:
        return under_way
    stage = _stage(enrolment, kind=kind, reached={Milestone.REFERRED}, on=local_day(at))
    if stage is None:
        raise ValueError(f"Enrolment {enrolment.pk} has ended: no journey begins.")
    clock = PathwayClock.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        kind=kind,
        began_on=began_on,
        stage=stage.code,
        stage_since_on=began_on,
        whose=stage.whose,
    )
    _write(clock, stage, milestone=Milestone.REFERRED, on=began_on, by=by, at=at)
    return clock


def refresh(enrolment: Enrolment, *, by: User, at: dt.datetime) -> PathwayClock | None:
    """Find the stage again from what is on record now; write a step where it or whose move it is has changed.

    An enrolment on its way to its first dose that has no clock gets one; one that has ended has its clock closed.
    """
    return _advance(enrolment, milestone=None, on=local_day(at), by=by, at=at)


def refresh_waiting(patient: Patient, *, by: User, at: dt.datetime) -> None:
    """Find the stage again of those whose registration is not sent: what was put on record may complete it."""
    waiting = Enrolment.objects.filter(patient=patient, status=EnrolmentStatus.CONSENTED)
    for enrolment in waiting.order_by("pk"):
        refresh(enrolment, by=by, at=at)


def reach(enrolment: Enrolment, milestone: Milestone, *, on: dt.date, by: User, at: dt.datetime) -> PathwayClock | None:
    """Record that a journey reached a milestone on a day, and find its stage again. Without a clock, nothing.

    A milestone is written once; said again with another day, the later saying holds. The dose ends the journey.
    """
    return _advance(enrolment, milestone=milestone, on=on, by=by, at=at)


def prescription_waits(enrolment_id: int, *, code: str, by: User, at: dt.datetime) -> None:
    """Say how far the prescription has got that a journey waits for: `Open`'s code of what it waits for, or nothing.

    Called by the prescriptions app's deeds; it decides whose move it is.
    """
    clock = PathwayClock.objects.running().select_for_update().filter(enrolment=enrolment_id).first()
    if clock is not None and clock.prescription != code:
        clock.prescription = code
        clock.save(update_fields=["prescription"])
        refresh(clock.enrolment, by=by, at=at)


def supplied(
    enrolment_id: int, milestone: Milestone, *, on: dt.date, signed_on: dt.date | None, by: User, at: dt.datetime
) -> None:
    """Reach the prescription's sending, or its delivery, in the journey that waits for it.

    A change of dose, brand or provider waits for a prescription signed since it began: an earlier one that is sent or
    delivered meanwhile is not what it waits for.
    """
    clock = PathwayClock.objects.running().filter(enrolment=enrolment_id).select_related("enrolment").first()
    if clock is None:
        return
    if clock.steps.filter(milestone=milestone).exists():
        return  # a second prescription or delivery is no milestone
    is_new = signed_on is None or signed_on >= clock.began_on
    if is_new or clock.kind in {Kind.START, Kind.RESUMPTION}:
        reach(clock.enrolment, milestone, on=on, by=by, at=at)


def close(enrolment: Enrolment, *, on: dt.date, end_reason: str) -> None:
    """End the running clock without its dose: the journey was given up, or is another's now."""
    clock = running_clock(enrolment, locked=True)
    if clock is not None:
        _end(clock, on=on, end_reason=end_reason)


def _advance(
    enrolment: Enrolment, *, milestone: Milestone | None, on: dt.date, by: User, at: dt.datetime
) -> PathwayClock | None:
    clock = running_clock(enrolment, locked=True) or _start_missing(enrolment, by=by, at=at)
    if clock is None:
        return None
    days = store.days_of(clock.steps.order_by("pk"))
    is_news = milestone is not None and days.get(milestone) != on
    reached = {Milestone(said) for said in days} | ({milestone} if milestone is not None else set())
    stage = _stage(enrolment, kind=clock.kind, reached=reached, on=local_day(at), prescription=clock.prescription)
    if stage is not None and (is_news or (stage.code, stage.whose) != (clock.stage, clock.whose)):
        _write(clock, stage, milestone=milestone if is_news else None, on=on, by=by, at=at)
        _show(clock, stage, on=on)
    if stage is None:
        if is_news:
            _write(clock, None, milestone=milestone, on=on, by=by, at=at)
        took_dose = Milestone.FIRST_DOSE in reached
        _end(clock, on=on, end_reason=Milestone.FIRST_DOSE if took_dose else _status(enrolment))
    elif Milestone.REGISTRATION_COMPLETE not in reached and _is_complete(enrolment, on=local_day(at)):
        return _advance(enrolment, milestone=Milestone.REGISTRATION_COMPLETE, on=local_day(at), by=by, at=at)
    return clock


def _is_complete(enrolment: Enrolment, *, on: dt.date) -> bool:
    """Say whether somebody who has consented lacks nothing without which the registration would not be sent."""
    return _status(enrolment) == EnrolmentStatus.CONSENTED and not blocking(missing(form_of(enrolment, on=on)))


def _start_missing(enrolment: Enrolment, *, by: User, at: dt.datetime) -> PathwayClock | None:
    """Start the clock of somebody who is on the way to a first dose and never had one."""
    if _status(enrolment) not in BEFORE_ACTIVE or PathwayClock.objects.filter(enrolment_id=enrolment.pk).exists():
        return None
    began_on = enrolment.referred_on or enrolment.registered_on or local_day(at)
    return start_clock(enrolment, began_on=min(began_on, local_day(at)), by=by, at=at)


def _show(clock: PathwayClock, stage: Stage, *, on: dt.date) -> None:
    """Write on the clock where it is; since when follows from its last step that changed something."""
    if (stage.code, stage.whose) != (clock.stage, clock.whose):
        clock.stage, clock.whose = stage.code, stage.whose
        clock.stage_since_on = max(on, clock.stage_since_on)
        clock.save(update_fields=["stage", "whose", "stage_since_on"])


def _write(
    clock: PathwayClock,
    stage: Stage | None,
    *,
    milestone: Milestone | None,
    on: dt.date,
    by: User,
    at: dt.datetime,
) -> None:
    PathwayStep.objects.create(
        clock=clock,
        milestone=milestone or "",
        stage=stage.code if stage else clock.stage,
        whose=stage.whose if stage else clock.whose,
        reached_on=on,
        at=at,
        by=by,
    )


def _end(clock: PathwayClock, *, on: dt.date, end_reason: str) -> None:
    clock.ended_on, clock.end_reason, clock.is_stopped = max(on, clock.began_on), end_reason[:20], False
    clock.save(update_fields=["ended_on", "end_reason", "is_stopped"])


def _status(enrolment: Enrolment) -> str:
    status: str = Enrolment.objects.values_list("status", flat=True).get(pk=enrolment.pk)
    return status


def _stage(
    enrolment: Enrolment, *, kind: str, reached: Iterable[Milestone], on: dt.date, prescription: str = ""
) -> Stage | None:
    status = _status(enrolment)
    codes = set() if status in ENDED else store.open_codes_for([enrolment.pk], today=on)[enrolment.pk]
    if prescription:
        codes.add(prescription)
    if kind == Kind.RESUMPTION and status not in ENDED:
        codes |= _supply_codes(enrolment, on=on)
    return stage_of(kind=Kind(kind), status=status, reached=set(reached), open_codes=codes)


def _supply_codes(enrolment: Enrolment, *, on: dt.date) -> set[str]:
    """Return what somebody who resumes waits for: a delivery if less than a dose is at home, and what it is made from.

    What is there this evening or was there last evening counts: between them today's dose may have been taken. Where
    nobody knows what is at home, nothing is waited for but the dose.
    """
    evenings = [cover_store.load_questions([enrolment.pk], as_at=on - back)[enrolment.pk] for back in (ONE_DAY, NO_DAY)]
    at_home = [compute(evening).units_on_hand for evening in evenings]
    dose = max((phase.units_per_dose for phase in evenings[-1].phases), default=0)
    if any(units is None or units >= dose for units in at_home):
        return set()
    supply = evenings[-1].prescription
    can_deliver = supply is not None and supply.remaining > 0 and supply.last_valid_on >= on
    return {Open.DELIVERY} if can_deliver else {Open.DELIVERY, Open.PRESCRIPTION}
