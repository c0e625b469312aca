"""Strengths, forms and doses as people write them."""

from decimal import Decimal

import pytest

from medicines.strengths import Amount, Strength, doses_per_container, read_amount, read_strength, units_per_dose


@pytest.mark.parametrize(
    ("written", "value", "unit", "form"),
    [
        ("40mg pen", "40", "mg", "PEN"),
        ("0.5mg capsules", "0.5", "mg", "CAPSULE"),
        ("40microgram pen", "40", "microgram", "PEN"),
        ("10mg cartridge", "10", "mg", "CARTRIDGE"),
        ("20mg vial", "20", "mg", "VIAL"),
        ("150 MG  Syringe", "150", "mg", "SYRINGE"),
        ("40mcg PEN", "40", "microgram", "PEN"),
    ],
)
def test_a_written_strength_is_read(written: str, value: str, unit: str, form: str) -> None:
    assert read_strength(written) == Strength(Amount(Decimal(value), unit), form)


@pytest.mark.parametrize(
    "written", ["", "pen", "40mg", "40mg in the fridge", "40mg/0.8ml pen", "forty mg pen", "0mg pen"]
)
def test_what_is_not_plain_is_not_guessed(written: str) -> None:
    assert read_strength(written) is None


@pytest.mark.parametrize(
    ("dose", "strength", "units"),
    [
        ("40mg", "40mg", 1),
        ("1000mg", "500mg", 2),
        ("160mg", "40mg", 4),
        ("1500mg", "500mg", 3),
        ("300mg", "150mg", 2),
        ("1g", "500mg", 2),
        ("40microgram", "40microgram", 1),
        ("50mg", "40mg", None),
        ("20mg", "40mg", None),
        ("40mg", "40unit", None),
    ],
)
def test_a_dose_is_a_whole_number_of_units_or_none(dose: str, strength: str, units: int | None) -> None:
    amounts = read_amount(dose), read_amount(strength)
    assert amounts[0] is not None
    assert amounts[1] is not None
    assert units_per_dose(dose=amounts[0], strength=amounts[1]) == units


def test_a_cartridge_counts_its_doses() -> None:
    assert doses_per_container(dose=Amount(Decimal("0.4"), "mg"), strength=Amount(Decimal(10), "mg")) == 25


def test_a_container_smaller_than_the_dose_has_no_doses() -> None:
    assert doses_per_container(dose=Amount(Decimal(20), "mg"), strength=Amount(Decimal(10), "mg")) is None
