"""Between the rows and the rules: load the journeys of many clocks at once, and read each on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from patients.models.assessing import Choice
from patients.models.clocks import ClockStop, PathwayClock, PathwayStep
from patients.models.enrolment import Consent
from patients.pathway.clocks import Reading, Step, Stop, clock_of
from patients.pathway.facts import requirements_for
from patients.pathway.requirements import open_codes
from patients.pathway.stages import Open


@dataclass(frozen=True)
class Journey:
    """One clock with all that is on record of it, read on a day."""

    clock: PathwayClock
    days: dict[str, dt.date]  # of each milestone that was reached
    stops: tuple[ClockStop, ...]
    reading: Reading

    @property
    def stopped(self) -> ClockStop | None:
        """Return the stop that is open now."""
        return next((stop for stop in self.stops if stop.to_on is None), None)


def journeys_of(clocks: Collection[PathwayClock], *, today: dt.date) -> dict[int, Journey]:
    """Return the journey of each clock, in two queries however many they are."""
    steps: dict[int, list[PathwayStep]] = defaultdict(list)
    for step in PathwayStep.objects.filter(clock__in=clocks).order_by("clock_id", "pk"):
        steps[step.clock_id].append(step)
    stops: dict[int, list[ClockStop]] = defaultdict(list)
    for stop in ClockStop.objects.filter(clock__in=clocks).select_related("stopped_by").order_by("clock_id", "from_on"):
        stops[stop.clock_id].append(stop)
    return {clock.pk: _journey(clock, steps[clock.pk], stops[clock.pk], today=today) for clock in clocks}


def _journey(clock: PathwayClock, steps: list[PathwayStep], stops: list[ClockStop], *, today: dt.date) -> Journey:
    days = days_of(steps)
    reading = clock_of(
        list(_as_they_hold(steps, days)),
        [Stop(stop.from_on, stop.to_on, stop.reason) for stop in stops],
        today=today,
        ended_on=clock.ended_on,
    )
    return Journey(clock, days, tuple(stops), reading)


def days_of(steps: Iterable[PathwayStep]) -> dict[str, dt.date]:
    """Return the day of each milestone, in the order of their writing: said again with another day, that one holds."""
    return {step.milestone: step.reached_on for step in steps if step.milestone}


def _as_they_hold(steps: Iterable[PathwayStep], days: dict[str, dt.date]) -> Iterable[Step]:
    """Yield the steps with the day that holds for each; a later saying of a milestone is no step of its own."""
    said: set[str] = set()
    for step in steps:
        if step.milestone and step.milestone in said:
            continue
        said.add(step.milestone)
        yield Step(days.get(step.milestone, step.reached_on), step.stage, step.whose)


def open_codes_for(enrolment_ids: Sequence[int], *, today: dt.date) -> dict[int, set[str]]:
    """Return which requirements each of these enrolments has open, the choice and the consent among them."""
    chosen = set(Choice.objects.filter(enrolment__in=enrolment_ids).values_list("enrolment_id", flat=True))
    consents = Consent.objects.in_force().filter(enrolment__in=enrolment_ids)
    consented = set(consents.values_list("enrolment_id", flat=True))
    return {
        pk: {str(code) for code in open_codes(requirements)}
        | ({Open.CHOICE} if pk not in chosen else set())
        | ({Open.CONSENT} if pk not in consented else set())
        for pk, requirements in requirements_for(enrolment_ids, today=today).items()
    }
