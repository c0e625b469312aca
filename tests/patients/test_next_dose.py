"""The dose that a later journey waits for: after a pause, a change of dose or of brand."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients.actions import first_dose, pathway, resume, suspend, visits
from patients.cover import actions as cover
from patients.cover.questions import Flag
from patients.models import Enrolment, PathwayClock, RegimenPhase, SupplyFact, Visit
from patients.pathway.facts import facts_for
from patients.pathway.milestones import Kind
from providers.models import ServiceActivity
from tests.factories import enrolment_with_cover
from tests.patients.starts import TODAY, days, somebody, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    """Six pens counted today; a dose tomorrow and every fortnight from then."""
    return enrolment_with_cover(as_at=TODAY, units=6)


def take(enrolment: Enrolment, *, on: int, role: str = "TECHNICIAN") -> Enrolment:
    return first_dose.record_next_dose(enrolment=enrolment, taken_on=days(on).date(), by=somebody(role), at=days(on))


def paused_and_resumed(enrolment: Enrolment, *, restarts: int = 20) -> None:
    """Pause from day 2, before the dose of day 15, until day 19; resumed on day 20."""
    by = somebody()
    suspend(enrolment=enrolment, starts_on=days(2).date(), suspension_reason="INFECTION", by=by, at=days(2))
    resume(enrolment=enrolment, restarts_on=days(restarts).date(), by=by, at=days(20))


def waits(enrolment: Enrolment, kind: Kind) -> None:
    with acting(by=somebody()):
        pathway.start_clock(enrolment, began_on=TODAY, by=somebody(), at=days(0), kind=kind)


def ended(enrolment: Enrolment) -> tuple[dt.date | None, str]:
    clock = PathwayClock.objects.get(enrolment=enrolment)
    return clock.ended_on, clock.end_reason


@pytest.mark.parametrize("kind", [Kind.DOSE_CHANGE, Kind.SWITCH])
def test_the_next_dose_ends_the_clock(enrolment: Enrolment, kind: Kind) -> None:
    waits(enrolment, kind)
    take(enrolment, on=1)
    assert ended(enrolment) == (days(1).date(), "FIRST_DOSE")


def test_after_a_pause_the_doses_go_on_from_the_day_it_was_taken(enrolment: Enrolment) -> None:
    paused_and_resumed(enrolment)
    assert Flag.RESTART_ASSUMED in cover.answer_now(enrolment, on=days(20).date()).flags
    take(enrolment, on=31)  # the old days had a dose on day 29, which was not taken
    assert list(RegimenPhase.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (days(1).date(), days(19).date()),
        (days(31).date(), None),
    ]
    answer = cover.answer_now(enrolment, on=days(31).date())
    assert answer.units_on_hand == 4  # of six: one on day 1, one on day 31
    assert answer.first_uncovered_dose_on == days(31 + 5 * 14).date()
    assert Flag.RESTART_ASSUMED not in answer.flags
    assert ended(enrolment) == (days(31).date(), "FIRST_DOSE")


def test_a_dose_after_a_pause_besides_its_weekdays_is_written_as_taken(enrolment: Enrolment) -> None:
    with acting(by=User.objects.system("command")):
        RegimenPhase.objects.filter(enrolment=enrolment).update(pattern="WEEKDAYS", weekdays=[0], every_days=None)
    paused_and_resumed(enrolment)
    take(enrolment, on=22)  # a Tuesday
    assert SupplyFact.objects.filter(enrolment=enrolment, kind="TAKEN", on=days(22).date(), units=1).exists()


@pytest.mark.parametrize(
    ("on", "words"), [(-1, "This wait began on 2 March 2026"), (0, "")], ids=["before it began", "the same day"]
)
def test_a_dose_is_not_dated_before_the_wait_began(enrolment: Enrolment, on: int, words: str) -> None:
    waits(enrolment, Kind.DOSE_CHANGE)
    if not words:
        assert take(enrolment, on=on)
        return
    with pytest.raises(Refused, match=words):
        first_dose.record_next_dose(enrolment=enrolment, taken_on=days(on).date(), by=somebody(), at=days(0))


def test_no_dose_in_the_future(enrolment: Enrolment) -> None:
    waits(enrolment, Kind.DOSE_CHANGE)
    with pytest.raises(Refused, match="before it is taken"):
        first_dose.record_next_dose(enrolment=enrolment, taken_on=days(1).date(), by=somebody(), at=days(0))


def test_no_dose_while_paused(enrolment: Enrolment) -> None:
    waits(enrolment, Kind.DOSE_CHANGE)
    suspend(enrolment=enrolment, starts_on=days(2).date(), suspension_reason="INFECTION", by=somebody(), at=days(2))
    with pytest.raises(Refused, match="Resume it before"):
        take(enrolment, on=3)


def test_no_dose_on_a_day_of_the_pause(enrolment: Enrolment) -> None:
    paused_and_resumed(enrolment, restarts=25)
    with pytest.raises(Refused, match="was paused on 24 March 2026"):
        take(enrolment, on=22)


def test_no_dose_where_none_is_waited_for(enrolment: Enrolment) -> None:
    with pytest.raises(Refused, match="No dose is waited for"):
        take(enrolment, on=1)


def test_no_dose_of_a_new_brand_before_training_for_it(enrolment: Enrolment) -> None:
    with acting(by=User.objects.system("command")):
        ServiceActivity.objects.create(service=enrolment.service, activity="TRAINING_AND_COMPETENCY")
    trained(enrolment)
    waits(enrolment, Kind.SWITCH)
    visits.plan_visit(enrolment=enrolment, kind=Visit.Kind.TRAINING, by=somebody(), at=days(0))
    assert facts_for([enrolment.pk], today=TODAY)[enrolment.pk].trained_on is None
    with pytest.raises(Refused, match="must be trained again"):
        take(enrolment, on=1)
    trained(enrolment, at=days(1))
    assert take(enrolment, on=1)


def test_an_auditor_records_no_dose(enrolment: Enrolment) -> None:
    waits(enrolment, Kind.DOSE_CHANGE)
    with pytest.raises(NotAllowed):
        take(enrolment, on=1, role="AUDITOR")
