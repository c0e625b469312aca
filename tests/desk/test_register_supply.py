"""From a row to cover: frequencies, units, deliveries left."""

import datetime as dt
from typing import Any

import pytest

from homecare.desk.register.supply import Frequency, Supply, deliveries_since, read_frequency, read_regimen, read_supply
from patients.cover.regimen import Cycle, EveryDays, Pattern, Weekdays
from tests.desk.registers import AS_AT, hospital_rows


@pytest.mark.parametrize(
    ("text", "pattern", "times"),
    [
        ("daily", EveryDays(1), 1),
        ("OD", EveryDays(1), 1),
        ("twice daily", EveryDays(1), 2),
        ("weekly", EveryDays(7), 1),
        ("every 2 weeks", EveryDays(14), 1),
        ("Every two weeks", EveryDays(14), 1),
        ("fortnightly", EveryDays(14), 1),
        ("every other week", EveryDays(14), 1),
        ("q2w", EveryDays(14), 1),
        ("2-weekly", EveryDays(14), 1),
        ("1/52", EveryDays(7), 1),
        ("every 8 weeks", EveryDays(56), 1),
        ("monthly", EveryDays(28), 1),
        ("every 3 months", EveryDays(84), 1),
        ("every 10 days", EveryDays(10), 1),
        ("twice daily, 14 days in 21", Cycle(14, 7), 2),
        ("14 days on, 7 days off", Cycle(14, 7), 1),
        ("daily for 21 days of 28", Cycle(21, 7), 1),
    ],
)
def test_a_frequency_is_read(text: str, pattern: Pattern, times: int) -> None:
    assert read_frequency(text) == Frequency(pattern, times)


@pytest.mark.parametrize(("start", "days"), [(dt.date(2026, 11, 2), (0, 2, 4)), (dt.date(2026, 11, 7), (0, 2, 5))])
def test_three_times_a_week_starts_on_the_day_the_grid_starts(start: dt.date, days: tuple[int, ...]) -> None:
    regimen = read_regimen(strength_form="40mg syringe", dose="40mg", frequency="three times a week", multi_dose=False)
    assert regimen is not None
    assert regimen.starting_on(start).pattern == Weekdays(days)


@pytest.mark.parametrize(
    "text", ["", "as directed", "prn", "every few weeks", "every 0 weeks", "hourly, 14 days in 21"]
)
def test_a_frequency_that_is_not_plain_is_not_guessed(text: str) -> None:
    assert read_frequency(text) is None


@pytest.mark.parametrize(
    ("strength", "dose", "frequency", "multi_dose", "units"),
    [
        ("40mg pen", "40mg", "every 2 weeks", False, 1),
        ("40mg tablets", "160mg", "daily", False, 4),
        ("500mg tablets", "1500mg", "twice daily, 14 days in 21", False, 6),
        ("10mg cartridge", "0.4mg", "daily", True, 1),
        ("40mg pen", "60mg", "weekly", False, None),
        ("40mg pen", "see notes", "weekly", False, None),
        ("pen", "40mg", "weekly", False, None),
    ],
)
def test_units_are_the_smallest_that_can_be_counted(
    strength: str, dose: str, frequency: str, multi_dose: bool, units: int | None
) -> None:
    regimen = read_regimen(strength_form=strength, dose=dose, frequency=frequency, multi_dose=multi_dose)
    assert (regimen.units_per_dose if regimen else None) == units


def test_every_regimen_of_the_hospital_is_understood() -> None:
    for row in hospital_rows("register.csv"):
        multi_dose = row.strength_form == "10mg cartridge"
        assert read_regimen(
            strength_form=row.strength_form, dose=row.dose, frequency=row.frequency, multi_dose=multi_dose
        ), row


def _supply(**changes: Any) -> Supply:
    regimen = read_regimen(strength_form="40mg pen", dose="40mg", frequency="every 2 weeks", multi_dose=False)
    assert regimen is not None
    values: dict[str, Any] = {
        "registered_on": dt.date(2020, 1, 1), "last_delivery_on": dt.date(2026, 10, 26),
        "last_prescription_on": dt.date(2026, 8, 17), "prescription_weeks": 48, "number_of_deliveries": 6,
    }  # fmt: skip
    return read_supply(regimen=regimen, as_at=AS_AT, controlled=False, **{**values, **changes})


def test_the_first_row_of_the_register() -> None:
    supply = _supply()
    assert (supply.interval_days, supply.units_each, supply.delivered_on) == (56, 4, dt.date(2026, 10, 26))
    assert (supply.grid_starts_on, supply.last_valid_on) == (dt.date(2026, 10, 26), dt.date(2027, 2, 16))
    assert (supply.deliveries, supply.deliveries_made, supply.remaining) == (6, 2, 4)


@pytest.mark.parametrize(
    ("last", "made"),
    [
        (None, 0),
        (dt.date(2026, 8, 16), 0),
        (dt.date(2026, 8, 17), 1),
        (dt.date(2026, 10, 11), 1),
        (dt.date(2026, 10, 12), 2),
    ],
)
def test_deliveries_since_the_prescription_are_those_at_its_spacing(last: dt.date | None, made: int) -> None:
    assert deliveries_since(dt.date(2026, 8, 17), last=last, interval=56) == made


def test_no_more_are_made_than_were_written() -> None:
    assert _supply(last_prescription_on=dt.date(2024, 1, 1)).remaining == 0


def test_no_last_delivery_means_no_fact() -> None:
    supply = _supply(last_delivery_on=None)
    assert (supply.delivered_on, supply.grid_starts_on, supply.remaining) == (None, dt.date(2020, 1, 1), 6)


def test_a_delivery_after_the_registers_day_has_not_happened() -> None:
    assert _supply(last_delivery_on=dt.date(2026, 11, 3)).delivered_on is None


def test_a_prescription_dated_after_the_registers_day_is_none() -> None:
    assert _supply(last_prescription_on=dt.date(2026, 11, 3)).signed_on is None


def test_a_row_without_the_prescriptions_length_says_nothing_of_units() -> None:
    assert _supply(prescription_weeks=None).units_each is None


def test_a_cycle_counts_its_dose_days() -> None:
    regimen = read_regimen(
        strength_form="500mg tablets", dose="1500mg", frequency="twice daily, 14 days in 21", multi_dose=False
    )
    assert regimen is not None
    assert regimen.units_in(21, from_day=AS_AT) == 14 * 6
