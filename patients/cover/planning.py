"""Planning deliveries and asking in time: from the first uncovered dose back to the day to begin asking.

Days are ordinals. `Terms` are what was agreed with the clinic and the provider, as at a day.
"""

from collections.abc import Sequence
from typing import NamedTuple

from homecare.core.calendar import ENGLAND_AND_WALES as WORKING
from patients.cover.regimen import FOREVER, Stretch, next_dose
from patients.cover.walk import Lots, advance, first_uncovered, receive

HORIZON_DAYS = 1095
AT_LEAST_TOMORROW = 1  # working days: no delivery is planned for today, however quick the provider
LOOK_FURTHER_DAYS = 370  # how far past the horizon to look for what will come into sight


class Terms(NamedTuple):
    """What planning depends on besides the medicine at home; days are ordinals."""

    as_at: int
    buffer: int
    lead: int
    provider_lead: int
    shelf_life: int | None
    remaining: int
    units_each: int
    last_valid: int

    @property
    def horizon(self) -> int:
        """Return the last day any walk looks at."""
        return self.as_at + HORIZON_DAYS


class Plan(NamedTuple):
    """The planned dates, as ordinals; `recompute` is the first day on which time alone could move one."""

    first_uncovered: int | None
    next_delivery: int | None = None
    arrivals: tuple[int, ...] = ()
    script_end: int | None = None
    needed_by: int | None = None
    prompt: int | None = None
    recompute: int = FOREVER


class Slot(NamedTuple):
    """When a delivery would arrive, and when it would be dispensed."""

    arrives: int
    dispensed: int


def slot_for(uncovered: int, terms: Terms) -> Slot:
    """Return when the delivery for a first uncovered day arrives: on a working day, in time or as soon as can be."""
    wanted = WORKING.on_or_before(uncovered - terms.buffer)
    arrives = max(wanted, WORKING.after(terms.as_at, max(terms.provider_lead, AT_LEAST_TOMORROW)))
    dispensed = max(WORKING.before(arrives, terms.provider_lead), WORKING.on_or_after(terms.as_at))
    return Slot(arrives, dispensed)


def plan(stretches: Sequence[Stretch], lots: Lots, uncovered: int | None, terms: Terms) -> Plan:
    """Plan each delivery the prescription can still give, and the dates that follow from the last."""
    if uncovered is None:
        return Plan(None, recompute=_when_in_sight(stretches, lots, terms.as_at + 1, terms))
    slot = slot_for(uncovered, terms)
    next_delivery = slot.arrives
    recompute = _when_late(uncovered, slot, terms)
    lots = [lot[:] for lot in lots]
    arrivals: list[int] = []
    day = terms.as_at + 1
    end: int | None = uncovered
    while end is not None and len(arrivals) < terms.remaining:
        if arrivals:
            slot = slot_for(end, terms)
        if slot.dispensed > terms.last_valid:
            break
        advance(stretches, lots, day, slot.arrives - 1)
        day = slot.arrives
        receive(lots, terms.units_each, FOREVER if terms.shelf_life is None else day + terms.shelf_life)
        arrivals.append(slot.arrives)
        end = first_uncovered(stretches, lots, day, terms.horizon)
    if end is None:
        recompute = min(recompute, _when_in_sight(stretches, lots, day, terms))
    return Plan(uncovered, next_delivery, tuple(arrivals), end, *_ask(end, terms), recompute)


def _ask(end: int | None, terms: Terms) -> tuple[int | None, int | None]:
    """Return the days by which the provider needs a new prescription, and on which to begin asking for it."""
    if end is None:
        return None, None
    needed_by = WORKING.before(WORKING.on_or_before(end - terms.buffer), terms.provider_lead)
    return needed_by, WORKING.before(needed_by, terms.lead)


def _when_late(uncovered: int, slot: Slot, terms: Terms) -> int:
    """Return the first day too late to dispense the next delivery in time, or tomorrow if that has passed.

    Until then every planned delivery keeps its day: they come one after another, and none is bound by `as_at`.
    """
    in_time = WORKING.on_or_before(uncovered - terms.buffer)
    too_late = WORKING.before(in_time, max(terms.provider_lead, AT_LEAST_TOMORROW)) + 1
    if slot.arrives > in_time:
        return terms.as_at + 1
    return max(terms.as_at + 1, too_late)


def _when_in_sight(stretches: Sequence[Stretch], lots: Lots, start: int, terms: Terms) -> int:
    """Return the first day on which an uncovered dose past the horizon could come into sight."""
    if next_dose(stretches, terms.horizon + 1) is None:
        return FOREVER
    further = first_uncovered(stretches, lots, start, terms.horizon + LOOK_FURTHER_DAYS)
    return terms.as_at + LOOK_FURTHER_DAYS if further is None else further - HORIZON_DAYS
