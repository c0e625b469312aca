"""When a test is due: phases of a protocol walked from the day the plan started (domain.md 5.1). Plain values only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a protocol: these tests, each so many days, for so long (None: for as long as it is taken)."""

    interval_days: int
    lasts_days: int | None
    tests: frozenset[int]


def phases_from(phases: Sequence[Phase], *, started_on: dt.date) -> list[tuple[dt.date, dt.date | None, Phase]]:
    """Return each phase with its first day and the day after its last (None: no end)."""
    spans, first = [], started_on
    for phase in phases:
        after = None if phase.lasts_days is None else first + dt.timedelta(days=phase.lasts_days)
        spans.append((first, after, phase))
        if after is None:
            break
        first = after
    return spans


def first_due_on(phases: Sequence[Phase], *, test: int, started_on: dt.date) -> dt.date | None:
    """Return the first day a test is due: an interval into the first phase that asks for it. None: it never is."""
    for first, _, phase in phases_from(phases, started_on=started_on):
        if test in phase.tests:
            return first + dt.timedelta(days=phase.interval_days)
    return None


def next_due_on(phases: Sequence[Phase], *, test: int, started_on: dt.date, last_done_on: dt.date) -> dt.date | None:
    """Return the next day a test is due after it was done on `last_done_on`. None: the protocol asks no more.

    The interval is that of the phase in force on the day it was done; a test that this phase does not ask for is
    due when a later phase that does begins.
    """
    for first, after, phase in phases_from(phases, started_on=started_on):
        over = after is not None and last_done_on >= after
        if over or test not in phase.tests:
            continue
        due_on = _due_in(phase, first, last_done_on, begins_plan=first == started_on)
        if after is None or due_on < after or _asked_later(phases, phase, test):
            return due_on
    return None


def _due_in(phase: Phase, first: dt.date, last_done_on: dt.date, *, begins_plan: bool) -> dt.date:
    """Return the next due day within a phase, for a test done in it, in an earlier phase, or before the plan."""
    after_interval = last_done_on + dt.timedelta(days=phase.interval_days)
    if last_done_on >= first:
        return after_interval
    return max(first, after_interval) if begins_plan else first


def _asked_later(phases: Sequence[Phase], phase: Phase, test: int) -> bool:
    return any(test in later.tests for later in phases[phases.index(phase) + 1 :])


def tests_of(phases: Sequence[Phase]) -> frozenset[int]:
    """Return every test that any phase asks for."""
    return frozenset().union(*(phase.tests for phase in phases))
