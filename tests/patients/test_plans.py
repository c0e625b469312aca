"""Care plans, escalation protocols and adaptations: versions, who may approve, and what is refused."""

import datetime as dt

import pytest

from homecare.core.errors import NotAllowed, Refused, Stale
from patients.actions import plans
from patients.models import CarePlan, Enrolment, EscalationProtocol
from patients.pathway.facts import facts_for
from patients.pathway.requirements import Facts
from tests.factories import NOON
from tests.patients.starts import TODAY, days, registered, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    return registered("BESPOKE_SOLUTION", "CLINICAL_PROTOCOL", "HOME_ADAPTATION", "EQUIPMENT_INSTALLED")


def facts(enrolment: Enrolment) -> Facts:
    return facts_for([enrolment.pk], today=TODAY)[enrolment.pk]


def write(enrolment: Enrolment, *, role: str = "TECHNICIAN", text: str = "As agreed") -> CarePlan:
    return plans.write_care_plan(enrolment=enrolment, text=text, by=somebody(role), at=NOON)


def approve(plan: CarePlan, *, role: str = "CLINICAL_PHARMACIST") -> CarePlan:
    return plans.approve_care_plan(plan=plan, by=somebody(role), at=NOON)


def test_a_plan_is_written_by_one_and_approved_by_another(enrolment: Enrolment) -> None:
    plan = write(enrolment)
    assert (facts(enrolment).plan_version, facts(enrolment).plan_waits) == (None, True)
    assert approve(plan).approved_at == NOON
    assert (facts(enrolment).plan_version, facts(enrolment).plan_waits) == (1, False)


def test_nobody_approves_their_own_plan(enrolment: Enrolment) -> None:
    with pytest.raises(Refused, match="You wrote this plan"):
        approve(write(enrolment, role="CLINICAL_PHARMACIST"))


@pytest.mark.parametrize("role", ["TECHNICIAN", "HOMECARE_LEAD", "SPECIALIST_NURSE", "CHIEF_PHARMACIST"])
def test_only_a_pharmacist_approves(enrolment: Enrolment, role: str) -> None:
    with pytest.raises(NotAllowed):
        approve(write(enrolment), role=role)


def test_the_approved_version_stays_in_force_until_the_next_is_approved(enrolment: Enrolment) -> None:
    approve(write(enrolment))
    second = write(enrolment, text="Another way")
    assert (second.version, facts(enrolment).plan_version, facts(enrolment).plan_waits) == (2, 1, True)
    approve(second)
    assert facts(enrolment).plan_version == 2


def test_an_approved_version_is_not_approved_twice(enrolment: Enrolment) -> None:
    plan = approve(write(enrolment))
    with pytest.raises(Stale, match=r"approved this version on 2 March 2026 at 12:00"):
        approve(plan)


def test_an_older_version_is_not_approved(enrolment: Enrolment) -> None:
    first = write(enrolment)
    write(enrolment)
    with pytest.raises(Stale, match="A newer version"):
        approve(first)


@pytest.mark.parametrize(("text", "review"), [(" ", None), ("A plan", TODAY)])
def test_a_plan_says_something_and_is_reviewed_later(enrolment: Enrolment, text: str, review: dt.date | None) -> None:
    with pytest.raises(Refused):
        plans.write_care_plan(enrolment=enrolment, text=text, review_due_on=review, by=somebody(), at=NOON)


def agree(enrolment: Enrolment, **changes: object) -> EscalationProtocol:
    given = {
        "name": "Home infusion",
        "version": "3",
        "contact_name": "On-call registrar",
        "contact_telephone": "01632 960123",
        "agreed_on": TODAY,
    }
    return plans.agree_protocol(enrolment=enrolment, by=somebody(), at=NOON, **(given | changes))


def test_a_protocol_in_force_names_whom_to_call(enrolment: Enrolment) -> None:
    assert not facts(enrolment).has_protocol
    agree(enrolment)
    assert facts(enrolment).has_protocol


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact_name": ""}, "Name who is called"),
        ({"contact_telephone": " "}, "Name who is called"),
        ({"agreed_on": TODAY + dt.timedelta(days=1)}, "in the future"),
    ],
)
def test_a_protocol_without_its_contact_is_refused(
    enrolment: Enrolment, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        agree(enrolment, **changes)


def test_a_new_protocol_ends_the_one_before(enrolment: Enrolment) -> None:
    first = agree(enrolment)
    second = agree(enrolment, version="4")
    first.refresh_from_db()
    assert (first.ended_on, second.ended_on) == (TODAY, None)


def test_a_protocol_ends_once(enrolment: Enrolment) -> None:
    protocol = agree(enrolment)
    given = {"protocol": protocol, "ended_on": TODAY, "by": somebody(), "at": NOON, "reason": "Oral now"}
    plans.end_protocol(**given)
    assert not facts(enrolment).has_protocol
    with pytest.raises(Stale, match="ended on 2 March 2026"):
        plans.end_protocol(**given)


def test_work_on_a_home_is_done_when_all_of_it_is(enrolment: Enrolment) -> None:
    pieces = [
        plans.plan_adaptation(enrolment=enrolment, kind="ADAPTATION", description=words, by=somebody(), at=NOON)
        for words in ("Second basin", "Socket by the bed")
    ]
    for piece in pieces:
        assert not facts(enrolment).adaptations.is_done
        plans.change_adaptation(
            adaptation=piece, surveyed_on=None, planned_on=None, completed_on=TODAY, by=somebody(), at=NOON
        )
    assert facts(enrolment).adaptations.is_done
    assert not facts(enrolment).installations.is_done


@pytest.mark.parametrize(
    ("surveyed", "completed", "words"),
    [
        (1, None, "surveyed in the future"),
        (None, 1, "completed in the future"),
        (0, -1, "before the home was surveyed"),
    ],
)
def test_days_that_cannot_be_are_refused(
    enrolment: Enrolment, surveyed: int | None, completed: int | None, words: str
) -> None:
    piece = plans.plan_adaptation(
        enrolment=enrolment, kind="INSTALLATION", description="Dialysis machine", by=somebody(), at=NOON
    )
    with pytest.raises(Refused, match=words):
        plans.change_adaptation(
            adaptation=piece,
            surveyed_on=None if surveyed is None else days(surveyed).date(),
            planned_on=None,
            completed_on=None if completed is None else days(completed).date(),
            by=somebody(),
            at=NOON,
        )
