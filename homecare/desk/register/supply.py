"""From a row to cover: the regimen, the last delivery and the prescription as a register tells them, all assumed.

What the issue and docs/cover.md fix: one delivery fact on the last delivery's date, of the doses in (weeks x 7 /
deliveries) days; the dose grid starts that day, "monthly" being every 28 days until corrected; deliveries left are the
number on the prescription less those since its date at that spacing; a container of many doses counts its doses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from typing import Final

from medicines.strengths import doses_per_container, read_amount, read_strength, units_per_dose
from patients.cover.legal_life import last_valid_on
from patients.cover.regimen import Cycle, EveryDays, Pattern, Weekdays

WEEK: Final = 7
MONTH: Final = 28
_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "other": 2, "second": 2, "third": 3, "fourth": 4,
}  # fmt: skip
_UNITS: Final = {"day": 1, "week": WEEK, "month": MONTH}
_TIMES_A_DAY: Final = {
    "daily": 1, "once daily": 1, "od": 1, "every day": 1, "once a day": 1, "each day": 1, "nightly": 1, "mane": 1,
    "nocte": 1, "om": 1, "on": 1, "twice daily": 2, "twice a day": 2, "bd": 2, "bid": 2, "two times a day": 2,
    "three times daily": 3, "three times a day": 3, "tds": 3, "tid": 3, "four times a day": 4, "qds": 4, "qid": 4,
}  # fmt: skip
_EVERY: Final = {
    "weekly": WEEK, "once weekly": WEEK, "once a week": WEEK, "every week": WEEK, "each week": WEEK,
    "fortnightly": 2 * WEEK, "every fortnight": 2 * WEEK, "eow": 2 * WEEK, "biweekly": 2 * WEEK, "2 weekly": 2 * WEEK,
    "monthly": MONTH, "once a month": MONTH, "every month": MONTH, "once monthly": MONTH, "alternate days": 2,
    "quarterly": 12 * WEEK, "every quarter": 12 * WEEK, "yearly": 52 * WEEK, "annually": 52 * WEEK,
}  # fmt: skip
_DAYS_OF_WEEK: Final = {"five days a week": (0, 1, 2, 3, 4), "weekdays": (0, 1, 2, 3, 4)}
_TIMES_A_WEEK: Final = {  # days after the first dose, whichever weekday that is
    "twice a week": (0, 3), "twice weekly": (0, 3), "two times a week": (0, 3),
    "three times a week": (0, 2, 4), "three times weekly": (0, 2, 4), "thrice weekly": (0, 2, 4),
}  # fmt: skip
_EVERY_SO_MANY: Final = re.compile(r"(?:once )?every (\w+) ?(day|week|month)s?|(\d+)[ -](day|week|month)ly|q(\d+)(w|d)")
_SHORT_HAND: Final = re.compile(r"(\d+)/(7|52|12)")
_CYCLE: Final = re.compile(r"(.*?),? ?(?:for )?(\d+) days? (?:in|of|out of) (\d+)(?: days?)?")
_ON_OFF: Final = re.compile(r"(.*?),? ?(\d+) days? on,? ?(?:and )?(\d+) days? off")


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: the pattern of dose days, and how many doses on each.

    `from_start`: the weekdays are counted from the day the grid starts, not from Monday.
    """

    pattern: Pattern
    times_a_day: int = 1
    from_start: bool = False


@dataclass(frozen=True, slots=True)
class Regimen:
    """What a register says of the doses: on which days, how many units on each."""

    pattern: Pattern
    units_per_dose: int
    from_start: bool = False

    def starting_on(self, day: date) -> "Regimen":
        """Return the regimen with its grid starting on a day, which is then a dose day."""
        if not self.from_start or not isinstance(self.pattern, Weekdays):
            return self
        days = tuple(sorted((day.weekday() + after) % WEEK for after in self.pattern.days))
        return replace(self, pattern=Weekdays(days), from_start=False)

    def units_in(self, days: int, *, from_day: date) -> int:
        """Return the units that so many days take, the first being a day of the grid's start."""
        return self.pattern.grid(from_day.toordinal()).rank(from_day.toordinal() + days) * self.units_per_dose


@dataclass(frozen=True, slots=True)
class Supply:
    """What a register says of the medicine: the regimen, the last delivery, and what the prescription still gives."""

    regimen: Regimen
    grid_starts_on: date
    interval_days: int | None = None
    delivered_on: date | None = None
    units_each: int | None = None
    signed_on: date | None = None
    last_valid_on: date | None = None
    deliveries: int | None = None
    deliveries_made: int = 0

    @property
    def remaining(self) -> int:
        """Return the deliveries left on the prescription."""
        return (self.deliveries or 0) - self.deliveries_made


