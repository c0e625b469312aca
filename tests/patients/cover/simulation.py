"""The slow reference: cover by living through every day, written from docs/cover.md and nothing else.

It shares only the question's value types with the real computation: no calendar, no grid, no lots.
"""

import datetime as dt
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from patients.cover.questions import CoverQuestion, Fact, FactKind
from patients.cover.regimen import Cycle, EveryDays, Phase, Weekdays

DAY = dt.timedelta(days=1)
HORIZON = dt.timedelta(days=1095)
HOLIDAYS = BankHolidays(use_cached_holidays=True)


@cache
def working(day: dt.date) -> bool:
    return HOLIDAYS.is_work_day(day, division=BankHolidays.ENGLAND_AND_WALES)


def step(day: dt.date, n: int, by: dt.timedelta) -> dt.date:
    """The n-th working day from a day, in one direction, one day at a time."""
    while n:
        day += by
        if working(day):
            n -= 1
    return day


def nearest(day: dt.date, by: dt.timedelta) -> dt.date:
    while not working(day):
        day += by
    return day


def asks(phase: Phase, day: dt.date) -> bool:
    """Whether the phase asks for a dose on a day, pauses apart."""
    if day < phase.starts_on or (phase.ends_on and day > phase.ends_on):
        return False
    pattern, since = phase.pattern, (day - phase.starts_on).days
    if isinstance(pattern, EveryDays):
        return since % pattern.days == 0
    if isinstance(pattern, Cycle):
        return since % (pattern.on + pattern.off) < pattern.on
    if isinstance(pattern, Weekdays):
        return day.weekday() in pattern.days
    return day in pattern.days


class Regimen:
    def __init__(self, phases, pauses):
        self.phases, self.pauses = phases, pauses
        self.known = {}

    def paused(self, day):
        return any(start <= day and (end is None or day <= end) for start, end in self.pauses)

    def dose(self, day):
        """Units asked for on a day; 0 for none."""
        if day not in self.known:
            units = 0 if self.paused(day) else sum(p.units_per_dose for p in self.phases if asks(p, day))
            self.known[day] = units
        return self.known[day]


class Fridge:
    """Single units, each with its own last day (date.max for none)."""

    def __init__(self, units=()):
        self.units = sorted(units)

    def __bool__(self):
        return True  # an empty fridge is a known one

    def gone(self, day):
        self.units = [last for last in self.units if last >= day]

    def take(self, n):
        taken, self.units = self.units[:n], self.units[n:]
        return taken

    def put(self, units):
        self.units = sorted([*self.units, *units])

    def dose(self, n):
        return self.take(n) if n and len(self.units) >= n else []


def live(question: CoverQuestion, regimen: Regimen):
    """Live from the first fact to as_at: the fridge (None: unknown), the doses lived, each covered or not."""
    facts = [fact for fact in question.facts if fact.on <= question.as_at]
    fridge, doses = None, []
    day = min((fact.on for fact in facts), default=question.as_at)
    while day <= question.as_at:
        fridge = live_day(question, regimen, fridge, doses, [fact for fact in facts if fact.on == day], day)
        day += DAY
    return fridge, doses


def live_day(question, regimen, fridge, doses, facts, day):
    def of(*kinds, after_dose=False):
        return [fact for kind in kinds for fact in facts if fact.kind is kind and fact.after_dose is after_dose]

    fridge = receive(question, fridge, of(FactKind.DELIVERY), of(FactKind.COUNT), day)
    if fridge:
        used = fridge.dose(regimen.dose(day))
        if regimen.dose(day):
            doses.append((day, bool(used), regimen.dose(day)))
        if of(FactKind.MISSED):
            fridge.put(used)
        for fact in of(FactKind.TAKEN, FactKind.WRITE_OFF):
            fridge.take(fact.units)
    for fact in of(FactKind.COUNT, after_dose=True):
        fridge = count(question, fridge or Fridge(), fact)
    return fridge


def receive(question, fridge, deliveries, counts, day):
    """What is at home before the day's dose."""
    if fridge:
        fridge.gone(day)
    for fact in deliveries:
        fridge = fridge or Fridge()
        last = fact.expires_on or dt.date.max
        if last >= day:
            fridge.put([last] * fact.units)
    for fact in counts:
        fridge = count(question, fridge or Fridge(), fact)
    return fridge


def count(question: CoverQuestion, fridge: Fridge, fact: Fact) -> Fridge:
    more = fact.units - len(fridge.units)
    if more < 0:
        fridge.take(-more)
    else:
        shelf = question.shelf_life_days
        fridge.put([dt.date.max if shelf is None else fact.on + shelf * DAY] * more)
    return fridge


