"""Using up the medicine at home: lots, doses, and the history of facts up to a day.

Nothing walks day by day: between two facts, expiries and changes of regimen the doses are counted, not visited.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patients.cover.questions import Fact, FactKind, Flag
from patients.cover.regimen import FOREVER, Grid, Stretch

Lots = list[list[int]]  # [last usable day, units], earliest first; FOREVER where no expiry is known


def on_hand(lots: Lots) -> int:
    """Return the units in all lots."""
    if len(lots) == 1:
        return lots[0][1]
    return sum(units for _, units in lots)


def drop_expired(lots: Lots, day: int) -> None:
    """Take away the lots whose last usable day lies before the day."""
    while lots and lots[0][0] < day:
        del lots[0]


def spend(lots: Lots, units: int) -> int:
    """Use units, earliest expiry first; return how many were lacking."""
    while units and lots:
        used = min(units, lots[0][1])
        lots[0][1] -= used
        units -= used
        if not lots[0][1]:
            del lots[0]
    return units


def receive(lots: Lots, units: int, last_day: int) -> None:
    """Add a lot in its place by expiry."""
    if not units:
        return
    place = len(lots)
    while place and lots[place - 1][0] > last_day:
        place -= 1
    lots.insert(place, [last_day, units])


class Doses(NamedTuple):
    """A run of doses asked for, of which the first `covered` were covered and the others were not."""

    grid: Grid
    first: int
    asked: int
    covered: int
    units: int


def use_doses(stretches: Sequence[Stretch], lots: Lots, start: int, end: int) -> Iterator[Doses]:
    """Use the doses from start to end inclusive out of the lots, yielding each run between expiries."""
    for starts, ends, units, grid in stretches:
        if ends < start:
            continue
        if starts > end:
            return
        day, last = max(start, starts), min(end, ends)
        number = grid.rank(day)
        while day <= last:
            drop_expired(lots, day)
            till = min(last, lots[0][0]) if lots else last
            after = grid.rank(till + 1)
            if after > number:
                covered = min(after - number, on_hand(lots) // units)
                spend(lots, covered * units)
                yield Doses(grid, number, after - number, covered, units)
                number = after
            day = till + 1


def first_uncovered(stretches: Sequence[Stretch], lots: Lots, start: int, end: int) -> int | None:
    """Return the first dose day from start to end without enough units, or None; the lots stay as they are."""
    for doses in use_doses(stretches, [lot[:] for lot in lots], start, end):
        if doses.covered < doses.asked:
            return doses.grid.day(doses.first + doses.covered)
    return None


def advance(stretches: Sequence[Stretch], lots: Lots, start: int, end: int) -> None:
    """Use the doses from start to end inclusive."""
    for _ in use_doses(stretches, lots, start, end):
        pass


DOSE = 4
FACT_ORDER = {
    FactKind.DELIVERY: 2,
    FactKind.COUNT: 3,
    FactKind.MISSED: 5,
    FactKind.TAKEN: 6,
    FactKind.WRITE_OFF: 7,
}
AFTER_EVERYTHING = 8


def order_of(fact: Fact) -> tuple[int, int]:
    """Return the place of a fact: by day, within a day in the order of docs/cover.md; equal ones stay as entered."""
    return fact.on.toordinal(), AFTER_EVERYTHING if fact.after_dose else FACT_ORDER[fact.kind]


class Home:
    """The medicine at home, from the first delivery or count on."""

    __slots__ = (
        "flags",
        "last_uncovered_units",
        "lots",
        "next_day",
        "out_since",
        "shelf_life",
        "stretches",
        "uncovered",
    )

    def __init__(self, stretches: Sequence[Stretch], shelf_life: int | None) -> None:
        self.stretches = stretches
        self.shelf_life = shelf_life
        self.lots: Lots = []
        self.next_day: int | None = None  # the first day whose dose is not yet reckoned; None: stock unknown
        self.out_since: int | None = None  # first day of the run of uncovered doses, if the latest dose was uncovered
        self.last_uncovered_units = 0
        self.uncovered: list[Doses] = []
        self.flags: list[Flag] = []

    @property
    def known(self) -> bool:
        """Say whether there has been a delivery or a count."""
        return self.next_day is not None

    def live_to(self, day: int) -> None:
        """Reckon the doses up to and including the day; its own lots may still be used on it."""
        if self.next_day is None:
            return
        if self.next_day <= day:
            for doses in use_doses(self.stretches, self.lots, self.next_day, day):
                self._remember(doses)
            self.next_day = day + 1
        drop_expired(self.lots, day)

    def _remember(self, doses: Doses) -> None:
        if doses.covered:
            self.out_since = None
        if doses.covered < doses.asked:
            self.uncovered.append(doses)
            self.last_uncovered_units = doses.units
            if self.out_since is None:
                self.out_since = doses.grid.day(doses.first + doses.covered)

    def units_before(self, fact: Fact) -> int | None:
        """Return the units at home just before a fact, those before it having been met; None: unknown."""
        if self.next_day is None:
            return None
        day = fact.on.toordinal()
        self.live_to(day if fact.after_dose or FACT_ORDER[fact.kind] > DOSE else day - 1)
        drop_expired(self.lots, day)
        return on_hand(self.lots)

    def meet(self, facts: Iterable[Fact]) -> None:
        """Take in facts that are in order."""
        for fact in facts:
            day = fact.on.toordinal()
            if fact.kind is FactKind.DELIVERY:
                self._before_dose(day)
                self._deliver(fact, day)
            elif fact.kind is FactKind.COUNT:
                self._count(fact, day)
            elif fact.kind is FactKind.MISSED:
                self._miss(day)
            else:
                self._take_out(fact.units, day)

    def _before_dose(self, day: int) -> None:
        if self.next_day is None:
            self.next_day = day
        self.live_to(day - 1)
        drop_expired(self.lots, day)

    def _after_dose(self, day: int) -> None:
        if self.next_day is None:
            self.next_day = day + 1
        self.live_to(day)

    def _deliver(self, fact: Fact, day: int) -> None:
        last_day = fact.expires_on.toordinal() if fact.expires_on else FOREVER
        if last_day >= day:
            receive(self.lots, fact.units, last_day)

    def _count(self, fact: Fact, day: int) -> None:
        if fact.after_dose:
            self._after_dose(day)
        else:
            self._before_dose(day)
        more = fact.units - on_hand(self.lots)
        if more < 0:
            spend(self.lots, -more)
        else:
            receive(self.lots, more, FOREVER if self.shelf_life is None else day + self.shelf_life)

    def _miss(self, day: int) -> None:
        """Put the day's dose back where it came from: as if it had been covered and not used."""
        if self.next_day is None or self.next_day > day:
            self.flags.append(Flag.MISSED_WITHOUT_DOSE)
            return
        self.live_to(day - 1)
        drop_expired(self.lots, day)
        before = [lot[:] for lot in self.lots]
        self.live_to(day)
        if self.lots == before:
            self.flags.append(Flag.MISSED_WITHOUT_DOSE)
        self.lots = before

    def _take_out(self, units: int, day: int) -> None:
        if self.next_day is None:
            return
        self.live_to(day)
        if spend(self.lots, units):
            self.flags.append(Flag.STOCK_BELOW_NOTHING)

    def uncovered_between(self, start: int, end: int) -> list[int]:
        """Return the uncovered dose days from start to end inclusive."""
        days: list[int] = []
        for grid, first, asked, covered, _ in self.uncovered:
            begin = max(first + covered, grid.rank(start))
            days.extend(map(grid.day, range(begin, min(first + asked, grid.rank(end + 1)))))
        return days


def lived(stretches: Sequence[Stretch], facts: Sequence[Fact], *, shelf_life: int | None, as_at: int) -> Home:
    """Return the medicine at home at the end of a day, after every fact up to it."""
    home = Home(stretches, shelf_life)
    so_far = [fact for fact in facts if fact.on.toordinal() <= as_at]
    if len(so_far) > 1:
        so_far.sort(key=order_of)
    home.meet(so_far)
    home.live_to(as_at)
    return home
