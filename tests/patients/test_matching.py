"""Who looks like whom: each boundary a case."""

import datetime as dt
from dataclasses import replace

import pytest

from patients.matching import (
    Agreement,
    Identity,
    Likeness,
    compare,
    compare_births,
    compare_names,
    compare_numbers,
    near_births,
    near_numbers,
)

SAME, CLOSE, DIFFERENT, UNKNOWN = Agreement.SAME, Agreement.CLOSE, Agreement.DIFFERENT, Agreement.UNKNOWN
BORN = dt.date(1961, 3, 4)
MARY = Identity("9992814403", "T004417", "Evans", "Mary", BORN)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("O'Brien", "OBRIEN", SAME),
        ("O’Brien", "o'brien", SAME),
        ("Müller", "MULLER", SAME),
        ("Łukasz", "Lukasz", SAME),
        ("Smith-Jones", "Smith Jones", SAME),
        ("Smith", "Smyth", CLOSE),
        ("Smith", "Smith-Jones", CLOSE),
        ("Khan", "Kahn", CLOSE),
        ("Lee", "Lea", CLOSE),
        ("Catherine", "Katherine", CLOSE),
        ("J", "John", CLOSE),
        ("Jones", "James", DIFFERENT),
        ("Patel", "Evans", DIFFERENT),
        ("J", "Mary", DIFFERENT),
        ("Li", "Ly", DIFFERENT),
        ("", "Evans", UNKNOWN),
        ("Evans", "", UNKNOWN),
    ],
)
def test_names(one: str, other: str, agreement: Agreement) -> None:
    assert compare_names(one, other).agreement is agreement


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("999 281 4403", "9992814403", SAME),
        ("999-281-4403", "9992814403", SAME),
        ("t004417", "T004417", SAME),
        ("T4417", "T004417", CLOSE),
        ("9992814430", "9992814403", CLOSE),
        ("9992814404", "9992814403", CLOSE),
        ("T00441", "T004417", CLOSE),
        ("T004471", "T004417", CLOSE),
        ("9992814440", "9992814403", DIFFERENT),
        ("T004418", "T004427", DIFFERENT),
        ("", "9992814403", UNKNOWN),
    ],
)
def test_numbers(one: str, other: str, agreement: Agreement) -> None:
    assert compare_numbers(one, other).agreement is agreement


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (BORN, BORN, SAME),
        (BORN, dt.date(1961, 4, 3), CLOSE),
        (BORN, dt.date(1916, 3, 4), CLOSE),
        (BORN, dt.date(1971, 3, 4), CLOSE),
        (BORN, dt.date(1961, 3, 14), CLOSE),
        (BORN, dt.date(1961, 12, 4), DIFFERENT),
        (BORN, dt.date(1972, 3, 4), DIFFERENT),
        (None, BORN, UNKNOWN),
    ],
)
def test_dates_of_birth(one: dt.date | None, other: dt.date | None, agreement: Agreement) -> None:
    assert compare_births(one, other).agreement is agreement


OTHER = {"nhs_number": "9990000018", "hospital_number": "T990001"}


@pytest.mark.parametrize(
    ("changes", "likeness"),
    [
        ({}, Likeness.SAME_NUMBER),
        ({"nhs_number": "9990000018"}, Likeness.SAME_NUMBER),
        ({"hospital_number": "T990001"}, Likeness.SAME_NUMBER),
        ({"family_name": "Patel", "given_name": "Anil", "date_of_birth": None}, Likeness.SAME_NUMBER),
        (OTHER, Likeness.LOOK_ALIKE),
        (OTHER | {"family_name": "Evens"}, Likeness.LOOK_ALIKE),
        (OTHER | {"given_name": "Peter"}, Likeness.LOOK_ALIKE),  # a twin
        (OTHER | {"family_name": "Hughes"}, Likeness.LOOK_ALIKE),  # a married name
        (OTHER | {"family_name": "Mary", "given_name": "Evans"}, Likeness.LOOK_ALIKE),
        (OTHER | {"date_of_birth": dt.date(1961, 4, 3)}, Likeness.LOOK_ALIKE),
        (OTHER | {"date_of_birth": dt.date(1916, 3, 4), "family_name": "Evens"}, Likeness.LOOK_ALIKE),
        (OTHER | {"nhs_number": "9992814430", "date_of_birth": dt.date(1940, 1, 1)}, Likeness.LOOK_ALIKE),
        (OTHER | {"nhs_number": "9992814430", "family_name": "Patel"}, Likeness.LOOK_ALIKE),
        (OTHER | {"hospital_number": "T004471", "date_of_birth": dt.date(1940, 1, 1)}, Likeness.LOOK_ALIKE),
        (OTHER | {"date_of_birth": dt.date(1961, 4, 3), "given_name": "Peter"}, Likeness.UNLIKE),
        (OTHER | {"date_of_birth": dt.date(1940, 1, 1)}, Likeness.UNLIKE),
        (OTHER | {"family_name": "Patel", "given_name": "Anil"}, Likeness.UNLIKE),
        (
            {"nhs_number": "", "hospital_number": "T004418", "family_name": "Patel", "given_name": "Anil"},
            Likeness.UNLIKE,
        ),
    ],
)
def test_likeness(changes: dict, likeness: Likeness) -> None:
    assert compare(MARY, replace(MARY, **changes)).likeness is likeness


def test_a_number_one_slip_away_is_alike_where_nothing_else_is_known() -> None:
    assert compare(Identity(nhs_number="9992814430"), MARY).likeness is Likeness.LOOK_ALIKE


def test_a_neighbour_s_hospital_number_alone_is_not() -> None:
    assert compare(Identity(hospital_number="T004418"), MARY).likeness is Likeness.UNLIKE


def test_nothing_asked_is_like_nobody() -> None:
    assert compare(Identity(), MARY).likeness is Likeness.UNLIKE


def test_the_more_that_agrees_the_higher_the_score() -> None:
    twin, cousin = replace(MARY, given_name="Peter"), replace(MARY, given_name="Peter", family_name="Evens")
    assert compare(MARY, MARY).score > compare(MARY, twin).score > compare(MARY, cousin).score


def test_what_differs_outright_is_named() -> None:
    other = replace(MARY, date_of_birth=dt.date(1940, 1, 1), given_name="Peter")
    assert compare(MARY, other).contradicts == ("given_name", "date_of_birth")


def test_names_the_other_way_round_say_so() -> None:
    found = compare(MARY, replace(MARY, family_name="Mary", given_name="Evans"))
    assert "other way round" in found.family_name.words


@pytest.mark.parametrize("written", ["9992814403", "9992814430", "9992814404", "9929814403"])
def test_near_numbers_hold_every_slip(written: str) -> None:
    assert written in near_numbers("999 281 4403")


@pytest.mark.parametrize("number", ["", "x" * 21])
def test_what_is_no_number_has_none_near(number: str) -> None:
    assert near_numbers(number) == []


def test_every_near_birth_is_same_or_close_and_the_swapped_one_is_there() -> None:
    near = near_births(BORN)
    assert {compare_births(BORN, day).agreement for day in near} == {SAME, CLOSE}
    assert dt.date(1961, 4, 3) in near
    assert len(near) < 80
