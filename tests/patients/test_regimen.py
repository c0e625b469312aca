"""The regimen before the first dose: stretches one after another, whole patterns, refused once on treatment."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients.actions import regimen
from patients.actions.regimen import Doses
from patients.models import Enrolment, RegimenPhase
from tests.factories import NOON, EnrolmentFactory
from tests.patients.starts import TODAY, days, registered, somebody

pytestmark = pytest.mark.django_db


def record(enrolment: Enrolment, *, role: str = "CLINICAL_PHARMACIST", **changes: object) -> RegimenPhase:
    given = {"starts_on": TODAY, "units_per_dose": 1, "pattern": "EVERY_DAYS", "every_days": 14}
    doses = Doses(**(given | changes))  # type: ignore[arg-type]
    return regimen.record_regimen(enrolment=enrolment, doses=doses, by=somebody(role), at=NOON)


def stretches(enrolment: Enrolment) -> list[tuple[dt.date, dt.date | None, int]]:
    rows = RegimenPhase.objects.filter(enrolment=enrolment).order_by("starts_on")
    return list(rows.values_list("starts_on", "ends_on", "units_per_dose"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "every 14 days"),
        ({"every_days": 1}, "every day"),
        ({"pattern": "CYCLE", "cycle_on": 14, "cycle_off": 7}, "14 days on, 7 days off"),
        ({"pattern": "WEEKDAYS", "weekdays": (3, 0)}, "Monday and Thursday"),
        ({"pattern": "DOSES_ON", "doses_on": (TODAY, days(14).date())}, "2 doses"),
        ({"frequency_text": "once a fortnight"}, "once a fortnight"),
    ],
)
def test_how_often_is_said(changes: dict[str, object], words: str) -> None:
    assert record(registered(), **changes).frequency_text == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"units_per_dose": 0}, "at least one unit"),
        ({"every_days": None}, "every how many days"),
        ({"pattern": "CYCLE", "cycle_on": 14}, "how many off"),
        ({"pattern": "WEEKDAYS"}, "days of the week"),
        ({"pattern": "DOSES_ON"}, "on which days"),
        ({"pattern": "DOSES_ON", "doses_on": (days(1).date(),)}, "first of the listed days"),
        ({"ends_on": TODAY - dt.timedelta(days=1)}, "last day cannot be before the first"),
    ],
)
def test_a_pattern_that_is_not_whole_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        record(registered(), **changes)


def test_the_same_first_day_replaces_and_a_later_one_follows() -> None:
    enrolment = registered()
    record(enrolment, units_per_dose=4)
    record(enrolment, units_per_dose=2)
    record(enrolment, starts_on=days(14).date())
    assert stretches(enrolment) == [(TODAY, days(13).date(), 2), (days(14).date(), None, 1)]


def test_an_earlier_stretch_ends_before_the_next() -> None:
    enrolment = registered()
    record(enrolment, starts_on=days(14).date())
    record(enrolment, units_per_dose=4)
    assert stretches(enrolment) == [(TODAY, days(13).date(), 4), (days(14).date(), None, 1)]


def test_one_that_runs_into_the_next_is_refused() -> None:
    enrolment = registered()
    record(enrolment, starts_on=days(14).date())
    with pytest.raises(Refused, match="begins on 16 March 2026"):
        record(enrolment, ends_on=days(14).date())


def test_on_treatment_it_is_a_dose_change() -> None:
    with acting(by=User.objects.system("command")):
        active = EnrolmentFactory()
    with pytest.raises(Refused, match="Record a dose change"):
        record(active)


@pytest.mark.parametrize("role", ["TECHNICIAN", "SPECIALIST_NURSE", "ADMINISTRATIVE_SUPPORT"])
def test_who_may_not_set_a_regimen(role: str) -> None:
    with pytest.raises(NotAllowed):
        record(registered(), role=role)