@lru_cache(maxsize=5_000)
def read_frequency(text: str) -> Frequency | None:
    """Return how often a dose is due ("every 2 weeks", "twice daily, 14 days in 21"), or None where it is not plain."""
    plain = " ".join(text.casefold().replace("-", " ").replace("per ", "a ").split()).strip(".")
    if times := _TIMES_A_DAY.get(plain):
        return Frequency(EveryDays(1), times)
    if days := _EVERY.get(plain):
        return Frequency(EveryDays(days))
    if weekdays := _DAYS_OF_WEEK.get(plain):
        return Frequency(Weekdays(weekdays))
    if days_after := _TIMES_A_WEEK.get(plain):
        return Frequency(Weekdays(days_after), from_start=True)
    return _read_cycle(plain) or _read_every(plain)


def _read_cycle(plain: str) -> Frequency | None:
    for expression, whole in ((_CYCLE, True), (_ON_OFF, False)):
        if match := expression.fullmatch(plain):
            each_day = _TIMES_A_DAY.get(match.group(1).strip(" ,") or "daily")
            on, other = int(match.group(2)), int(match.group(3))
            off = other - on if whole else other
            return Frequency(Cycle(on, off), each_day) if each_day and on > 0 and off >= 0 else None
    return None


def _read_every(plain: str) -> Frequency | None:
    if match := _SHORT_HAND.fullmatch(plain.removeprefix("every ")):
        return _every(match.group(1), {"7": 1, "52": WEEK, "12": MONTH}[match.group(2)])
    if match := _EVERY_SO_MANY.fullmatch(plain):
        word, unit, number, of_unit, short, of_short = match.groups()
        if short:
            return _every(short, WEEK if of_short == "w" else 1)
        return _every(word or number, _UNITS[unit or of_unit])
    return None


def _every(word: str, days: int) -> Frequency | None:
    count = int(word) if word.isdigit() else _NUMBERS.get(word, 0)
    return Frequency(EveryDays(count * days)) if 0 < count * days <= 366 else None


@lru_cache(maxsize=20_000)
def read_regimen(*, strength_form: str, dose: str, frequency: str, multi_dose: bool) -> Regimen | None:
    """Return the regimen in units of this strength, or None where strength, dose or frequency is not plain."""
    often, strength, amount = read_frequency(frequency), read_strength(strength_form), read_amount(dose)
    if often is None or strength is None or amount is None:
        return None
    if multi_dose:
        units = 1 if doses_per_container(dose=amount, strength=strength.amount) else None
    else:
        units = units_per_dose(dose=amount, strength=strength.amount)
    return Regimen(often.pattern, units * often.times_a_day, often.from_start) if units else None


def read_supply(
    *,
    regimen: Regimen,
    as_at: date,
    registered_on: date | None,
    last_delivery_on: date | None,
    last_prescription_on: date | None,
    prescription_weeks: int | None,
    number_of_deliveries: int | None,
    controlled: bool,
) -> Supply:
    """Return what the register says of the supply. What lies after `as_at` has not happened yet and is left out."""
    delivered_on = last_delivery_on if last_delivery_on and last_delivery_on <= as_at else None
    signed_on = last_prescription_on if last_prescription_on and last_prescription_on <= as_at else None
    starts_on = delivered_on or min(registered_on or as_at, as_at)
    regimen = regimen.starting_on(starts_on)
    if not prescription_weeks or not number_of_deliveries:
        return Supply(regimen, starts_on)
    interval = max(1, prescription_weeks * WEEK // number_of_deliveries)
    units_each = regimen.units_in(ceil(prescription_weeks * WEEK / number_of_deliveries), from_day=starts_on)
    supply = Supply(regimen, starts_on, interval, delivered_on if units_each else None, units_each or None)
    if signed_on is None or not units_each:
        return supply
    return Supply(
        regimen, starts_on, interval, supply.delivered_on, units_each, signed_on,
        last_valid_on(issued_on=signed_on, controlled=controlled), number_of_deliveries,
        min(number_of_deliveries, deliveries_since(signed_on, last=delivered_on, interval=interval)),
    )  # fmt: skip


def deliveries_since(day: date, *, last: date | None, interval: int) -> int:
    """Return how many deliveries there were from a day on, the last of them known, at this spacing."""
    return 0 if last is None or last < day else (last - day) // timedelta(days=interval) + 1


def pattern_columns(pattern: Pattern) -> tuple[str, int | None, int | None, int | None, Sequence[int] | None]:
    """Return a pattern as a phase's columns hold it: its name, every so many days, days on, days off, weekdays."""
    if isinstance(pattern, EveryDays):
        return "EVERY_DAYS", pattern.days, None, None, None
    if isinstance(pattern, Cycle):
        return "CYCLE", None, pattern.on, pattern.off, None
    if isinstance(pattern, Weekdays):
        return "WEEKDAYS", None, None, None, pattern.days
    raise TypeError(f"A register does not say {pattern}.")
