"""From a row of a hospital's register to regimen, stock and remaining deliveries, all of it assumed until confirmed.

The register says when the last delivery came, not what is at home. So: that delivery is one fact, of the doses until
the next; the dose days start with it; and the deliveries left are those of the prescription less those since.
"""

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction

from patients.cover.doses import Dose, Frequency, Unreadable, read_dose, read_frequency
from patients.cover.legal_life import CAUTIOUS, LegalLife, last_valid_on
from patients.cover.questions import Fact, FactKind, RemainingSupply
from patients.cover.regimen import Pattern, Phase, Weekdays

WEEK = 7
MOST_WEEKS = 260  # five years: more is a slip of the pen


@dataclass(frozen=True, slots=True)
class RegisteredSupply:
    """What a row of a register says of dose and supply, as plain values; None or empty where it says nothing."""

    dose: str
    product: str
    frequency: str
    weeks: int | None
    deliveries: int | None
    prescribed_on: dt.date | None
    last_delivery_on: dt.date | None
    controlled: bool = False


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Something that could not be drawn from the row: which, why (a code), and in words what to do about it."""

    what: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RegisterCover:
    """What cover starts from. `unit` is what one counts at home, in the singular; None where the dose is unreadable."""

    phases: tuple[Phase, ...] = ()
    facts: tuple[Fact, ...] = ()
    prescription: RemainingSupply | None = None
    unit: str | None = None
    not_known: tuple[NotKnown, ...] = ()


def cover_from(row: RegisteredSupply, *, as_at: dt.date, life: LegalLife = CAUTIOUS) -> RegisterCover:
    """Return phases, first fact and remaining supply, and what could not be known; nothing is guessed.

    Without a last delivery the dose days start on `as_at`, and stock is unknown until somebody counts.
    """
    try:
        dose, frequency = read_dose(row.dose, row.product), read_frequency(row.frequency)
    except Unreadable as problem:
        return RegisterCover(not_known=(NotKnown("regimen", problem.code, problem.message),))
    delivered_on = row.last_delivery_on if row.last_delivery_on and row.last_delivery_on <= as_at else None
    phase = _phase(dose, frequency, delivered_on or as_at)
    spacing = _spacing(row)
    units = 0 if spacing is None else _units_in(phase, spacing)
    not_known = [*_stock_not_known(row, delivered_on, spacing), *_supply_not_known(row, spacing)]
    facts = (Fact(FactKind.DELIVERY, delivered_on, units, assumed=True),) if delivered_on and units else ()
    supply = _supply(row, delivered_on, spacing, units, life) if spacing is not None else None
    return RegisterCover((phase,), facts, supply, dose.unit, tuple(not_known))


def _phase(dose: Dose, frequency: Frequency, start: dt.date) -> Phase:
    return Phase(start, _pattern(frequency, start), dose.units * frequency.times_a_day, assumed=True)


def _pattern(frequency: Frequency, start: dt.date) -> Pattern:
    """Return the pattern; three times a week is the weekday of the start, two days on and four days on."""
    if frequency.pattern is not None:
        return frequency.pattern
    return Weekdays(tuple(sorted((start.weekday() + days) % WEEK for days in (0, 2, 4))))


def _spacing(row: RegisteredSupply) -> Fraction | None:
    """Return the days between deliveries, if the row says how many over how long."""
    if row.weeks is None or row.deliveries is None:
        return None
    if not 1 <= row.weeks <= MOST_WEEKS or not 1 <= row.deliveries <= row.weeks * WEEK:
        return None
    return Fraction(row.weeks * WEEK, row.deliveries)


def _units_in(phase: Phase, spacing: Fraction) -> int:
    """Return the units of the doses in so many days, the first being a dose day."""
    start = phase.starts_on.toordinal()
    return phase.pattern.grid(start).rank(start + math.ceil(spacing)) * phase.units_per_dose


def _supply(
    row: RegisteredSupply, delivered_on: dt.date | None, spacing: Fraction, units: int, life: LegalLife
) -> RemainingSupply | None:
    """Return what the prescription still gives: its deliveries less those since its date, at their spacing."""
    if row.prescribed_on is None or row.deliveries is None:
        return None
    remaining = max(0, row.deliveries - _deliveries_since(row.prescribed_on, delivered_on, spacing))
    last = last_valid_on(issued_on=row.prescribed_on, controlled=row.controlled, life=life)
    return RemainingSupply(remaining, units, last, assumed=True)


def _deliveries_since(prescribed_on: dt.date, delivered_on: dt.date | None, spacing: Fraction) -> int:
    """Count deliveries backwards from the last one, the last being the first, to the prescription's date."""
    if delivered_on is None or delivered_on < prescribed_on:
        return 0
    return 1 + math.floor((delivered_on - prescribed_on).days / spacing)


def _stock_not_known(row: RegisteredSupply, delivered_on: dt.date | None, spacing: Fraction | None) -> list[NotKnown]:
    if row.last_delivery_on is None:
        return [NotKnown("stock", "no_last_delivery", "No last delivery is given. Ask for a count.")]
    if delivered_on is None:
        message = f"The last delivery, {row.last_delivery_on:%d/%m/%Y}, has not come yet. Ask for a count."
        return [NotKnown("stock", "last_delivery_ahead", message)]
    if spacing is None:
        message = "How much was delivered cannot be told without weeks and number of deliveries. Ask for a count."
        return [NotKnown("stock", "delivery_size_unknown", message)]
    return []


def _supply_not_known(row: RegisteredSupply, spacing: Fraction | None) -> list[NotKnown]:
    if row.prescribed_on is not None and spacing is not None:
        return []
    message = "What the prescription still gives cannot be told without its date, weeks and number of deliveries."
    return [NotKnown("prescription", "prescription_unreadable", message)]
