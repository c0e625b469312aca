"""What goes with a patient who moves to another provider, and what stays with the old one.

Each is a part of a deed in `patients.actions.transfer`. Nothing is copied that the new provider must agree to anew:
`to_agree_again` lists that.
"""

import datetime as dt
from typing import Any

from homecare.accounts.models import User
from homecare.core.clock import local_day
from patients.actions.enrolment import move
from patients.cover.models import RegimenPhase, SupplyFact
from patients.cover.questions import CoverAnswer
from patients.models import (
    Choice,
    Collection,
    DeliveryPreference,
    Enrolment,
    Equipment,
    SuitabilityAssessment,
    Suspension,
    Visit,
    VisitStatusChange,
)
from patients.states import VISIT

CARRIED = "carried over"
PHASE = (
    "starts_on", "ends_on", "units_per_dose", "pattern", "every_days", "cycle_on", "cycle_off", "weekdays", "doses_on",
    "dose_text", "frequency_text", "is_assumed",
)  # fmt: skip
CHOICE = (
    "chosen_on", "chosen", "hospital_offered", "reasons", "reasons_text", "administration", "device", "place", "slot",
)  # fmt: skip
WISHES = ("weekdays", "slot", "place", "place_detail", "away_from_on", "away_to_on")


def carry_over(old: Enrolment, new: Enrolment, *, on: dt.date) -> None:
    """Give the new enrolment, when a transfer begins, what it is judged by: regimen, choice, wishes, suitability."""
    _carry_regimen(old, new, on=on)
    wishes = old.delivery_preferences.filter(ended_on__isnull=True).first()
    if wishes is not None:
        DeliveryPreference.objects.create(enrolment=new, asked_on=on, **_fields(wishes, WISHES))
    choice = old.choices.order_by("-chosen_on", "-pk").first()
    if choice is not None:
        Choice.objects.create(enrolment=new, recorded_by_id=choice.recorded_by_id, **_fields(choice, CHOICE))
    assessment = old.assessments.order_by("-assessed_on", "-pk").first()
    if assessment is not None:
        SuitabilityAssessment.objects.create(
            enrolment=new,
            checklist_id=assessment.checklist_id,
            outcome=assessment.outcome,
            assessed_by_id=assessment.assessed_by_id,
            assessed_on=assessment.assessed_on,
            review_due_on=assessment.review_due_on,
            adjustments=assessment.adjustments,
            note=f"Carried over from the enrolment with {old.service.provider}. {assessment.note}".strip(),
        )


def carry_home(old: Enrolment, new: Enrolment, answer: CoverAnswer, *, on: dt.date, by: User, at: dt.datetime) -> None:
    """Give the new enrolment, when a transfer is finished, what is at home: stock, regimen, pauses to come, equipment.

    `answer` is the old cover, which counted what either provider gave. The count is dated today, after today's dose.
    """
    _carry_regimen(old, new, on=on)
    if answer.units_on_hand is not None:
        SupplyFact.objects.create(
            enrolment=new,
            kind=SupplyFact.Kind.COUNT,
            on=local_day(at),
            units=answer.units_on_hand,
            after_dose=True,
            method=CARRIED,
            recorded_at=at,
            recorded_by=by,
            is_assumed=answer.assumed,
        )
    _carry_pause(old, new, on=on, by=by, at=at)
    for item in old.equipment.filter(collected_on__isnull=True).exclude(owner=Equipment.Owner.PROVIDER):
        item.enrolment = new
        item.save(update_fields=["enrolment"])


def leave_behind(old: Enrolment, *, on: dt.date, by: User, at: dt.datetime) -> None:
    """End what was agreed with the old provider: wishes, visits to come; what is theirs is to be fetched."""
    old.delivery_preferences.filter(ended_on__isnull=True).update(ended_on=on)
    for visit in Visit.objects.select_for_update().filter(enrolment=old, status__in=["PLANNED", "BOOKED", "MISSED"]):
        _cancel_visit(visit, by=by, at=at)
    theirs = old.equipment.filter(collected_on__isnull=True, owner=Equipment.Owner.PROVIDER)
    for item in theirs.filter(collections__isnull=True):
        Collection.objects.create(
            enrolment=old,
            kind=Collection.Kind.EQUIPMENT,
            equipment=item,
            asked_on=on,
            note="The patient has moved to another provider.",
        )


def _cancel_visit(visit: Visit, *, by: User, at: dt.datetime) -> None:
    transition = VISIT.find("cancel", source=visit.status)
    source, visit.status = visit.status, transition.target
    visit.save(update_fields=["status"])
    VisitStatusChange.objects.create(
        visit=visit, event="cancel", from_status=source, to_status=visit.status, at=at, by=by,
        reason="The patient has moved to another provider.",
    )  # fmt: skip


def _carry_regimen(old: Enrolment, new: Enrolment, *, on: dt.date) -> None:
    """Write the old enrolment's phases, in force or to come, as the new one's; a regimen of its own stays as it is."""
    phases = {p.starts_on: p for p in old.phases.order_by("starts_on") if p.ends_on is None or p.ends_on >= on}
    mine = {p.starts_on: p for p in new.phases.order_by("starts_on")}
    if mine.keys() - {p.starts_on for p in old.phases.all()}:
        return  # changed on the new enrolment in the meantime
    for starts_on, phase in phases.items():
        said = _fields(phase, PHASE)
        if starts_on not in mine:
            RegimenPhase.objects.create(enrolment=new, **said)
        elif _fields(mine[starts_on], PHASE) != said:
            for name, value in said.items():
                setattr(mine[starts_on], name, value)
            mine[starts_on].save()


def _carry_pause(old: Enrolment, new: Enrolment, *, on: dt.date, by: User, at: dt.datetime) -> None:
    """End a pause that the dose has ended; carry one that is still to come."""
    for pause in old.suspensions.filter(ends_on__isnull=True, starts_on__lte=on):
        pause.ends_on = max(pause.starts_on, on - dt.timedelta(days=1))
        pause.save(update_fields=["ends_on"])
    for pause in old.suspensions.filter(starts_on__gt=on):
        Suspension.objects.create(
            enrolment=new, starts_on=pause.starts_on, ends_on=pause.ends_on, reason=pause.reason, note=pause.note,
            expected_restart_on=pause.expected_restart_on, is_assumed=pause.is_assumed,
        )  # fmt: skip
        if pause.ends_on is None:
            move(enrolment=new, event="suspend", by=by, at=at, reason=pause.note)


def to_agree_again(enrolment: Enrolment) -> list[str]:
    """Say what an enrolment has that a new provider must agree to or provide anew."""
    found = []
    theirs = enrolment.equipment.filter(collected_on__isnull=True, owner=Equipment.Owner.PROVIDER)
    found += [f"{item} belongs to the provider: the new one must bring its own." for item in theirs]
    if enrolment.escalation_protocols.filter(ended_on__isnull=True).exists():
        found.append("The protocol and its escalation contact: agree them with the new provider's nurses.")
    if enrolment.care_plans.exists():
        found.append("The individual care plan: share it with the new provider once the patient has consented.")
    if enrolment.visits.filter(status__in=["PLANNED", "BOOKED"]).exists():
        found.append("Nurse visits that are planned: they are cancelled when the transfer is finished.")
    if enrolment.delivery_preferences.filter(ended_on__isnull=True).exists():
        found.append("Delivery wishes: they are carried over, and the new provider says whether it can.")
    return found


def _fields(record: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
