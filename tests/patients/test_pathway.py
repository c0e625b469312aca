"""A journey's clock follows its enrolment: started, moved on by every deed, ended by the dose or the end."""

import datetime as dt
from collections.abc import Iterator

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import pathway
from patients.actions.enrolment import move
from patients.models import Choice, Enrolment, FundingApproval, PathwayClock
from patients.pathway import store
from patients.pathway.milestones import Kind, Milestone
from tests.factories import NOON, EnrolmentFactory, UserFactory, consented

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def by() -> Iterator[User]:
    user = UserFactory(role="HOMECARE_LEAD")
    with acting(by=user):
        yield user


def identified(by: User, **fields: object) -> Enrolment:
    enrolment: Enrolment = EnrolmentFactory(status="IDENTIFIED", **fields)
    pathway.start_clock(enrolment, began_on=TODAY, by=by, at=NOON)
    return enrolment


def go(enrolment: Enrolment, event: str, by: User, *, days: int, on: dt.date | None = None) -> PathwayClock:
    move(enrolment=enrolment, event=event, by=by, at=NOON + days * DAY, on=on)
    return PathwayClock.objects.get(enrolment=enrolment)


def choose(enrolment: Enrolment, by: User) -> None:
    Choice.objects.create(
        enrolment=enrolment, chosen_on=TODAY, recorded_by=by, chosen="HOMECARE", hospital_offered=True
    )


def test_a_clock_begins_with_the_referral(by: User) -> None:
    enrolment = identified(by)
    clock = PathwayClock.objects.get(enrolment=enrolment)
    assert (clock.kind, clock.stage, clock.whose, clock.began_on, clock.stage_since_on) == (
        "START",
        "TO_ASSESS",
        "CLINIC",
        TODAY,
        TODAY,
    )
    assert clock.patient_id == enrolment.patient_id
    assert [(s.milestone, s.stage) for s in clock.steps.all()] == [("REFERRED", "TO_ASSESS")]


def test_a_second_start_finds_the_clock_that_runs(by: User) -> None:
    enrolment = identified(by)
    again = pathway.start_clock(enrolment, began_on=TODAY, by=by, at=NOON, kind=Kind.DOSE_CHANGE)
    assert again.kind == "START"
    assert PathwayClock.objects.count() == 1


def test_a_move_reaches_its_milestone_on_its_day(by: User) -> None:
    clock = go(identified(by), "find_suitable", by, days=3, on=TODAY + 2 * DAY)
    step = clock.steps.order_by("pk").last()
    assert step is not None
    assert (step.milestone, step.reached_on, step.stage) == ("SUITABLE", TODAY + 2 * DAY, "TO_CHOOSE")
    assert (clock.stage, clock.whose, clock.stage_since_on) == ("TO_CHOOSE", "HOMECARE_TEAM", TODAY + 2 * DAY)


def test_what_is_recorded_moves_the_stage_at_the_next_refresh(by: User) -> None:
    enrolment = identified(by)
    go(enrolment, "find_suitable", by, days=1)
    choose(enrolment, by)
    pathway.refresh(enrolment, by=by, at=NOON + 4 * DAY)
    clock = PathwayClock.objects.get()
    assert (clock.stage, clock.whose, clock.stage_since_on) == ("AWAITING_CONSENT", "PATIENT", TODAY + 4 * DAY)


def test_a_refresh_that_finds_nothing_new_writes_nothing(by: User) -> None:
    enrolment = identified(by)
    pathway.refresh(enrolment, by=by, at=NOON + DAY)
    assert PathwayClock.objects.get().steps.count() == 1


@pytest.mark.parametrize(
    ("approved", "expires", "stage"),
    [
        (False, None, "AWAITING_FUNDING"),
        (True, TODAY, "AWAITING_FUNDING"),  # lapsed the day before the consent
        (True, TODAY + DAY, "REGISTRATION_TO_COMPLETE"),  # its last day
        (True, None, "REGISTRATION_TO_COMPLETE"),
    ],
)
def test_funding_is_waited_for_where_the_service_needs_it(
    by: User, approved: bool, expires: dt.date | None, stage: str
) -> None:
    enrolment = identified(by, service__needs_funding_approval=True)
    if approved:
        FundingApproval.objects.create(
            treatment=enrolment.treatment, patient=enrolment.patient, system="BLUETEQ", purpose="INITIATION",
            status="APPROVED", reference="B1", requested_on=TODAY - DAY, decided_on=TODAY, expires_on=expires,
        )  # fmt: skip
    go(enrolment, "find_suitable", by, days=0)
    choose(enrolment, by)
    consented(enrolment)
    assert go(enrolment, "consent", by, days=1).stage == stage


