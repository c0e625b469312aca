"""How things are said."""

import datetime as dt

import pytest

from homecare.core import words

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2026, 11, 28), "Sat 28 Nov"),
        (dt.date(2027, 1, 4), "Mon 4 Jan 2027"),
    ],
)
def test_a_day_has_its_year_unless_it_is_todays(day: dt.date, said: str) -> None:
    assert words.day(day, today=TODAY) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (4, "in 4 days"),
        (-27, "27 days ago"),
        (28, "in 4 weeks"),
        (125, "in 17 weeks"),
        (126, "in 4 months"),
        (-731, "2 years ago"),
    ],
)
def test_a_distance(days: int, said: str) -> None:
    assert words.distance(TODAY + dt.timedelta(days=days), today=TODAY) == said


@pytest.mark.parametrize(
    ("number", "said"), [("9992814403", "999 281 4403"), ("", "no NHS number"), (None, "no NHS number"), ("12", "12")]
)
def test_an_nhs_number_is_said_in_three_parts(number: str | None, said: str) -> None:
    assert words.nhs_number(number) == said


@pytest.mark.parametrize(
    ("family", "given", "said"), [("O'Brien", "Siobhan", "O'BRIEN, Siobhan"), ("Ahmed", "", "AHMED")]
)
def test_a_patient_is_named_the_nhs_way(family: str, given: str, said: str) -> None:
    assert words.person(family, given) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 pens"), (1, "1 pen"), (1204, "1,204 pens")])
def test_a_count(number: int, said: str) -> None:
    assert words.count(number, "pen") == said


@pytest.mark.parametrize(("born", "age"), [((1961, 11, 24), 65), ((1961, 11, 25), 64)])
def test_an_age_turns_on_the_birthday(born: tuple[int, int, int], age: int) -> None:
    assert words.age(dt.date(*born), today=TODAY) == age
