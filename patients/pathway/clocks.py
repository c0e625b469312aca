"""How long a journey has taken, gross and net, in all and by stage, with whose each stage was.

A clock counts the days after the one on which it began, up to and including the last; a day on which it is stopped
does not count net. So a stage that begins and ends on one day takes none, stages add up to the whole, and a clock
stopped from the day after its start until it ends takes no net day. Dates are local days (homecare.core.clock).
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from homecare.core.calendar import working_days_between
from homecare.core.errors import Refused

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on the journey is in a stage, and it is this party's move."""

    on: dt.date
    stage: str
    whose: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The days that do not count, both inclusive; without a last one, it is stopped still."""

    from_on: dt.date
    to_on: dt.date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """A length in calendar days and in working days."""

    calendar: int = 0
    working: int = 0

    def __add__(self, other: "Days") -> "Days":
        return Days(self.calendar + other.calendar, self.working + other.working)

    def __sub__(self, other: "Days") -> "Days":
        return Days(self.calendar - other.calendar, self.working - other.working)


@dataclass(frozen=True, slots=True)
class Span:
    """One stage of a journey from day to day: whose it was, how long it took, and how much of that was stopped."""

    stage: str
    whose: str
    from_on: dt.date
    to_on: dt.date
    gross: Days
    stopped: Days

    @property
    def net(self) -> Days:
        """Return the days that count."""
        return self.gross - self.stopped


@dataclass(frozen=True, slots=True)
class Taken:
    """Gross and net together."""

    gross: Days = field(default_factory=Days)
    net: Days = field(default_factory=Days)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.gross + other.gross, self.net + other.net)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows on a day."""

    total: Taken
    spans: tuple[Span, ...]
    stopped_for: str | None  # the reason of the stop that is open now

    @property
    def by_stage(self) -> dict[str, Taken]:
        """Return how long each stage took in all, in the order of the journey."""
        return _sum_by(self.spans, lambda span: span.stage)

    @property
    def by_party(self) -> dict[str, Taken]:
        """Return how long it was whose move."""
        return _sum_by(self.spans, lambda span: span.whose)


def clock_of(
    steps: Iterable[Step], stops: Iterable[Stop], *, today: dt.date, ended_on: dt.date | None = None
) -> Reading:
    """Read a clock: its steps in the order in which they were written, its stops, and the day it is read or ended on.

    A step dated before an earlier one counts from that one's day: nobody is in two stages at once. Refused: stops
    that overlap, a stop that ends before it begins.
    """
    until = ended_on or today
    pauses = checked(stops)
    spans = tuple(_spans(_in_order(steps), pauses, until))
    total = sum((Taken(span.gross, span.net) for span in spans), Taken())
    open_now = next((stop.reason for stop in pauses if stop.to_on is None), None) if ended_on is None else None
    return Reading(total, spans, open_now)


def checked(stops: Iterable[Stop]) -> list[Stop]:
    """Return stops in order of days. Refused: overlapping ones, one that ends before it begins."""
    ordered = sorted(stops, key=lambda stop: stop.from_on)
    for stop in ordered:
        if stop.to_on is not None and stop.to_on < stop.from_on:
            raise Refused("A clock cannot be restarted before the day on which it was stopped.")
    for earlier, later in itertools.pairwise(ordered):
        if earlier.to_on is None or later.from_on <= earlier.to_on:
            raise Refused(
                f"The clock is already stopped on {later.from_on:%-d %B %Y}. Restart it before you stop it again.",
                code="clock_stopped",
            )
    return ordered


def length(start: dt.date, end: dt.date) -> Days:
    """Return the days after start up to and including end; none if end does not come after it."""
    if end <= start:
        return Days()
    return Days((end - start).days, working_days_between(start, end))


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """Join steps that change nothing, and let none begin before the one it follows."""
    ordered: list[Step] = []
    for step in steps:
        if ordered and (step.stage, step.whose) == (ordered[-1].stage, ordered[-1].whose):
            continue
        on = max(step.on, ordered[-1].on) if ordered else step.on
        ordered.append(Step(on, step.stage, step.whose))
    return ordered


def _spans(steps: Sequence[Step], stops: Sequence[Stop], until: dt.date) -> Iterable[Span]:
    for step, following in itertools.zip_longest(steps, steps[1:]):
        end = following.on if following else until
        to_on = max(step.on, min(end, until))
        stopped = sum((_overlap(stop, step.on, to_on) for stop in stops), Days())
        yield Span(step.stage, step.whose, step.on, to_on, length(step.on, to_on), stopped)


def _overlap(stop: Stop, start: dt.date, end: dt.date) -> Days:
    """Return how much of the days after start, up to end, a stop takes."""
    first = max(stop.from_on - ONE_DAY, start)
    return length(first, min(stop.to_on or end, end))


def _sum_by(spans: Iterable[Span], key: Callable[[Span], str]) -> dict[str, Taken]:
    sums: dict[str, Taken] = {}
    for span in spans:
        sums[key(span)] = sums.get(key(span), Taken()) + Taken(span.gross, span.net)
    return sums