def walk(regimen, fridge, start, as_at, arrivals=(), since=None):
    """The first uncovered dose day on or after `since`, with the arrivals [(day, units, last)], up to the horizon."""
    fridge, day = Fridge(fridge.units), start
    while day <= as_at + HORIZON:
        fridge.gone(day)
        for arrives, units, last in arrivals:
            if arrives == day:
                fridge.put([last] * units)
        asked = regimen.dose(day)
        if asked and not fridge.dose(asked) and day >= (since or start):
            return day
        day += DAY
    return None


def arrival(question, uncovered):
    n, as_at = question.provider_lead_working_days, question.as_at
    arrives = nearest(uncovered - question.buffer_days * DAY, -DAY)
    arrives = max(arrives, step(as_at, max(n, 1), DAY))  # never today, however quick the provider
    return arrives, max(step(arrives, n, -DAY), nearest(as_at, DAY))


def plan(question: CoverQuestion, regimen: Regimen, fridge: Fridge, uncovered):
    """Every date that follows from the first uncovered day."""
    dates = dict.fromkeys(
        (
            "first_uncovered_dose_on",
            "next_delivery_due_on",
            "script_cover_ends_on",
            "prescription_needed_by_on",
            "prompt_due_on",
        )
    ) | {"planned_deliveries_on": (), "needs_prescription": False}
    if uncovered is None:
        return dates
    supply, arrivals, end = question.prescription, [], uncovered
    for _ in range(supply.remaining if supply else 0):
        if end is None:
            break
        arrives, dispensed = arrival(question, end)
        if dispensed > supply.last_valid_on:
            break
        shelf = question.shelf_life_days
        arrivals.append((arrives, supply.units_each, dt.date.max if shelf is None else arrives + shelf * DAY))
        end = walk(regimen, fridge, question.as_at + DAY, question.as_at, arrivals, since=arrives)
    dates["first_uncovered_dose_on"] = uncovered
    dates["next_delivery_due_on"] = arrival(question, uncovered)[0]
    dates["planned_deliveries_on"] = tuple(day for day, _, _ in arrivals)
    dates["needs_prescription"] = not arrivals
    dates["script_cover_ends_on"] = end
    if end:
        needed = step(nearest(end - question.buffer_days * DAY, -DAY), question.provider_lead_working_days, -DAY)
        dates["prescription_needed_by_on"] = needed
        dates["prompt_due_on"] = step(needed, question.lead_working_days, -DAY)
    return dates


def out_since(question, regimen, fridge, doses):
    """The first day of the present run without medicine, or None if the patient is not out."""
    if not doses or doses[-1][1] or len(fridge.units) >= doses[-1][2] or regimen.paused(question.as_at):
        return None
    if not any(regimen.dose(question.as_at + n * DAY) for n in range(1, 1096)):
        return None
    first = None
    for day, covered, _ in reversed(doses):
        if covered:
            break
        first = day
    return first


def resumed(question: CoverQuestion, fridge: Fridge):
    tomorrow = question.as_at + DAY
    pauses = [
        (s.from_on, question.as_at)
        if s.from_on <= question.as_at and (not s.to_on or s.to_on >= question.as_at)
        else (s.from_on, s.to_on)
        for s in question.suspensions
    ]
    phases = []
    for phase in question.phases:
        in_force = phase.starts_on <= tomorrow and (not phase.ends_on or phase.ends_on >= tomorrow)
        start = tomorrow if in_force else phase.starts_on
        phases.append(Phase(start, phase.pattern, phase.units_per_dose, phase.ends_on))
    regimen = Regimen(phases, pauses)
    dates = plan(question, regimen, fridge, walk(regimen, fridge, tomorrow, question.as_at))
    return {
        name: dates[name]
        for name in ("first_uncovered_dose_on", "next_delivery_due_on", "prescription_needed_by_on", "prompt_due_on")
    }


def simulate(question: CoverQuestion) -> dict:
    """The answer in plain values, by name."""
    regimen = Regimen(question.phases, [(s.from_on, s.to_on) for s in question.suspensions])
    fridge, doses = live(question, regimen)
    if fridge is None:
        return {
            "stock_known": False,
            "units_on_hand": None,
            "uncovered_doses_on": (),
            "days_of_cover": None,
            "if_resumed_tomorrow": None,
            **plan(question, regimen, Fridge(), None),
        }
    uncovered = out_since(question, regimen, fridge, doses)
    if uncovered is None:
        uncovered = walk(regimen, fridge, question.as_at + DAY, question.as_at)
    recent = question.as_at - 90 * DAY
    return {
        "stock_known": True,
        "units_on_hand": len(fridge.units),
        "uncovered_doses_on": tuple(day for day, covered, _ in doses if not covered and day > recent),
        "days_of_cover": (uncovered - question.as_at).days if uncovered else None,
        "if_resumed_tomorrow": resumed(question, fridge) if regimen.paused(question.as_at) else None,
        **plan(question, regimen, fridge, uncovered),
    }
