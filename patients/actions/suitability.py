"""Suitability: assessed against the checklist in force, and the enrolment moved as the outcome says."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import words
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions.enrolment import move
from patients.models import (
    Enrolment,
    SuitabilityAnswer,
    SuitabilityAssessment,
    SuitabilityChecklist,
    SuitabilityQuestion,
    Treatment,
)
from patients.pathway import suitability as rules
from patients.states import ENDED, EnrolmentStatus

EVENTS: Final = {
    rules.SUITABLE: "find_suitable",
    rules.WITH_ADJUSTMENTS: "find_suitable",
    rules.NOT_SUITABLE: "find_not_suitable",
    rules.DECLINED: "decline",
}
DECIDED_HERE: Final = frozenset({EnrolmentStatus.IDENTIFIED, EnrolmentStatus.SUITABLE})


def checklist_in_force() -> SuitabilityChecklist | None:
    """Return the approved checklist, if there is one."""
    return SuitabilityChecklist.objects.filter(status="APPROVED").first()


def questions_for(
    enrolment: Enrolment, checklist: SuitabilityChecklist, *, today: dt.date
) -> list[SuitabilityQuestion]:
    """Return the questions asked of this patient for this service, in order. Two queries."""
    age = words.age(enrolment.patient.date_of_birth, today=today)
    activities = set(enrolment.service.activities.values_list("activity", flat=True))
    rows = checklist.questions.order_by("order")
    return [row for row in rows if rules.is_asked(as_rule(row), age=age, activities=activities)]


def as_rule(row: SuitabilityQuestion) -> rules.Question:
    """Return a question as the rules read it."""
    return rules.Question(row.code, row.wording, row.concern, row.asked_of, row.activity)


@action
def assess(
    *,
    enrolment: Enrolment,
    answers: Mapping[str, str],
    outcome: str,
    by: User,
    at: dt.datetime,
    adjustments: str = "",
    review_due_on: dt.date | None = None,
    note: str = "",
    notes: Mapping[str, str] | None = None,
    seen: int | None = None,
    reason: str = "",
) -> SuitabilityAssessment:
    """Record whether homecare is suitable, answer by answer, and move an enrolment that is not yet beyond that.

    `answers` and `notes` are by the code of their question. `seen` is the latest assessment that whoever assesses had
    before them (0 for none): if there is a later one, they are told whose. Refused: an outcome that the answers do not
    allow, no approved checklist, a review that does not come after today, an enrolment that has ended.
    """
    require(by, Permission.SUITABILITY_ASSESS)
    today = local_day(at)
    locked = _locked(enrolment, seen=seen)
    checklist = checklist_in_force()
    if checklist is None:
        raise Refused("No suitability checklist is approved. A pharmacist approves one first.", code="no_checklist")
    questions = questions_for(locked, checklist, today=today)
    _check(questions, rules.Assessed(answers, outcome, adjustments, note), review_due_on, today=today)
    made = SuitabilityAssessment.objects.create(
        enrolment=locked,
        checklist=checklist,
        outcome=outcome,
        assessed_by=by,
        assessed_on=today,
        review_due_on=review_due_on if outcome in rules.GOES_ON else None,
        adjustments=adjustments.strip(),
        note=note.strip(),
    )
    _write_answers(made, questions, answers, notes or {})
    _move(locked, outcome, by=by, at=at, reason=note)
    return made


def _locked(enrolment: Enrolment, *, seen: int | None) -> Enrolment:
    """Lock the enrolment, so that of two who assess at once the second sees what the first found."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("patient", "service")
    locked = rows.get(pk=enrolment.pk)
    latest = locked.assessments.select_related("assessed_by").order_by("pk").last()
    if seen is not None and latest is not None and latest.pk != seen:
        raise Stale(
            f"{latest.assessed_by} assessed this in the meantime: {latest.get_outcome_display().lower()}. Look at that"
            " first; assess again if you find otherwise."
        )
    if locked.status in ENDED:
        raise Refused(f"This enrolment has ended ({locked.get_status_display().lower()}): nothing is left to assess.")
    return locked


def _check(
    questions: list[SuitabilityQuestion], given: rules.Assessed, review_due_on: dt.date | None, *, today: dt.date
) -> None:
    refused = rules.refusal([as_rule(row) for row in questions], given)
    if refused:
        raise Refused(refused, code="not_allowed_by_answers")
    if given.outcome in rules.GOES_ON and (review_due_on is None or review_due_on <= today):
        raise Refused("Say when suitability is reviewed: a day after today.", code="no_review")


def _write_answers(
    made: SuitabilityAssessment,
    questions: list[SuitabilityQuestion],
    answers: Mapping[str, str],
    notes: Mapping[str, str],
) -> None:
    SuitabilityAnswer.objects.bulk_create(
        SuitabilityAnswer(
            assessment=made, question=row, answer=answers[row.code], note=notes.get(row.code, "").strip()[:300]
        )
        for row in questions
        if answers.get(row.code) in rules.ANSWERS
    )


def _move(locked: Enrolment, outcome: str, *, by: User, at: dt.datetime, reason: str) -> None:
    """Move as the outcome says; a review that finds the same again, or somebody further on, moves nothing."""
    if locked.status not in DECIDED_HERE:
        return
    if locked.status == EnrolmentStatus.SUITABLE and outcome in rules.GOES_ON:
        return
    move(enrolment=locked, event=EVENTS[outcome], by=by, at=at, reason=reason)
    if outcome not in rules.GOES_ON:
        supply_from_hospital(locked)


def supply_from_hospital(enrolment: Enrolment) -> None:
    """Write that the hospital supplies the treatment, which goes on."""
    Treatment.objects.filter(pk=enrolment.treatment_id).update(supply_route=Treatment.SupplyRoute.HOSPITAL)
