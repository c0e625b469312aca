"""Suitability is assessed against the checklist in force, and moves the enrolment as the outcome says."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused, Stale
from patients.actions.content import approve_checklist
from patients.actions.suitability import assess
from patients.models import Enrolment, SuitabilityAssessment, SuitabilityChecklist
from providers.models import ServiceActivity
from tests.factories import NOON, HomecareServiceFactory
from tests.patients.assessing import (
    TODAY,
    again,
    agreed,
    assessed,
    chose,
    content,
    fine_answers,
    person,
    referred,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def approved() -> None:
    content()


@pytest.fixture
def nurse() -> User:
    return person("SPECIALIST_NURSE")


@pytest.mark.parametrize(
    ("outcome", "changes", "status", "route"),
    [
        ("SUITABLE", {}, "SUITABLE", "HOMECARE"),
        ("SUITABLE_WITH_ADJUSTMENTS", {"adjustments": "Deliver to work."}, "SUITABLE", "HOMECARE"),
        ("NOT_SUITABLE", {"note": "No fixed address."}, "NOT_SUITABLE", "HOSPITAL"),
        ("DECLINED", {"note": "Prefers to come in."}, "DECLINED", "HOSPITAL"),
    ],
)
def test_the_outcome_moves_the_enrolment(
    nurse: User, outcome: str, changes: dict[str, str], status: str, route: str
) -> None:
    enrolment = referred()
    made = assessed(enrolment, by=nurse, outcome=outcome, **changes)
    now = again(enrolment)
    assert (now.status, now.treatment.supply_route, now.treatment.is_ended) == (status, route, False)
    assert (made.assessed_by, made.assessed_on) == (nurse, TODAY)


def test_every_answer_is_kept_with_its_note(nurse: User) -> None:
    enrolment = referred()
    made = assessed(enrolment, by=nurse, notes={"TELEPHONE": "Mobile only"})
    kept = {answer.question.code: (answer.answer, answer.note) for answer in made.answers.select_related("question")}
    assert {code: answer for code, (answer, _) in kept.items()} == fine_answers(enrolment)
    assert kept["TELEPHONE"][1] == "Mobile only"


def test_a_refused_assessment_leaves_nothing(nurse: User) -> None:
    enrolment = referred()
    answers = fine_answers(enrolment) | {"STORAGE": "NOT_KNOWN"}
    with pytest.raises(Refused, match="concern or not known"):
        assessed(enrolment, by=nurse, answers=answers)
    assert (again(enrolment).status, SuitabilityAssessment.objects.count()) == ("IDENTIFIED", 0)


@pytest.mark.parametrize("review", [None, TODAY, TODAY - dt.timedelta(days=1)])
def test_a_review_comes_after_today(nurse: User, review: dt.date | None) -> None:
    with pytest.raises(Refused, match="when suitability is reviewed"):
        assessed(referred(), by=nurse, review_due_on=review)


def test_an_outcome_that_ends_it_has_no_review(nurse: User) -> None:
    assert assessed(referred(), by=nurse, outcome="DECLINED", note="No.").review_due_on is None


def test_a_child_is_asked_a_child_s_questions(nurse: User) -> None:
    child = referred(patient={"date_of_birth": dt.date(2015, 1, 1)})
    assert {"PARENTAL_RESPONSIBILITY", "DATED_WEIGHT"} <= fine_answers(child).keys()
    assert "CAPACITY" not in fine_answers(child)


def test_an_activity_brings_its_questions(nurse: User) -> None:
    with acting(by=User.objects.system("command")):
        service = HomecareServiceFactory()
        ServiceActivity.objects.create(service=service, activity="TRAINING_AND_COMPETENCY")
    assert "TRAINING" in fine_answers(referred(service=service))
    assert "TRAINING" not in fine_answers(referred())


def test_the_second_of_two_at_once_is_told_who_was_first(nurse: User) -> None:
    enrolment = referred()
    assessed(enrolment, by=nurse, seen=0)
    with pytest.raises(Stale, match=f"{nurse} assessed this in the meantime: suitable"):
        assessed(enrolment, by=person("PRESCRIBER"), outcome="NOT_SUITABLE", note="No.", seen=0)


def test_a_review_of_somebody_further_on_moves_nothing(nurse: User) -> None:
    enrolment = referred()
    first = assessed(enrolment, by=nurse)
    chose(enrolment, by=nurse)
    agreed(enrolment, by=nurse)
    assessed(enrolment, by=nurse, outcome="NOT_SUITABLE", note="Moved to a hostel.", seen=first.pk)
    assert again(enrolment).status == "CONSENTED"


def test_somebody_found_suitable_may_yet_be_found_not_to_be(nurse: User) -> None:
    enrolment = referred()
    assessed(enrolment, by=nurse)
    assessed(enrolment, by=nurse, outcome="NOT_SUITABLE", note="No fixed address any more.")
    assert again(enrolment).status == "NOT_SUITABLE"


def test_an_enrolment_that_ended_is_not_assessed(nurse: User) -> None:
    enrolment = referred()
    assessed(enrolment, by=nurse, outcome="DECLINED", note="No.")
    with pytest.raises(Refused, match="has ended"):
        assessed(enrolment, by=nurse)


@pytest.mark.parametrize("role", ["ADMINISTRATIVE_SUPPORT", "CHIEF_PHARMACIST", "FINANCE", "AUDITOR"])
def test_who_may_not_assess(role: str) -> None:
    enrolment = referred()
    with pytest.raises(NotAllowed):
        assess(enrolment=enrolment, answers={}, outcome="DECLINED", note="x", by=person(role), at=NOON)


def test_without_an_approved_checklist_nothing_is_assessed(nurse: User) -> None:
    enrolment = referred()
    with acting(by=User.objects.system("command")):
        SuitabilityChecklist.objects.update(status="RETIRED")
    with pytest.raises(Refused, match="No suitability checklist is approved"):
        assess(enrolment=enrolment, answers={}, outcome="DECLINED", note="x", by=nurse, at=NOON)


def test_an_answer_to_a_question_that_is_not_asked_is_left_out(nurse: User) -> None:
    enrolment: Enrolment = referred()
    made = assessed(enrolment, by=nurse, answers=fine_answers(enrolment) | {"SCHOOL": "NO", "X'; --": "YES"})
    assert not made.answers.filter(question__code="SCHOOL").exists()


def test_only_one_checklist_is_in_force() -> None:
    chief = person("CHIEF_PHARMACIST")
    old = SuitabilityChecklist.objects.get()
    with acting(by=chief):
        new = SuitabilityChecklist.objects.create(version="2", source="a test")
        with pytest.raises(Refused, match="asks nothing"):
            approve_checklist(checklist=new, by=chief, at=NOON)
        new.questions.create(code="A", order=1, wording="A?", concern="NO")
    approve_checklist(checklist=new, by=chief, at=NOON)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status, new.approved_by, new.approved_at) == ("RETIRED", "APPROVED", chief, NOON)
    with pytest.raises(Refused, match="retired"):
        approve_checklist(checklist=old, by=chief, at=NOON)
    with pytest.raises(Refused, match="approved already"):
        approve_checklist(checklist=new, by=chief, at=NOON)
    with pytest.raises(NotAllowed):
        approve_checklist(checklist=new, by=person("TECHNICIAN"), at=NOON)