def test_a_milestone_is_written_once(by: User) -> None:
    enrolment = identified(by)
    for _ in range(2):
        pathway.reach(enrolment, Milestone.FIRST_CONTACT, on=TODAY, by=by, at=NOON)
    assert PathwayClock.objects.get().steps.filter(milestone="FIRST_CONTACT").count() == 1


def test_a_milestone_said_again_with_another_day_is_corrected(by: User) -> None:
    enrolment = identified(by)
    pathway.reach(enrolment, Milestone.FIRST_CONTACT, on=TODAY, by=by, at=NOON)
    pathway.reach(enrolment, Milestone.FIRST_CONTACT, on=TODAY - DAY, by=by, at=NOON)
    steps = PathwayClock.objects.get().steps.order_by("pk")
    assert store.days_of(steps)[Milestone.FIRST_CONTACT] == TODAY - DAY


def test_the_dose_ends_the_journey_on_its_day(by: User) -> None:
    enrolment = identified(by)
    pathway.reach(enrolment, Milestone.FIRST_DOSE, on=TODAY + 9 * DAY, by=by, at=NOON + 12 * DAY)
    clock = PathwayClock.objects.get()
    assert (clock.ended_on, clock.end_reason) == (TODAY + 9 * DAY, "FIRST_DOSE")
    assert clock.steps.filter(milestone="FIRST_DOSE").exists()


def test_an_ended_enrolment_ends_its_clock(by: User) -> None:
    enrolment = identified(by)
    clock = go(enrolment, "record_death", by, days=5)
    assert (clock.ended_on, clock.end_reason) == (TODAY + 5 * DAY, "DECEASED")


def test_after_an_end_nothing_more_is_reached(by: User) -> None:
    enrolment = identified(by)
    go(enrolment, "find_not_suitable", by, days=1)
    assert pathway.reach(enrolment, Milestone.FIRST_CONTACT, on=TODAY, by=by, at=NOON) is None
    assert pathway.refresh(enrolment, by=by, at=NOON) is None


def test_somebody_on_the_way_without_a_clock_gets_one(by: User) -> None:
    enrolment = EnrolmentFactory(status="SUITABLE", referred_on=TODAY - 9 * DAY)
    pathway.refresh(enrolment, by=by, at=NOON)
    clock = PathwayClock.objects.get()
    assert (clock.began_on, clock.stage) == (TODAY - 9 * DAY, "TO_CHOOSE")


def test_somebody_on_treatment_gets_none(by: User) -> None:
    enrolment = EnrolmentFactory(status="ACTIVE")
    assert pathway.refresh(enrolment, by=by, at=NOON) is None
    assert not PathwayClock.objects.exists()


def test_a_later_journey_runs_to_the_next_dose(by: User) -> None:
    enrolment = EnrolmentFactory(status="ACTIVE")
    consented(enrolment)
    clock = pathway.start_clock(enrolment, began_on=TODAY, by=by, at=NOON, kind=Kind.DOSE_CHANGE)
    assert clock.stage == "AWAITING_FIRST_PRESCRIPTION"
    pathway.reach(enrolment, Milestone.FIRST_DELIVERY, on=TODAY + DAY, by=by, at=NOON + DAY)
    clock.refresh_from_db()
    assert clock.stage == "AWAITING_FIRST_DOSE"


def test_the_evening_of_a_summer_day_is_that_day(by: User) -> None:
    enrolment = EnrolmentFactory(status="IDENTIFIED")
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)  # half past midnight on 1 July in London
    pathway.refresh(enrolment, by=by, at=late)
    assert PathwayClock.objects.get().began_on == dt.date(2026, 7, 1)
