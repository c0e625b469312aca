"""Deeds on a clock: stopped, restarted, the patient spoken with, the hospital's own supply; each with its refusals."""

import datetime as dt
from typing import Any

import pytest

from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients import actions
from patients.actions import pathway
from patients.models import BridgingSupply, ClockStop, Cover, Enrolment, PathwayClock, RemainingSupply, SupplyFact
from patients.pathway import store
from patients.pathway.clocks import Days
from tests.factories import NOON, EnrolmentFactory, UserFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = dt.timedelta(days=1)
BEGAN = TODAY - 14 * DAY


@pytest.fixture
def enrolment() -> Enrolment:
    by, made = UserFactory(role="HOMECARE_LEAD"), EnrolmentFactory(status="IDENTIFIED")
    with acting(by=by):
        pathway.start_clock(made, began_on=BEGAN, by=by, at=NOON)
    return made


def stop(enrolment: Enrolment, **given: Any) -> ClockStop:
    given = {"from_on": TODAY - 4 * DAY, "stop_reason": "ADMITTED"} | given
    return actions.stop_clock(enrolment=enrolment, by=UserFactory(), at=NOON, **given)


def restart(enrolment: Enrolment, **given: Any) -> ClockStop:
    given = {"restarts_on": TODAY, "reason": "Home again"} | given
    return actions.restart_clock(enrolment=enrolment, by=UserFactory(), at=NOON, **given)


def net(enrolment: Enrolment, *, today: dt.date = TODAY) -> Days:
    clock = PathwayClock.objects.get(enrolment=enrolment)
    return store.journeys_of([clock], today=today)[clock.pk].reading.total.net


def test_a_stopped_clock_counts_gross_and_not_net(enrolment: Enrolment) -> None:
    stop(enrolment)
    clock = PathwayClock.objects.get()
    journey = store.journeys_of([clock], today=TODAY)[clock.pk]
    assert clock.is_stopped
    assert journey.stopped is not None
    assert (journey.reading.total.gross.calendar, journey.reading.total.net.calendar) == (14, 9)


def test_a_restarted_clock_counts_from_that_day_on(enrolment: Enrolment) -> None:
    stop(enrolment)
    assert restart(enrolment, restarts_on=TODAY - DAY).to_on == TODAY - 2 * DAY
    assert net(enrolment).calendar == 14 - 3
    assert not PathwayClock.objects.get().is_stopped


def test_a_stop_that_is_over_is_recorded_whole(enrolment: Enrolment) -> None:
    stop(enrolment, to_on=TODAY - 2 * DAY)
    assert not PathwayClock.objects.get().is_stopped
    assert net(enrolment).calendar == 14 - 3


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"from_on": TODAY + DAY}, "not in advance"),
        ({"to_on": TODAY + DAY}, "not in advance"),
        ({"from_on": BEGAN - DAY}, "began on 16 February 2026"),
        ({"from_on": TODAY - 3 * DAY, "to_on": TODAY - 4 * DAY}, "cannot be restarted before"),
        ({"stop_reason": "OTHER"}, "Say in the note"),
    ],
)
def test_a_stop_is_refused(enrolment: Enrolment, given: dict[str, Any], refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        stop(enrolment, **given)


def test_a_clock_is_not_stopped_twice(enrolment: Enrolment) -> None:
    stop(enrolment)
    with pytest.raises(Refused, match=r"stopped this clock from 26 February 2026 \(patient admitted\)\. Restart it"):
        stop(enrolment, from_on=TODAY)


def test_stops_do_not_overlap(enrolment: Enrolment) -> None:
    stop(enrolment, to_on=TODAY - 2 * DAY)
    with pytest.raises(Refused, match="already stopped on 28 February 2026"):
        stop(enrolment, from_on=TODAY - 2 * DAY)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"reason": " "}, "Say why"),
        ({"restarts_on": TODAY + DAY}, "on the day itself or afterwards"),
        ({"restarts_on": TODAY - 4 * DAY}, "stopped from 26 February 2026; it can count again the day after"),
    ],
)
def test_a_restart_is_refused(enrolment: Enrolment, given: dict[str, Any], refusal: str) -> None:
    stop(enrolment)
    with pytest.raises(Refused, match=refusal):
        restart(enrolment, **given)


def test_a_running_clock_cannot_be_restarted(enrolment: Enrolment) -> None:
    with pytest.raises(Refused, match="This clock is running"):
        restart(enrolment)


def test_without_a_clock_there_is_nothing_to_stop() -> None:
    with pytest.raises(Refused, match="No clock runs"):
        stop(EnrolmentFactory())


