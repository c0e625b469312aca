"""From registered to active: the first prescription has gone, the first delivery came, the first dose was taken.

And the next dose, which a pause or a change of dose or brand waits for.

The prescriptions and deliveries apps tell what they did, and the clock its milestones; the first dose is recorded by a
person.
"""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway, regimen
from patients.actions.enrolment import move
from patients.actions.transfer import finish_if_transfer, under_way_to
from patients.actions.under_way import under_way
from patients.cover import actions as cover
from patients.models import BridgingSupply, Enrolment, PathwayClock, RemainingSupply, SupplyFact
from patients.pathway.facts import facts_for, requirements_for
from patients.pathway.milestones import Kind, Milestone
from patients.pathway.requirements import Code, Requirement, needs_training, unmet_before
from patients.states import BEFORE_ACTIVE, EnrolmentStatus

NOT_YET_SUPPLIED = BEFORE_ACTIVE - {EnrolmentStatus.AWAITING_FIRST_DELIVERY, EnrolmentStatus.AWAITING_TRAINING}


@action
def confirm_prescription_sent(
    *, enrolment_id: int, sent_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Take note that a prescription has gone to the provider. Called by the prescriptions app's deed.

    The first one moves a registered enrolment on. Refused: a first one while a requirement is open that must be met
    before, such as an individual care plan.
    """
    locked = _lock(enrolment_id)
    if locked.status not in BEFORE_ACTIVE:
        return locked
    missing = _missing(locked, Milestone.FIRST_PRESCRIPTION_SENT, on=local_day(at))
    if missing:
        raise Refused(f"The first prescription cannot be sent yet. {_list(missing)}", code="requirements_open")
    if locked.status != EnrolmentStatus.REGISTERED:
        return locked
    return move(enrolment=locked, event="send_first_prescription", by=by, at=at, on=sent_on)


@action
def confirm_delivery(
    *, enrolment_id: int, delivered_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Take note that medicine reached the patient. Called by the deliveries app's deed; it refuses nothing.

    After the first delivery somebody who must be trained waits for that, anybody else for their first dose.
    """
    locked = catch_up(_lock(enrolment_id), at=at)
    is_first = locked.status == EnrolmentStatus.AWAITING_FIRST_DELIVERY
    if is_first and needs_training(requirements_for([locked.pk], today=local_day(at))[locked.pk]):
        return move(enrolment=locked, event="confirm_first_delivery", by=by, at=at, on=delivered_on)
    return locked


def catch_up(enrolment: Enrolment, *, at: dt.datetime) -> Enrolment:
    """Move on a registered enrolment whose first prescription went before the registration was acknowledged.

    So it is where a treatment moves to another provider in haste. Part of a deed; the service itself does it.
    """
    if enrolment.status != EnrolmentStatus.REGISTERED or not _was_sent(enrolment):
        return enrolment
    why = "The prescription was sent before the provider acknowledged the registration."
    clock = pathway.running_clock(enrolment)
    sent = clock.steps.filter(milestone=Milestone.FIRST_PRESCRIPTION_SENT).first() if clock else None
    system, on = User.objects.system("transfers"), sent.reached_on if sent else None
    return move(enrolment=enrolment, event="send_first_prescription", by=system, at=at, on=on, reason=why)


def _was_sent(enrolment: Enrolment) -> bool:
    delivered = SupplyFact.objects.standing().filter(enrolment=enrolment, delivery_line__isnull=False)
    return RemainingSupply.objects.filter(pk=enrolment.pk).exists() or delivered.exists()


def _lock(enrolment_id: int) -> Enrolment:
    return Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id)


