"""The move to the adult service is warned of from so many months before it."""

import datetime as dt

import pytest

from patients.pathway.adult_service import is_near, months_after, months_before

D = dt.date


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (D(2026, 9, 1), 6, D(2026, 3, 1)),
        (D(2026, 8, 31), 6, D(2026, 2, 28)),
        (D(2028, 8, 31), 6, D(2028, 2, 29)),
        (D(2026, 3, 15), 6, D(2025, 9, 15)),
        (D(2026, 1, 1), 0, D(2026, 1, 1)),
    ],
)
def test_months_before(day: dt.date, months: int, before: dt.date) -> None:
    assert months_before(day, months) == before


@pytest.mark.parametrize(
    ("moves_on", "today", "near"),
    [
        (None, D(2026, 3, 2), False),
        (D(2026, 9, 2), D(2026, 3, 1), False),
        (D(2026, 9, 2), D(2026, 3, 2), True),
        (D(2026, 9, 2), D(2026, 9, 2), True),
        (D(2026, 9, 2), D(2026, 12, 1), True),  # nobody has said that it was made
    ],
)
def test_when_it_is_near(moves_on: dt.date | None, today: dt.date, near: bool) -> None:
    assert is_near(moves_on, today=today, months=6) is near


def test_the_list_and_the_notice_agree_on_every_day() -> None:
    for number in range(1500):
        today = D(2026, 1, 1) + dt.timedelta(days=number)
        until = months_after(today, 6)
        assert is_near(until, today=today, months=6)
        assert not is_near(until + dt.timedelta(days=1), today=today, months=6)
