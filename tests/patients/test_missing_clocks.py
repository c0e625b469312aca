"""Whoever was on the way before there were clocks gets one, told again from the moves on record."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions.missing_clocks import start_missing_clocks
from patients.models import Enrolment, EnrolmentStatusChange, PathwayClock, PathwayStep
from patients.pathway import store
from patients.pathway.clocks import Days
from tests.factories import NOON, EnrolmentFactory, TreatmentFactory, consented

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = dt.timedelta(days=1)


def on_the_way(status: str, *moves: tuple[str, str, int], **fields: object) -> Enrolment:
    """Return an enrolment whose moves are on record: each an event, its status and how many days ago."""
    by = User.objects.system("command")
    with acting(by=by):
        enrolment: Enrolment = EnrolmentFactory(status=status, **fields)
        for event, to_status, days_ago in moves:
            EnrolmentStatusChange.objects.create(
                enrolment=enrolment, event=event, to_status=to_status, at=NOON - days_ago * DAY, by=by
            )
    return enrolment


def start() -> int:
    return start_missing_clocks(by=User.objects.system("command"), at=NOON)


MOVES = (
    ("identify", "IDENTIFIED", 20),
    ("find_suitable", "SUITABLE", 15),
    ("consent", "CONSENTED", 15),
    ("send_registration", "REGISTRATION_SENT", 10),
    ("query_registration", "REGISTRATION_QUERIED", 6),
)


def test_the_journey_is_told_from_its_moves() -> None:
    enrolment = on_the_way("REGISTRATION_QUERIED", *MOVES)
    consented(enrolment)
    assert start() == 1
    clock = PathwayClock.objects.get(enrolment=enrolment)
    assert (clock.kind, clock.began_on, clock.stage, clock.whose, clock.stage_since_on) == (
        "START", TODAY - 20 * DAY, "REGISTRATION_QUERIED", "HOMECARE_TEAM", TODAY - 6 * DAY,
    )  # fmt: skip
    reading = store.journeys_of([clock], today=TODAY)[clock.pk].reading
    assert reading.total.gross.calendar == 20
    assert {stage: taken.gross.calendar for stage, taken in reading.by_stage.items()} == {
        "TO_ASSESS": 5,
        "AWAITING_CONSENT": 0,
        "REGISTRATION_TO_COMPLETE": 5,
        "AWAITING_ACKNOWLEDGEMENT": 4,
        "REGISTRATION_QUERIED": 6,
    }


def test_the_milestones_have_their_days() -> None:
    enrolment = on_the_way("REGISTRATION_QUERIED", *MOVES)
    start()
    steps = PathwayStep.objects.filter(clock__enrolment=enrolment).order_by("pk")
    assert store.days_of(steps) == {
        "REFERRED": TODAY - 20 * DAY,
        "SUITABLE": TODAY - 15 * DAY,
        "CONSENTED": TODAY - 15 * DAY,
        "REGISTRATION_SENT": TODAY - 10 * DAY,
    }


def test_what_is_open_now_decides_where_it_is_now() -> None:
    enrolment = on_the_way("SUITABLE", *MOVES[:2])
    start()
    assert PathwayClock.objects.get(enrolment=enrolment).stage == "TO_CHOOSE"


def test_the_day_of_the_referral_counts() -> None:
    on_the_way("IDENTIFIED", MOVES[0], referred_on=TODAY - 31 * DAY)
    start()
    assert PathwayClock.objects.get().began_on == TODAY - 31 * DAY


def test_somebody_without_any_move_begins_today() -> None:
    on_the_way("SUITABLE")
    start()
    clock = PathwayClock.objects.get()
    assert (clock.began_on, store.journeys_of([clock], today=TODAY)[clock.pk].reading.total.gross) == (TODAY, Days())


def test_whoever_comes_from_another_provider_is_being_transferred() -> None:
    treatment = TreatmentFactory()
    on_the_way("TRANSFERRING", treatment=treatment)
    on_the_way("CONSENTED", *MOVES[:3], treatment=treatment)
    start()
    assert PathwayClock.objects.get().kind == "TRANSFER"


@pytest.mark.parametrize("status", ["ACTIVE", "SUSPENDED", "TRANSFERRING", "STOPPED", "DECLINED"])
def test_others_get_none(status: str) -> None:
    on_the_way(status)
    assert start() == 0


def test_nobody_gets_two() -> None:
    on_the_way("IDENTIFIED", MOVES[0])
    assert [start(), start()] == [1, 0]
    assert PathwayClock.objects.count() == 1


def test_it_works_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patients.actions.missing_clocks.BATCH", 2)
    for _ in range(3):
        on_the_way("IDENTIFIED", MOVES[0])
    out = io.StringIO()
    call_command("start_clocks", stdout=out)
    assert out.getvalue() == "3 clocks started.\n"
    call_command("start_clocks", stdout=out)
    assert out.getvalue() == "3 clocks started.\n"
