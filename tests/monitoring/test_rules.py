"""When a test is due: each phase and each boundary between them."""

import datetime as dt

import pytest

from monitoring import rules
from monitoring.rules import Phase

FBC, LFT, LIPIDS = 1, 2, 3
START = dt.date(2026, 1, 5)
TITRATION = Phase(interval_days=14, lasts_days=84, tests=frozenset({FBC, LFT}))
STABLE = Phase(interval_days=84, lasts_days=None, tests=frozenset({FBC, LFT, LIPIDS}))
STOPS = Phase(interval_days=28, lasts_days=364, tests=frozenset({FBC}))


def day(number: int) -> dt.date:
    """Return the day so many days after the start."""
    return START + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("phases", "test", "expected"),
    [
        ([TITRATION, STABLE], FBC, day(14)),
        ([TITRATION, STABLE], LIPIDS, day(84 + 84)),
        ([STOPS], LFT, None),
        ([], FBC, None),
    ],
)
def test_the_first_day_a_test_is_due(phases: list[Phase], test: int, expected: dt.date | None) -> None:
    assert rules.first_due_on(phases, test=test, started_on=START) == expected


@pytest.mark.parametrize(
    ("phases", "test", "done", "expected"),
    [
        ([TITRATION, STABLE], FBC, 14, day(28)),
        ([TITRATION, STABLE], FBC, 83, day(97)),  # its interval is that of the phase it was done in
        ([TITRATION, STABLE], FBC, 84, day(168)),  # the first day of the next phase
        ([TITRATION, STABLE], FBC, 1000, day(1084)),
        ([TITRATION, STABLE], LIPIDS, 10, day(84)),  # not asked for yet: when a phase that asks begins
        ([STOPS], FBC, 300, day(328)),
        ([STOPS], FBC, 350, None),  # the next would fall after the protocol stops asking
        ([STOPS], FBC, 400, None),
        ([STABLE], FBC, -30, day(54)),  # done before the plan started
        ([TITRATION, STABLE], FBC, -30, day(0)),
    ],
)
def test_the_next_day_a_test_is_due(phases: list[Phase], test: int, done: int, expected: dt.date | None) -> None:
    assert rules.next_due_on(phases, test=test, started_on=START, last_done_on=day(done)) == expected
