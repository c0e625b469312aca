"""A record is moved in one way: locked, asked of its table, written with its change, refused in words."""

import datetime as dt

import pytest

from homecare.audit.actions import acting
from homecare.core.errors import IllegalMove, NotAllowed
from homecare.core.moves import move
from patients.models import Enrolment
from patients.states import TRANSITIONS
from tests.factories import NOON, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def moved(enrolment: Enrolment, event: str, *, minutes: int = 0, **fields: str) -> Enrolment:
    by = UserFactory(**{"first_name": "Grace", "last_name": "Lead", "role": "HOMECARE_LEAD", **fields})
    with acting(by=by):
        return move(enrolment, table=TRANSITIONS, event=event, by=by, at=NOON + dt.timedelta(minutes=minutes))


@pytest.fixture
def enrolment() -> Enrolment:
    made: Enrolment = EnrolmentFactory(status="IDENTIFIED")
    return made


def test_status_and_change_are_written_together(enrolment: Enrolment) -> None:
    assert moved(enrolment, "find_suitable").status == "SUITABLE"
    change = enrolment.status_changes.get()
    assert (change.event, change.from_status, change.to_status, change.at) == (
        "find_suitable",
        "IDENTIFIED",
        "SUITABLE",
        NOON,
    )


def test_whoever_may_not_is_refused(enrolment: Enrolment) -> None:
    with pytest.raises(NotAllowed, match="may not assess whether homecare is suitable"):
        moved(enrolment, "find_suitable", role="AUDITOR")
    assert not enrolment.status_changes.exists()


def test_further_fields_are_saved_with_the_status(enrolment: Enrolment) -> None:
    def note(locked: Enrolment) -> list[str]:
        locked.notes = f"now {locked.status}"
        return ["notes"]

    by = UserFactory(role="HOMECARE_LEAD")
    with acting(by=by):
        move(enrolment, table=TRANSITIONS, event="find_suitable", by=by, at=NOON, also=note)
    enrolment.refresh_from_db()
    assert enrolment.notes == "now SUITABLE"


@pytest.mark.parametrize(
    ("minutes", "when"), [(0, "at 12:00"), (11 * 60 + 59, "at 12:00"), (12 * 60, "on 2 March 2026 at 12:00")]
)
def test_the_second_of_two_is_told_who_was_first_and_when(enrolment: Enrolment, minutes: int, when: str) -> None:
    moved(enrolment, "find_suitable")
    with pytest.raises(IllegalMove, match=f"^Grace Lead recorded this as suitable {when}. This enrolment is suitable"):
        moved(enrolment, "find_suitable", minutes=minutes)


def test_summer_time_is_told_as_the_clock_on_the_wall(enrolment: Enrolment) -> None:
    june = 24 * 60 * 100
    moved(enrolment, "find_suitable", minutes=june)
    with pytest.raises(IllegalMove, match="suitable at 13:00"):
        moved(enrolment, "find_suitable", minutes=june + 1)


def test_the_rule_names_nobody(enrolment: Enrolment) -> None:
    moved(enrolment, "find_suitable")
    with pytest.raises(IllegalMove) as refused:
        moved(enrolment, "find_suitable")
    assert refused.value.rule.startswith("This enrolment is suitable")


def test_a_status_that_nobody_moved_to_names_nobody(enrolment: Enrolment) -> None:
    with pytest.raises(IllegalMove, match=r"^This enrolment is identified"):
        moved(enrolment, "resume")