@action
def record_first_dose(
    *, enrolment: Enrolment, taken_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Record that the patient took the first dose: the treatment has begun and its cover is live from now on.

    It also ends the transfer from another provider, where this enrolment was made for one.

    Refused: a day in the future; before the first prescription was sent; with no medicine at home by that day,
    delivered or bridged; before training where training is required; while anything else that the start requires is
    missing (funding apart: it is asked for before the registration).
    """
    if taken_on > local_day(at):
        raise Refused("A dose cannot be recorded before it is taken. Enter the day on which it was.")
    locked = catch_up(under_way(enrolment), at=at)
    if locked.status in NOT_YET_SUPPLIED:
        raise Refused(
            "The first prescription has not been sent to the provider yet, so there is no first dose of homecare to"
            " record. Ask for the prescription, and record it as sent.",
            code="not_supplied",
        )
    moved = move(enrolment=locked, event="activate", by=by, at=at, reason=reason)
    _check_supplied(moved, taken_on)
    missing = _missing(moved, Milestone.FIRST_DOSE, on=local_day(at))
    if missing:
        raise Refused(f"The first dose cannot be recorded yet. {_list(missing)}", code="requirements_open")
    _check_trained(moved, taken_on)
    _begin_treatment(moved, taken_on, by=by, at=at)
    pathway.reach(moved, Milestone.FIRST_DOSE, on=taken_on, by=by, at=at)
    finish_if_transfer(moved, on=taken_on, by=by, at=at)
    cover.recompute([moved.pk], on=local_day(at))
    return moved


@action
def record_next_dose(
    *, enrolment: Enrolment, taken_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Record the dose that a later journey waits for: after a pause, a change of dose or of brand. It ends the clock.

    After a pause the doses go on from that day. Refused: nobody waits for a dose, a day in the future or before the
    journey began, a day of the pause, or before training where a new brand or device asks for it.
    """
    require(by, Permission.VISIT_RECORD)
    locked = under_way(enrolment)
    clock = pathway.running_clock(locked, locked=True)
    if clock is None:
        raise Refused("No dose is waited for: no clock runs for this treatment.", code="no_clock")
    _check_next(locked, clock, taken_on, today=local_day(at))
    if clock.kind == Kind.RESUMPTION:
        regimen.begin_again(locked, taken_on=taken_on, by=by, at=at)
    pathway.reach(locked, Milestone.FIRST_DOSE, on=taken_on, by=by, at=at)
    cover.recompute([locked.pk], on=local_day(at))
    return locked


def _check_next(enrolment: Enrolment, clock: PathwayClock, taken_on: dt.date, *, today: dt.date) -> None:
    if enrolment.status not in {EnrolmentStatus.ACTIVE, EnrolmentStatus.TRANSFERRING}:
        raise Refused("Treatment is paused. Resume it before you record a dose.", code="paused")
    if taken_on > today:
        raise Refused("A dose cannot be recorded before it is taken. Enter the day on which it was.")
    if taken_on < clock.began_on:
        raise Refused(f"This wait began on {clock.began_on:%-d %B %Y}: enter the first dose taken since.")
    if Enrolment.objects.filter(pk=enrolment.pk).suspended_on(taken_on).exists():
        raise Refused(f"Treatment was paused on {taken_on:%-d %B %Y}. Check the day, or the day of the restart.")
    changed = clock.kind in {Kind.DOSE_CHANGE, Kind.SWITCH}
    if changed and needs_training(requirements_for([enrolment.pk], today=today)[enrolment.pk]):
        raise Refused("The patient must be trained again before the dose. Record the training first.", code="untrained")


def _missing(enrolment: Enrolment, milestone: Milestone, *, on: dt.date) -> list[Requirement]:
    required = requirements_for([enrolment.pk], today=on)[enrolment.pk]
    return [r for r in unmet_before(required, milestone) if r.code != Code.FUNDING]


def _list(missing: list[Requirement]) -> str:
    said = "; ".join(f"{requirement.words[0].lower()}{requirement.words[1:]}" for requirement in missing)
    details = " ".join(f"{requirement.detail}." for requirement in missing)
    return f"Still required: {said}. {details}"


def _check_supplied(enrolment: Enrolment, taken_on: dt.date) -> None:
    by_then = SupplyFact.objects.standing().filter(enrolment=enrolment, on__lte=taken_on)
    delivered = by_then.filter(kind=SupplyFact.Kind.DELIVERY).exists()
    if delivered or BridgingSupply.objects.filter(enrolment=enrolment, supplied_on__lte=taken_on).exists():
        return
    raise Refused(
        f"No delivery or bridging supply is on record by {taken_on:%-d %B %Y}, so there was nothing to take. "
        "Record the delivery, or what the hospital supplied, first.",
        code="nothing_supplied",
    )


def _check_trained(enrolment: Enrolment, taken_on: dt.date) -> None:
    """Refuse a first dose before the first training visit; a dose under the trainer's eyes may come before the end."""
    required = requirements_for([enrolment.pk], today=taken_on)[enrolment.pk]
    began_on = facts_for([enrolment.pk], today=taken_on)[enrolment.pk].training_began_on
    if any(r.code == Code.TRAINING for r in required) and began_on is not None and taken_on < began_on:
        raise Refused(
            f"Training began on {began_on:%-d %B %Y}: the first dose cannot have come before it. Check both days.",
            code="before_training",
        )


def _begin_treatment(enrolment: Enrolment, taken_on: dt.date, *, by: User, at: dt.datetime) -> None:
    """Date the start. A treatment that began earlier, elsewhere, keeps its day and its dose days."""
    treatment = enrolment.treatment
    if treatment.started_on is not None or under_way_to(enrolment) is not None:
        return
    treatment.started_on = taken_on
    treatment.save(update_fields=["started_on"])
    regimen.begin(enrolment, taken_on=taken_on, by=by, at=at)
