"""Until when a prescription may be dispensed."""

import datetime as dt

import pytest

from homecare.core.errors import Refused
from patients.cover.legal_life import LegalLife, check_deliveries, last_valid_on, short_lived

D = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("issued", "expected"),
    [("2026-08-31", "2027-02-28"), ("2026-01-01", "2026-06-30"), ("2026-12-31", "2027-06-30")],
)
def test_the_other_reading_of_the_months_end(issued: str, expected: str) -> None:
    assert last_valid_on(issued_on=D(issued), life=LegalLife(cautious_month_end=False)) == D(expected)


def test_a_not_before_day_that_has_passed_when_signed_moves_nothing() -> None:
    assert last_valid_on(issued_on=D("2026-05-20"), not_before_on=D("2026-05-01")) == D("2026-11-19")


@pytest.mark.parametrize(
    ("schedule", "short"), [(None, False), (1, False), (2, True), (3, True), (4, True), (5, False)]
)
def test_schedules_that_live_28_days(schedule: int | None, short: bool) -> None:
    assert short_lived(schedule) is short


@pytest.mark.parametrize("schedule", [2, 3])
def test_refuses_a_second_delivery_of_schedules_2_and_3(schedule: int) -> None:
    check_deliveries(schedule=schedule, deliveries=1)
    with pytest.raises(Refused, match="once only"):
        check_deliveries(schedule=schedule, deliveries=2)


@pytest.mark.parametrize("schedule", [None, 4, 5])
def test_others_may_repeat(schedule: int | None) -> None:
    check_deliveries(schedule=schedule, deliveries=6)
