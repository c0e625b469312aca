"""The regimen: on which days a dose is asked for, and of how many units.

Days are ordinals (`date.toordinal()`) from here down to the arithmetic. A phase's dose days are a `Grid`: numbered
from 0, so that "how many doses before this day" and "the day of dose number n" are single look-ups and nobody
has to walk day by day.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from homecare.core.errors import Refused

FOREVER = 10_000_000  # an ordinal past every date
WEEK = 7


class Grid(Protocol):
    """Numbered dose days."""

    def rank(self, day: int) -> int:
        """Return how many dose days lie before the day."""

    def day(self, number: int) -> int:
        """Return the dose day with this number, counted from 0."""


class RepeatingGrid:
    """Dose days that repeat after a number of days, from the first on."""

    __slots__ = ("first", "offsets", "per_period", "period")

    def __init__(self, first: int, period: int, offsets: tuple[int, ...]) -> None:
        self.first = first
        self.period = period
        self.offsets = offsets
        self.per_period = len(offsets)

    def rank(self, day: int) -> int:
        """Return how many dose days lie before the day."""
        if day <= self.first:
            return 0
        periods, rest = divmod(day - self.first, self.period)
        return periods * self.per_period + bisect_left(self.offsets, rest)

    def day(self, number: int) -> int:
        """Return the dose day with this number, counted from 0."""
        periods, place = divmod(number, self.per_period)
        return self.first + periods * self.period + self.offsets[place]


class ListedGrid:
    """Dose days written out one by one."""

    __slots__ = ("days",)

    def __init__(self, days: Iterable[int]) -> None:
        self.days = sorted(set(days))

    def rank(self, day: int) -> int:
        """Return how many dose days lie before the day."""
        return bisect_left(self.days, day)

    def day(self, number: int) -> int:
        """Return the dose day with this number, counted from 0."""
        return self.days[number]


@dataclass(frozen=True, slots=True)
class EveryDays:
    """A dose every n days from the phase's first day."""

    days: int

    def grid(self, start: int) -> Grid:
        """Return the dose days from a start."""
        return RepeatingGrid(start, self.days, (0,))

    def problem(self) -> str | None:
        """Return what is wrong with it, if anything."""
        return None if self.days >= 1 else "A dose interval is at least one day."

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"every_days": self.days}


@dataclass(frozen=True, slots=True)
class Cycle:
    """Daily doses for `on` days, none for `off` days, and again."""

    on: int
    off: int

    def grid(self, start: int) -> Grid:
        """Return the dose days from a start."""
        return RepeatingGrid(start, self.on + self.off, _first_days(self.on))

    def problem(self) -> str | None:
        """Return what is wrong with it, if anything."""
        return None if self.on >= 1 and self.off >= 0 else "A cycle has at least one day on and no negative days off."

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"cycle": {"on": self.on, "off": self.off}}


@dataclass(frozen=True, slots=True)
class Weekdays:
    """A dose on these days of each week; Monday is 0."""

    days: tuple[int, ...]

    def grid(self, start: int) -> Grid:
        """Return the dose days from a start."""
        return RepeatingGrid(start, WEEK, _week_offsets(self.days, (start - 1) % WEEK))

    def problem(self) -> str | None:
        """Return what is wrong with it, if anything."""
        if self.days and all(0 <= day < WEEK for day in self.days):
            return None
        return "Name at least one weekday, from 0 (Monday) to 6 (Sunday)."

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"weekdays": list(self.days)}


@dataclass(frozen=True, slots=True)
class DosesOn:
    """Doses on exactly these days (loading doses)."""

    days: tuple[dt.date, ...]

    def grid(self, start: int) -> Grid:
        """Return the dose days; a start does not move them."""
        return ListedGrid(day.toordinal() for day in self.days)

    def problem(self) -> str | None:
        """Return what is wrong with it, if anything."""
        return None if self.days else "Name at least one day for these doses."

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"doses_on": [day.isoformat() for day in self.days]}


Pattern = EveryDays | Cycle | Weekdays | DosesOn


@lru_cache(maxsize=1024)
def _first_days(count: int) -> tuple[int, ...]:
    return tuple(range(count))


@lru_cache(maxsize=1024)
def _week_offsets(weekdays: tuple[int, ...], first_weekday: int) -> tuple[int, ...]:
    return tuple(sorted({(day - first_weekday) % WEEK for day in weekdays}))


def pattern_from_json(value: dict[str, Any]) -> Pattern:
    """Return the pattern from its plain form, the one `as_json` gives."""
    if "every_days" in value:
        return EveryDays(value["every_days"])
    if "cycle" in value:
        return Cycle(on=value["cycle"]["on"], off=value["cycle"]["off"])
    if "weekdays" in value:
        return Weekdays(tuple(value["weekdays"]))
    if "doses_on" in value:
        return DosesOn(tuple(dt.date.fromisoformat(str(day)) for day in value["doses_on"]))
    raise Refused("Say how often the dose is: every so many days, a cycle, weekdays, or listed days.")


