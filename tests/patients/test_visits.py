"""Visits: planned, booked, done, missed, cancelled; and what each outcome of training leads to."""

import datetime as dt

import pytest

from homecare.core.errors import IllegalMove, NotAllowed, Refused
from patients.actions import move, visits
from patients.models import Visit
from patients.pathway.facts import facts_for, requirements_for
from patients.pathway.requirements import needs_training
from tests.factories import NOON
from tests.patients.starts import TODAY, days, registered, somebody, trained

pytestmark = pytest.mark.django_db


def planned(kind: str = "TRAINING", *, role: str = "TECHNICIAN") -> Visit:
    return visits.plan_visit(
        enrolment=registered("TRAINING_AND_COMPETENCY"), kind=kind, planned_on=TODAY, by=somebody(role), at=NOON
    )


def train(visit: Visit, *, at: dt.datetime = NOON, **changes: object) -> Visit:
    given = {"done_on": TODAY, "outcome": "COMPETENT", "competency_signed_on": TODAY, "person_trained": "The patient"}
    return visits.record_training(visit=visit, by=somebody(), at=at, **(given | changes))


def still_needs_training(visit: Visit) -> bool:
    return needs_training(requirements_for([visit.enrolment_id], today=TODAY)[visit.enrolment_id])


def test_a_visit_is_planned_booked_and_done() -> None:
    visit = planned()
    booked = visits.book_visit(visit=visit, booked_on=days(3).date(), nurse_name="Nurse Adair", by=somebody(), at=NOON)
    assert (booked.status, booked.booked_on, booked.nurse_name) == ("BOOKED", days(3).date(), "Nurse Adair")
    done = train(visit, done_on=days(3).date(), competency_signed_on=days(3).date(), at=days(3))
    assert (done.status, done.outcome, done.person_trained) == ("DONE", "COMPETENT", "The patient")
    assert done.nurse_name == "Nurse Adair"
    assert not still_needs_training(visit)


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        ("MORE_NEEDED", "Training planned, not booked"),
        ("CANNOT", "Cannot self-administer: a nurse or a carer must give it"),
    ],
)
def test_what_is_left_to_do_is_said(outcome: str, detail: str) -> None:
    visit = train(planned(), outcome=outcome, competency_signed_on=None)
    required = requirements_for([visit.enrolment_id], today=TODAY)[visit.enrolment_id]
    assert detail in {requirement.detail for requirement in required}
    assert still_needs_training(visit)


def test_more_training_plans_another_visit() -> None:
    visit = train(planned(), outcome="MORE_NEEDED", competency_signed_on=None)
    assert list(Visit.objects.exclude(pk=visit.pk).values_list("kind", "status")) == [("TRAINING", "PLANNED")]


def test_whoever_is_found_unable_later_is_no_longer_competent() -> None:
    first = train(planned())
    trained(first.enrolment, outcome="CANNOT", at=days(5))
    assert facts_for([first.enrolment_id], today=TODAY)[first.enrolment_id].trained_on is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"competency_signed_on": None}, "Competence is signed"),
        ({"competency_signed_on": TODAY - dt.timedelta(days=1)}, "on the day of the training or after it"),
        ({"competency_signed_on": TODAY + dt.timedelta(days=1)}, "not in the future"),
        ({"done_on": TODAY + dt.timedelta(days=1)}, "before it is made"),
        ({"outcome": ""}, "Say what came of the training"),
    ],
)
def test_training_that_cannot_be_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        train(planned(), **changes)


@pytest.mark.parametrize(("kind", "words"), [("ADMINISTRATION", "to give the medicine"), ("TRAINING", "is to train")])
def test_each_kind_of_visit_has_its_own_record(kind: str, words: str) -> None:
    def give(visit: Visit) -> Visit:
        return visits.record_administration(visit=visit, done_on=TODAY, by=somebody(), at=NOON)

    visit, deed = planned(kind), train if kind == "ADMINISTRATION" else give
    with pytest.raises(Refused, match=words):
        deed(visit)


def test_a_missed_visit_keeps_why_and_is_booked_again() -> None:
    visit = visits.book_visit(visit=planned(), booked_on=TODAY, by=somebody(), at=NOON)
    with pytest.raises(Refused, match="Say why"):
        visits.record_missed(visit=visit, by=somebody(), at=NOON, reason="")
    missed = visits.record_missed(visit=visit, by=somebody(), at=NOON, reason="Nobody at home")
    assert (missed.status, missed.missed_reason) == ("MISSED", "Nobody at home")
    again = visits.book_visit(visit=visit, booked_on=days(7).date(), by=somebody(), at=NOON)
    assert (again.status, again.missed_reason) == ("BOOKED", "")


def test_a_visit_to_come_was_not_missed() -> None:
    visit = visits.book_visit(visit=planned(), booked_on=days(1).date(), by=somebody(), at=NOON)
    with pytest.raises(Refused, match="is booked for 3 March 2026"):
        visits.record_missed(visit=visit, by=somebody(), at=NOON, reason="Nobody at home")


def test_no_visit_is_planned_or_booked_for_a_day_that_is_past() -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    with pytest.raises(Refused, match="today or later"):
        visits.book_visit(visit=planned(), booked_on=yesterday, by=somebody(), at=NOON)
    with pytest.raises(Refused, match="today or later"):
        visits.plan_visit(enrolment=registered(), kind="TRAINING", planned_on=yesterday, by=somebody(), at=NOON)


def test_a_cancelled_visit_stays_cancelled() -> None:
    visit = visits.cancel_visit(visit=planned(), by=somebody(), at=NOON, reason="Moved away")
    with pytest.raises(IllegalMove, match="recorded this as cancelled"):
        train(visit)


def test_nothing_is_planned_for_an_enrolment_that_ended() -> None:
    enrolment = registered()
    move(enrolment=enrolment, event="withdraw", by=somebody(), at=NOON)
    with pytest.raises(Refused, match="has ended"):
        visits.plan_visit(enrolment=enrolment, kind="TRAINING", by=somebody(), at=NOON)


def test_a_prescriber_plans_no_visits() -> None:
    with pytest.raises(NotAllowed):
        planned(role="PRESCRIBER")


def test_a_missed_training_is_said() -> None:
    visit = visits.book_visit(visit=planned(), booked_on=TODAY, by=somebody(), at=NOON)
    visits.record_missed(visit=visit, by=somebody(), at=NOON, reason="Nobody at home")
    required = requirements_for([visit.enrolment_id], today=TODAY)[visit.enrolment_id]
    assert "The training visit was missed: book it again" in {requirement.detail for requirement in required}
