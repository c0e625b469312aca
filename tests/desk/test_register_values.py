"""Each kind of cell, as a table."""

import datetime as dt

import pytest

from homecare.desk.register import values
from homecare.desk.register.dates import read_birth, read_date, read_moment
from homecare.desk.register.sheet_cells import Cell
from tests.desk.registers import AS_AT


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31/08/1940", dt.date(1940, 8, 31)),
        ("31.08.1940", dt.date(1940, 8, 31)),
        ("31-08-1940", dt.date(1940, 8, 31)),
        ("1940-08-31", dt.date(1940, 8, 31)),
        ("1/8/2026", dt.date(2026, 8, 1)),
        ("03-Nov-26", dt.date(2026, 11, 3)),
        ("3 November 2026", dt.date(2026, 11, 3)),
        ("3rd Sept 2026", dt.date(2026, 9, 3)),
        ("Tue 03/11/2026", dt.date(2026, 11, 3)),
        ("03/11/26", dt.date(2026, 11, 3)),
        ("03/11/99", dt.date(2099, 11, 3)),
        ("2026-11-03 00:00:00", dt.date(2026, 11, 3)),
        ("2026-11-03T09:30:00Z", dt.date(2026, 11, 3)),
        (dt.date(2026, 11, 3), dt.date(2026, 11, 3)),
        (dt.datetime(2026, 11, 3, 9, 30), dt.date(2026, 11, 3)),  # noqa: DTZ001
        (46329, dt.date(2026, 11, 3)),
        ("31/02/1961", None),
        ("12/13/1970", None),
        ("unknown", None),
        ("3 Foo 2026", None),
        ("", None),
        (None, None),
        (7, None),
        ("46329", None),
        ("1/2/3/2026", None),
    ],
)
def test_a_date_is_read_day_first(cell: Cell, day: dt.date | None) -> None:
    assert read_date(cell, as_at=AS_AT) == day


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("05-Apr-51", dt.date(1951, 4, 5)),
        ("02/11/26", dt.date(2026, 11, 2)),
        ("03/11/26", dt.date(1926, 11, 3)),
        ("29/02/27", None),
        ("01/01/2091", None),
        ("03/11/2026", None),
        ("01/01/1900", None),
        (dt.date(2026, 11, 2), dt.date(2026, 11, 2)),
    ],
)
def test_a_birth_never_lies_in_the_future(cell: Cell, day: dt.date | None) -> None:
    assert read_birth(cell, as_at=AS_AT) == day


def test_a_moment_keeps_its_time_of_day() -> None:
    assert read_moment("01/06/2026 09:05", as_at=AS_AT) == dt.datetime(2026, 6, 1, 9, 5)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["01/06/2026 24:05", "01/06/2026 09:65", "yesterday 09:00"])
def test_a_moment_that_never_was_is_none(text: str) -> None:
    assert read_moment(text, as_at=AS_AT) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("999 000 0018", "9990000018"),
        ("999-000-0018", "9990000018"),
        ("9990000018.0", "9990000018"),
        ("\u00a0999\u00a0000\u00a00018 ", "9990000018"),
        ("9990000019", None),
        ("9.99E+09", None),
        ("999000001", None),
        ("٩٩٩٠٠٠٠٠١٨", None),
        ("", None),
    ],
)
def test_an_nhs_number_has_its_check_digit(text: str, number: str | None) -> None:
    assert values.read_nhs_number(text) == number


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" EVANS  ", "Evans"),
        ("O'BRIEN", "O'Brien"),
        ("O’Brien", "O'Brien"),
        ("van der Berg", "van der Berg"),
        ("VAN DER BERG", "van der Berg"),
        ("D'Souza", "D'Souza"),
        ("d'souza", "D'Souza"),
        ("SMITH-JONES", "Smith-Jones"),
        ("MCDONALD", "McDonald"),
        ("MacDonald", "MacDonald"),
        ("Jose\u0301", "José"),
        ("", ""),
    ],
)
def test_a_name_is_tidied_and_never_changed(text: str, name: str) -> None:
    assert values.tidy_name(text) == name


@pytest.mark.parametrize(
    ("text", "mobile"),
    [
        ("07700 900272", "+447700900272"),
        ("07700900272", "+447700900272"),
        ("+44 7700 900272", "+447700900272"),
        ("+44 (0)7700 900272", "+447700900272"),
        ("0044 7700 900272", "+447700900272"),
        ("7700900272", "+447700900272"),
        ("7700900272.0", "+447700900272"),
        ("+44 7700 90", None),
        ("07700", None),
        ("ask wife", None),
        ("n/a", None),
        ("01634 960123", None),
        ("07012 345678", None),
        ("07700 900272 (wife)", None),
        ("07700 900272 / 07700 900273", None),
        ("+353 87 123 4567", None),
    ],
)
def test_a_mobile_is_one_that_a_text_can_reach(text: str, mobile: str | None) -> None:
    assert values.read_mobile(text) == mobile


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        *(dict.fromkeys(["Y", "y", "Yes", "YES ", "✓"], "GIVEN").items()),
        *(dict.fromkeys(["?", "", None, "tbc", "see notes"], "MISSING").items()),
        ("No", "DECLINED"),
        ("withdrawn", "WITHDRAWN"),
    ],
)
def test_only_a_plain_yes_is_consent(cell: Cell, said: str) -> None:
    assert values.read_consent(cell) == said


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("Active", "ACTIVE"),
        ("On hold", "SUSPENDED"),
        ("stopped", "STOPPED"),
        ("Deceased", "DECEASED"),
        ("RIP 03/10", "DECEASED"),
        ("stopped - patient died", "DECEASED"),
        ("waiting for kit", None),
    ],
)
def test_a_word_of_death_is_heeded_wherever_it_stands(cell: Cell, status: str | None) -> None:
    assert values.read_status(cell) == status


@pytest.mark.parametrize(
    ("text", "postcode"),
    [("me17na", "ME1 7NA"), ("ME10  4EP", "ME10 4EP"), ("EC1A 1BB", "EC1A 1BB"), ("ME1", None), ("n/k", None)],
)
def test_a_postcode_gets_its_space(text: str, postcode: str | None) -> None:
    assert values.read_postcode(text) == postcode


@pytest.mark.parametrize(
    ("cell", "number"), [("24", 24), (24, 24), (24.0, 24), ("24 wks", 24), ("24.0", 24), (2.5, None), ("two", None)]
)
def test_a_whole_number_is_whole(cell: Cell, number: int | None) -> None:
    assert values.read_whole(cell) == number


@pytest.mark.parametrize(
    ("text", "email"), [("A.B@Example.COM", "A.B@example.com"), ("a@b", None), ("a@b.com; c@d.com", None)]
)
def test_an_email_address_is_one_address(text: str, email: str | None) -> None:
    assert values.read_email(text) == email
