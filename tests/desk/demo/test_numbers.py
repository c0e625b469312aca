"""The demonstration's numbers belong to nobody, and meet no register's."""

import re
from itertools import islice
from pathlib import Path

import nhs_number
import pytest

from homecare.desk.demo.numbers import COUNT, STEP, hospital_number, landline, mobile, nhs_numbers

REGISTER = Path(__file__).parent.parent.parent / "data" / "register"
NUMBER = re.compile(r"(?<!\d)999[ -]?\d{3}[ -]?\d{4}(?!\d)")


def numbers_in(name: str) -> set[str]:
    """Return the NHS numbers in a made-up file, as digits."""
    text = (REGISTER / name).read_text(encoding="utf-8-sig")
    return {re.sub(r"\D", "", found) for found in NUMBER.findall(text)}


def test_the_first_hundred_thousand_are_valid_and_all_different() -> None:
    dealt = [number for _, number in islice(nhs_numbers(), 100_000)]
    assert len(set(dealt)) == 100_000
    assert all(number.startswith("999") for number in dealt)
    assert all(nhs_number.is_valid(number) for number in dealt[::97])


@pytest.mark.parametrize("name", ["register.csv", "lab_results.csv"])
def test_none_of_all_numbers_meets_a_register_s(name: str) -> None:
    registers = numbers_in(name)
    assert len(registers) > 1000
    assert registers.isdisjoint(number for _, number in nhs_numbers())


def test_there_are_enough_for_the_country() -> None:
    assert sum(1 for _ in nhs_numbers()) >= 700_000


def test_each_number_comes_once() -> None:
    assert len({place * STEP % COUNT for place in range(COUNT)}) == COUNT


def test_no_hospital_number_begins_as_a_register_s() -> None:
    text = (REGISTER / "register.csv").read_text(encoding="utf-8-sig")
    assert {line[0] for line in text.splitlines()[1:] if re.match(r"[A-Z]\d{5}", line)} == {"M"}
    assert hospital_number(12) == "D0000012"


@pytest.mark.parametrize("place", [0, 1, 999, 1000, 123_456])
def test_telephones_are_kept_for_drama(place: int) -> None:
    assert re.fullmatch(r"\+447700900\d{3}", mobile(place))
    assert re.fullmatch(r"\+441632960\d{3}", landline(place))