@dataclass(frozen=True, slots=True)
class Phase:
    """Part of the regimen with one pattern and one dose, to its last day inclusive (None: open)."""

    starts_on: dt.date
    pattern: Pattern
    units_per_dose: int
    ends_on: dt.date | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause, from its first to its last day (inclusive; None: no end known)."""

    from_on: dt.date
    to_on: dt.date | None = None


class Stretch(NamedTuple):
    """Consecutive days of one phase without a pause: the unit in which doses are reckoned."""

    starts: int
    ends: int
    units: int
    grid: Grid


def check_phases(phases: Iterable[Phase]) -> None:
    """Refuse phases that overlap or cannot be dosed by, in words that say which."""
    ordered = sorted(phases, key=lambda phase: phase.starts_on)
    for phase in ordered:
        _check_phase(phase)
    for earlier, later in pairwise(ordered):
        if earlier.ends_on is None or earlier.ends_on >= later.starts_on:
            raise Refused(
                f"The regimen from {earlier.starts_on:%d/%m/%Y} is still running on {later.starts_on:%d/%m/%Y}, "
                "when the next one starts. Give the earlier one a last day before that.",
                code="phases_overlap",
            )


def _check_phase(phase: Phase) -> None:
    problem = phase.pattern.problem()
    if phase.units_per_dose < 1:
        problem = "A dose takes at least one unit."
    elif phase.ends_on is not None and phase.ends_on < phase.starts_on:
        problem = "The last day of a regimen cannot come before its first."
    if problem:
        raise Refused(f"The regimen from {phase.starts_on:%d/%m/%Y}: {problem}", code="phase_wrong")


def pauses_of(suspensions: Iterable[Suspension]) -> list[tuple[int, int]]:
    """Return the suspended days as sorted pairs of first and last day, those that touch or overlap made one."""
    pauses: list[tuple[int, int]] = []
    for start, end in sorted((s.from_on.toordinal(), s.to_on.toordinal() if s.to_on else FOREVER) for s in suspensions):
        if end < start:
            raise Refused("A suspension cannot end before it begins.", code="suspension_wrong")
        if pauses and start <= pauses[-1][1] + 1:
            pauses[-1] = (pauses[-1][0], max(end, pauses[-1][1]))
        else:
            pauses.append((start, end))
    return pauses


def stretches_of(phases: Sequence[Phase], pauses: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Return the regimen as stretches in order: the days of each phase that lie in no pause."""
    if len(phases) > 1:
        phases = sorted(phases, key=lambda phase: phase.starts_on)
    stretches: list[Stretch] = []
    for phase in phases:
        start = phase.starts_on.toordinal()
        end = phase.ends_on.toordinal() if phase.ends_on else FOREVER
        whole = Stretch(start, end, phase.units_per_dose, phase.pattern.grid(start))
        stretches.extend(without(whole, pauses) if pauses else (whole,))
    return stretches


def without(stretch: Stretch, pauses: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Return what is left of a stretch outside the pauses."""
    left: list[Stretch] = []
    start = stretch.starts
    for pause_start, pause_end in pauses:
        if pause_start > start:
            left.append(stretch._replace(starts=start, ends=min(stretch.ends, pause_start - 1)))
        start = max(start, pause_end + 1)
        if start > stretch.ends:
            return left
    left.append(stretch._replace(starts=start))
    return left


def begun_anew(phases: Sequence[Phase], suspensions: Iterable[Suspension], as_at: int) -> list[Stretch]:
    """Return the stretches after a suspended day as if each pause holding it ended with it.

    The phase in force the day after begins anew that day; listed dose days stay where they are; later pauses stay.
    """
    later = pauses_of(s for s in suspensions if s.from_on.toordinal() > as_at)
    stretches: list[Stretch] = []
    for phase in sorted(phases, key=lambda phase: phase.starts_on):
        start = max(phase.starts_on.toordinal(), as_at + 1)
        end = phase.ends_on.toordinal() if phase.ends_on else FOREVER
        if end >= start:
            stretches.extend(without(Stretch(start, end, phase.units_per_dose, phase.pattern.grid(start)), later))
    return stretches


def next_dose(stretches: Sequence[Stretch], start: int, end: int = FOREVER) -> int | None:
    """Return the first dose day from start to end, or None."""
    for stretch in stretches:
        if stretch.ends < start:
            continue
        first, last = max(start, stretch.starts), min(end, stretch.ends)
        number = stretch.grid.rank(first)
        if first <= last and stretch.grid.rank(last + 1) > number:
            return stretch.grid.day(number)
    return None
