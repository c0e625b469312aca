"""Reading how much and how often from a register's words: "160mg" of "40mg tablets", "twice daily, 14 days in 21".

What cannot be read for certain is not read: `Unreadable` says why, and somebody enters the regimen.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from homecare.core.errors import Refused
from patients.cover.regimen import Cycle, EveryDays


class Unreadable(Refused):
    """Words that do not say for certain what the dose is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


class Amount(NamedTuple):
    """A quantity of medicine in the smallest unit of its kind ("mass" in micrograms, "activity" in units)."""

    number: Fraction
    kind: str


UNITS = {
    "microgram": (1, "mass"),
    "micrograms": (1, "mass"),
    "mcg": (1, "mass"),
    "µg": (1, "mass"),
    "μg": (1, "mass"),
    "mg": (1_000, "mass"),
    "g": (1_000_000, "mass"),
    "unit": (1, "activity"),
    "units": (1, "activity"),
    "iu": (1, "activity"),
}
FORMS = {
    "pen": "pen",
    "syringe": "syringe",
    "tablet": "tablet",
    "capsule": "capsule",
    "cartridge": "cartridge",
    "vial": "vial",
    "sachet": "sachet",
    "ampoule": "ampoule",
    "injector": "injector",
    "autoinjector": "injector",
}
MANY_DOSES_IN_ONE = frozenset({"cartridge"})
AMOUNT = re.compile(r"(?P<number>[0-9]{1,7}(?:\.[0-9]{1,6})?)\s*(?P<unit>[a-zµμ]+)")
DAILY_TIMES = {
    "daily": 1,
    "once daily": 1,
    "once a day": 1,
    "every day": 1,
    "od": 1,
    "twice daily": 2,
    "twice a day": 2,
    "bd": 2,
    "bid": 2,
    "three times daily": 3,
    "three times a day": 3,
    "tds": 3,
    "four times daily": 4,
    "four times a day": 4,
    "qds": 4,
}
INTERVALS = {
    "alternate days": 2,
    "every other day": 2,
    "weekly": 7,
    "once weekly": 7,
    "once a week": 7,
    "every week": 7,
    "fortnightly": 14,
    "every fortnight": 14,
    "every other week": 14,
    "monthly": 28,
    "once a month": 28,
    "every month": 28,
}
THREE_TIMES_A_WEEK = frozenset({"three times a week", "three times weekly", "3 times a week", "3x a week", "3 x week"})
NUMBERS = {"two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "twelve": 12}
EVERY = re.compile(r"(?:every (?P<every>\w{1,6}) (?P<what>days|weeks|wks)|(?P<weekly>\w{1,6})[ -]weekly)")
CYCLE = re.compile(
    r"(?P<daily>.+?),? (?:for )?(?P<on>[0-9]{1,3}) days "
    r"(?:in (?P<period>[0-9]{1,3})|on,? (?:and )?(?P<off>[0-9]{1,3}) days off)"
)
LONGEST_INTERVAL = 366
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: a pattern with its doses on a dose day, or three times a week from the day it starts."""

    pattern: EveryDays | Cycle | None
    times_a_day: int = 1

    @property
    def three_times_a_week(self) -> bool:
        """Say whether the weekdays depend on the day it starts."""
        return self.pattern is None


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose day's units, and what a unit is."""

    units: int
    unit: str


def _plain(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Unreadable("too_long", "This is too long to be a dose. Shorten it to what is taken and how often.")
    return " ".join(text.casefold().split()).rstrip(". ")


def _amount(text: str) -> Amount:
    found = AMOUNT.fullmatch(_plain(text).replace(",", ""))
    if found is None or found["unit"] not in UNITS:
        raise Unreadable("dose_unreadable", f"“{text}” is not an amount such as 40mg.")
    factor, kind = UNITS[found["unit"]]
    amount = Amount(Fraction(found["number"]) * factor, kind)
    if amount.number <= 0:
        raise Unreadable("dose_unreadable", f"“{text}” is no amount.")
    return amount


def _product(text: str) -> tuple[Amount, str]:
    """Return the strength of one and what one is."""
    strength, _, form = _plain(text).rpartition(" ")
    if form.removesuffix("s") not in FORMS:
        raise Unreadable("form_unreadable", f"“{text}” does not say what one counts, such as 40mg pen.")
    strength = strength.removesuffix(" pre-filled").removesuffix(" prefilled")
    return _amount(strength), FORMS[form.removesuffix("s")]


@lru_cache(maxsize=4096)
def read_dose(dose: str, product: str) -> Dose:
    """Return the units of one dose: whole ones, or doses of a container that holds many.

    "160mg" of "40mg tablets" is four tablets; "0.4mg" of a "10mg cartridge" is one dose, counted as doses.
    """
    asked = _amount(dose)
    strength, form = _product(product)
    if asked.kind != strength.kind:
        raise Unreadable("dose_unlike_strength", f"“{dose}” and “{product}” are not measured alike.")
    units = asked.number / strength.number
    if units < 1 and form in MANY_DOSES_IN_ONE:
        return Dose(1, "dose")
    if units.denominator != 1:
        raise Unreadable("dose_not_whole", f"“{dose}” is not a whole number of “{product}”.")
    return Dose(int(units), form)


@lru_cache(maxsize=4096)
def read_frequency(text: str) -> Frequency:
    """Return how often a dose is due, and how many times on such a day."""
    said = _plain(text)
    cycle = CYCLE.fullmatch(said)
    if cycle:
        return _cycle(cycle, text)
    if said in DAILY_TIMES:
        return Frequency(EveryDays(1), DAILY_TIMES[said])
    if said in THREE_TIMES_A_WEEK:
        return Frequency(None)
    return Frequency(EveryDays(INTERVALS.get(said) or _interval(said, text)))


def _cycle(found: re.Match[str], text: str) -> Frequency:
    on = int(found["on"])
    off = int(found["period"]) - on if found["period"] else int(found["off"])
    if found["daily"] not in DAILY_TIMES or on < 1 or off < 0 or on + off > LONGEST_INTERVAL:
        raise _frequency_unreadable(text)
    return Frequency(Cycle(on, off), DAILY_TIMES[found["daily"]])


def _interval(said: str, text: str) -> int:
    found = EVERY.fullmatch(said)
    if found is None:
        raise _frequency_unreadable(text)
    word = found["every"] or found["weekly"]
    number = NUMBERS.get(word) or (int(word) if word.isascii() and word.isdigit() else 0)
    days = number * (1 if found["what"] == "days" else 7)
    if not 1 <= days <= LONGEST_INTERVAL:
        raise _frequency_unreadable(text)
    return days


def _frequency_unreadable(text: str) -> Unreadable:
    return Unreadable("frequency_unreadable", f"“{text}” does not say for certain on which days a dose is due.")
