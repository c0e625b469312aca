"""What is asked about an enrolment's cover and what is answered: plain frozen values, no database."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from patients.cover.regimen import Phase, Suspension


class FactKind(StrEnum):
    """What can happen to the medicine at home."""

    DELIVERY = "DELIVERY"
    COUNT = "COUNT"
    MISSED = "MISSED"
    TAKEN = "TAKEN"
    WRITE_OFF = "WRITE_OFF"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known about the medicine at home on a day.

    Units are what one counts (pens, tablets). `expires_on` is a delivery's; `after_dose` is a count's, made after
    that day's dose. `assumed` marks what was taken from a register and nobody has confirmed.
    """

    kind: FactKind
    on: dt.date
    units: int = 0
    expires_on: dt.date | None = None
    after_dose: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class RemainingSupply:
    """What a prescription still gives: deliveries left, units in each, and the last day one may be dispensed."""

    remaining: int
    units_each: int
    last_valid_on: dt.date
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class CoverQuestion:
    """All that an enrolment's cover depends on.

    `buffer_days` is how many days before the first uncovered dose a delivery should be there; the two leads are in
    working days: the clinic's and the pharmacy's together, and the provider's. `shelf_life_days` is the product's
    where it has one that matters.
    """

    as_at: dt.date
    phases: tuple[Phase, ...]
    facts: tuple[Fact, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    prescription: RemainingSupply | None = None
    buffer_days: int = 7
    lead_working_days: int = 10
    provider_lead_working_days: int = 2
    shelf_life_days: int | None = None


class Flag(StrEnum):
    """What a person should look at before trusting the dates."""

    CANNOT_COMPUTE = "CANNOT_COMPUTE"
    STOCK_BELOW_NOTHING = "STOCK_BELOW_NOTHING"
    MISSED_WITHOUT_DOSE = "MISSED_WITHOUT_DOSE"
    PART_DOSE = "PART_DOSE"
    RESTART_ASSUMED = "RESTART_ASSUMED"
    REGIMEN_ASSUMED = "REGIMEN_ASSUMED"
    FACT_ASSUMED = "FACT_ASSUMED"
    PRESCRIPTION_ASSUMED = "PRESCRIPTION_ASSUMED"
    DELIVERY_IN_SUSPENSION = "DELIVERY_IN_SUSPENSION"
    PROVISIONAL_DATE = "PROVISIONAL_DATE"


ASSUMED_FLAGS = frozenset(
    {Flag.RESTART_ASSUMED, Flag.REGIMEN_ASSUMED, Flag.FACT_ASSUMED, Flag.PRESCRIPTION_ASSUMED},
)


@dataclass(frozen=True, slots=True)
class IfResumed:
    """The dates as they would be if a suspended patient began again tomorrow."""

    first_uncovered_dose_on: dt.date | None
    next_delivery_due_on: dt.date | None
    prescription_needed_by_on: dt.date | None
    prompt_due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class CoverAnswer:
    """The dates that everything hangs on (docs/cover.md says what each means).

    `recompute_on` is the first day on which time alone, with no new fact, could move a stored date; None: never.
    `flags` say what a person should look at; `problem` is set, and every date null, when it could not be computed.
    `question` is what was asked, for the reasons (reasons.py).
    """

    stock_known: bool
    units_on_hand: int | None = None
    uncovered_doses_on: tuple[dt.date, ...] = ()
    first_uncovered_dose_on: dt.date | None = None
    days_of_cover: int | None = None
    next_delivery_due_on: dt.date | None = None
    planned_deliveries_on: tuple[dt.date, ...] = ()
    script_cover_ends_on: dt.date | None = None
    needs_prescription: bool = False
    prescription_needed_by_on: dt.date | None = None
    prompt_due_on: dt.date | None = None
    if_resumed_tomorrow: IfResumed | None = None
    recompute_on: dt.date | None = None
    flags: tuple[Flag, ...] = ()
    problem: str = ""
    question: CoverQuestion | None = field(default=None, repr=False, compare=False)

    @property
    def assumed(self) -> bool:
        """Say whether anything the dates rest on was assumed and not confirmed."""
        return not ASSUMED_FLAGS.isdisjoint(self.flags)

    def stored_dates(self) -> dict[str, Any]:
        """Return what time alone moves only on `recompute_on`: the columns worth storing."""
        return {
            "first_uncovered_dose_on": self.first_uncovered_dose_on,
            "next_delivery_due_on": self.next_delivery_due_on,
            "planned_deliveries_on": self.planned_deliveries_on,
            "script_cover_ends_on": self.script_cover_ends_on,
            "needs_prescription": self.needs_prescription,
            "prescription_needed_by_on": self.prescription_needed_by_on,
            "prompt_due_on": self.prompt_due_on,
        }