@pytest.mark.parametrize(
    ("deed", "given"),
    [
        (actions.stop_clock, {"from_on": TODAY, "stop_reason": "ADMITTED"}),
        (actions.restart_clock, {"restarts_on": TODAY, "reason": "Home"}),
        (actions.record_contact, {"on": TODAY, "made_by": "PROVIDER", "outcome": "REACHED"}),
        (
            actions.record_bridging,
            {"supplied_on": TODAY, "units": 2, "cause": "SHORTAGE", "cause_party": "PROVIDER"},
        ),
    ],
)
def test_a_reader_may_not(enrolment: Enrolment, deed: Any, given: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        deed(enrolment=enrolment, by=UserFactory(role="AUDITOR"), at=NOON, **given)


# -- speaking with the patient ---------------------------------------------------------------------------------------


def contact(enrolment: Enrolment, **given: Any) -> None:
    given = {"on": TODAY, "made_by": "PROVIDER", "outcome": "REACHED"} | given
    actions.record_contact(enrolment=enrolment, by=UserFactory(), at=NOON, **given)


@pytest.mark.parametrize(
    ("attempts", "first"),
    [
        ([{}], TODAY),
        ([{"outcome": "NO_ANSWER"}], None),
        ([{"made_by": "HOMECARE_TEAM"}], None),
        ([{"outcome": "NO_ANSWER", "on": TODAY - 3 * DAY}, {"on": TODAY - DAY}, {}], TODAY - DAY),
    ],
)
def test_the_providers_first_that_succeeds_is_the_first_contact(
    enrolment: Enrolment, attempts: list[dict[str, Any]], first: dt.date | None
) -> None:
    for given in attempts:
        contact(enrolment, **given)
    clock = PathwayClock.objects.get()
    assert store.days_of(clock.steps.order_by("pk")).get("FIRST_CONTACT") == first
    assert enrolment.contact_attempts.count() == len(attempts)


@pytest.mark.parametrize(
    ("on", "refusal"), [(TODAY + DAY, "in the future"), (BEGAN - DAY, "began on 16 February 2026")]
)
def test_a_contact_has_a_possible_day(enrolment: Enrolment, on: dt.date, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        contact(enrolment, on=on)


# -- bridging --------------------------------------------------------------------------------------------------------


def bridge(enrolment: Enrolment, **given: Any) -> BridgingSupply:
    given = {"supplied_on": TODAY, "units": 2, "cause": "LATE_DELIVERY", "cause_party": "PROVIDER"} | given
    return actions.record_bridging(enrolment=enrolment, by=UserFactory(), at=NOON, **given)


def test_what_the_hospital_gave_counts_as_at_home() -> None:
    enrolment = enrolment_with_cover(as_at=TODAY - DAY, units=1)
    before = Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on
    supply = bridge(enrolment, cost_pence=70_450)
    after = Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on
    assert before is not None
    assert after == before + 2 * 14 * DAY
    assert supply.cost_pence == 70_450
    assert SupplyFact.objects.get(enrolment=enrolment, kind="DELIVERY").method == "Bridged by the hospital"


def test_somebody_who_has_not_started_can_be_bridged(enrolment: Enrolment) -> None:
    bridge(enrolment, cause="BEFORE_START")
    assert SupplyFact.objects.filter(enrolment=enrolment, units=2).exists()
    assert not Cover.objects.filter(pk=enrolment.pk, is_live=True).exists()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"supplied_on": TODAY + DAY}, "in the future"),
        ({"units": 0}, "one at least"),
        ({"covers_until_on": TODAY - DAY}, "cannot be before"),
        ({"cause": "OTHER"}, "Say in the note"),
    ],
)
def test_a_bridging_supply_is_refused(enrolment: Enrolment, given: dict[str, Any], refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        bridge(enrolment, **given)
    assert not SupplyFact.objects.filter(enrolment=enrolment).exists()


# -- who resumes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "remaining", "stage"),
    [
        (1, 0, "AWAITING_FIRST_DOSE"),  # a dose is at home
        (0, 2, "AWAITING_FIRST_DELIVERY"),
        (0, 0, "AWAITING_FIRST_PRESCRIPTION"),
    ],
)
def test_who_resumes_waits_for_what_is_not_at_home(units: int, remaining: int, stage: str) -> None:
    made = enrolment_with_cover(as_at=TODAY - DAY, units=units)
    if remaining:
        RemainingSupply.objects.create(
            enrolment=made, remaining=remaining, units_each=2, last_valid_on=TODAY + 30 * DAY
        )
    by = UserFactory(role="HOMECARE_LEAD")
    with acting(by=by):
        clock = pathway.start_clock(made, began_on=TODAY, by=by, at=NOON, kind="RESUMPTION")
    assert clock.stage == stage


def test_a_resumption_that_is_paused_again_ends() -> None:
    made, by = enrolment_with_cover(as_at=TODAY - DAY), UserFactory(role="HOMECARE_LEAD")
    with acting(by=by):
        pathway.start_clock(made, began_on=TODAY - DAY, by=by, at=NOON, kind="RESUMPTION")
    actions.suspend(
        enrolment=made, starts_on=TODAY, suspension_reason="INFECTION", by=UserFactory(role="HOMECARE_LEAD"), at=NOON
    )
    clock = PathwayClock.objects.get(enrolment=made)
    assert (clock.ended_on, clock.end_reason) == (TODAY, "SUSPENDED")
