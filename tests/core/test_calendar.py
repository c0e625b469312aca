"""Working days of England and Wales."""

import datetime as dt

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st

from homecare.core import calendar
from homecare.core.errors import Refused

D = dt.date.fromisoformat
PUBLISHED = BankHolidays(use_cached_holidays=True)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-03-20", 10, "2026-03-06"),  # the example of cover.md
        ("2026-03-22", 1, "2026-03-20"),  # from a Sunday
        ("2026-03-23", 1, "2026-03-20"),  # over a week-end
        ("2026-04-07", 1, "2026-04-02"),  # over Easter
        ("2026-12-29", 1, "2026-12-24"),  # over Christmas with Boxing Day made up on the Monday
        ("2027-01-04", 1, "2026-12-31"),  # over New Year
        ("2026-03-21", 0, "2026-03-21"),  # none: the day itself
    ],
)
def test_the_nth_working_day_before(day: str, n: int, expected: str) -> None:
    assert calendar.working_day_before(D(day), n) == D(expected)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-03-06", 10, "2026-03-20"),
        ("2026-03-20", 1, "2026-03-23"),
        ("2026-03-21", 1, "2026-03-23"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-12-24", 2, "2026-12-30"),
        ("2026-03-21", 0, "2026-03-21"),
    ],
)
def test_the_nth_working_day_after(day: str, n: int, expected: str) -> None:
    assert calendar.working_day_after(D(day), n) == D(expected)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2026-03-20", "2026-03-20", "2026-03-20"),
        ("2026-03-22", "2026-03-20", "2026-03-23"),
        ("2026-04-05", "2026-04-02", "2026-04-07"),
        ("2026-12-25", "2026-12-24", "2026-12-29"),
    ],
)
def test_the_nearest_working_day(day: str, before: str, after: str) -> None:
    assert calendar.last_working_day_on_or_before(D(day)) == D(before)
    assert calendar.first_working_day_on_or_after(D(day)) == D(after)


def test_every_published_day_agrees_with_the_list() -> None:
    first = D("2012-01-01")
    days = [first + dt.timedelta(days=n) for n in range((D("2028-12-31") - first).days + 1)]
    expected = [PUBLISHED.is_work_day(day, division=BankHolidays.ENGLAND_AND_WALES) for day in days]
    assert [calendar.is_working_day(day) for day in days] == expected


@given(st.dates(D("2013-01-01"), D("2060-01-01")), st.integers(1, 60))
def test_back_and_forth_from_a_working_day_is_where_one_began(day: dt.date, n: int) -> None:
    start = calendar.first_working_day_on_or_after(day)
    assert calendar.working_day_after(calendar.working_day_before(start, n), n) == start


@given(st.dates(D("2013-01-01"), D("2060-01-01")), st.integers(1, 60))
def test_the_working_days_between_are_those_counted(day: dt.date, n: int) -> None:
    assert calendar.working_days_between(day, calendar.working_day_after(day, n)) == n


def test_scottish_holidays_are_working_days() -> None:
    assert calendar.is_working_day(D("2026-01-02"))


@pytest.mark.parametrize(("day", "provisional"), [("2028-12-31", False), ("2029-01-01", True)])
def test_past_the_published_years_a_date_is_provisional(day: str, provisional: bool) -> None:
    assert calendar.is_provisional(D(day)) is provisional


def test_past_the_published_years_only_week_ends_are_stepped_over() -> None:
    assert calendar.is_working_day(D("2029-12-25"))
    assert not calendar.is_working_day(D("2029-12-29"))


def test_names_the_holidays_stepped_over() -> None:
    assert calendar.holidays_stepped_over(D("2026-04-01"), D("2026-04-06")) == [
        (D("2026-04-03"), "Good Friday"),
        (D("2026-04-06"), "Easter Monday"),
    ]


def test_a_holiday_on_a_week_end_is_not_named() -> None:
    assert [day for day, _ in calendar.holidays_stepped_over(D("2026-12-25"), D("2026-12-31"))] == [
        D("2026-12-25"),
        D("2026-12-28"),
    ]


@pytest.mark.parametrize("day", ["1979-12-31", "2151-01-02", "0001-01-01", "9999-12-31"])
def test_a_mistyped_year_is_refused(day: str) -> None:
    with pytest.raises(Refused, match="Check the year"):
        calendar.working_day_before(D(day), 1)


def test_counting_backwards_needs_the_other_function() -> None:
    with pytest.raises(ValueError, match="other function"):
        calendar.working_day_before(D("2026-03-20"), -1)
