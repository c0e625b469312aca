"""Reminders of the past are those that monitoring would have planned, day by day."""

import datetime as dt

import pytest

from homecare.desk.demo.messages import Waits, reminders_of

D = dt.date
AS_AT = D(2026, 3, 31)


@pytest.mark.parametrize(
    ("waits", "planned"),
    [
        pytest.param([(D(2026, 3, 31), AS_AT)], [], id="due today: left to the sweep"),
        pytest.param([(D(2026, 3, 30), AS_AT)], [(D(2026, 3, 30), 0, D(2026, 3, 30))], id="due yesterday"),
        pytest.param([(D(2026, 3, 1), D(2026, 3, 1))], [], id="done on the day"),
        pytest.param(
            [(D(2026, 3, 1), D(2026, 3, 16))],
            [(D(2026, 3, 1), 0, D(2026, 3, 1)), (D(2026, 3, 1), 1, D(2026, 3, 15))],
            id="repeated until it was done",
        ),
        pytest.param(
            [(D(2026, 1, 1), AS_AT)],
            [(D(2026, 1, 1), step, D(2026, 1, 1) + dt.timedelta(days=14 * step)) for step in range(3)],
            id="twice at most",
        ),
        pytest.param(
            [(D(2026, 3, 1), D(2026, 3, 5)), (D(2026, 3, 1), D(2026, 3, 3))],
            [(D(2026, 3, 1), 0, D(2026, 3, 1))],
            id="one for all tests of a day",
        ),
        pytest.param(
            [(D(2026, 2, 1), AS_AT), (D(2026, 2, 10), D(2026, 3, 20))],
            [
                (D(2026, 2, 1), 0, D(2026, 2, 1)),
                (D(2026, 2, 1), 2, D(2026, 3, 20)),
                (D(2026, 2, 10), 0, D(2026, 2, 10)),
                (D(2026, 2, 10), 1, D(2026, 2, 24)),
                (D(2026, 2, 10), 2, D(2026, 3, 10)),
            ],
            id="a later one goes before, until it was done",
        ),
    ],
)
def test_reminders_are_those_of_the_days(waits: Waits, planned: list[tuple[dt.date, int, dt.date]]) -> None:
    assert reminders_of(waits, as_at=AS_AT) == planned
