"""Blood tests: when each was due and done, what is due now, and the laboratory's figures for some patients."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from homecare.desk.demo.cast import Load
from homecare.desk.demo.dealing import Weighted
from homecare.desk.demo.enrolling import Treated
from homecare.desk.demo.ledger import instant, move, path
from homecare.desk.demo.people import Person
from homecare.desk.demo.stories import DAY, Story
from medicines.models import Analyte
from monitoring import rules

TWO_YEARS = 730
ONE_YEAR = 365
LONG_RECORD_SHARE = 1 / 5  # of patients whose figures of two years are known; of others the last sample's
ABNORMAL_SHARE = 0.04
LABORATORY = "Demonstration pathology"
LATENESS = Weighted([(0, 34), (1, 22), (2, 14), (4, 12), (7, 10), (11, 5), (18, 3)])
OVERDUE_SHARE = 0.06
RESULT_DAYS = 2  # until a result is there
REVIEW_DAYS = 9  # until it has been looked at
LONGEST_UNSEEN_DAYS = 45  # a strange one that nobody has looked at


@dataclass(frozen=True)
class Figure:
    """An analyte as a laboratory reports it: the middle and the spread of healthy adults, the range, the places."""

    middle: float
    spread: float
    low: str
    high: str
    places: int
    abnormal: float = 0.0


FIGURES = {
    "Haemoglobin": Figure(136, 11, "115", "165", 0, 88), "White cell count": Figure(6.8, 1.5, "4.0", "11.0", 1, 2.6),
    "Neutrophils": Figure(4.1, 1.1, "2.0", "7.5", 1, 1.1), "Lymphocytes": Figure(1.9, 0.4, "1.0", "4.0", 1, 0.4),
    "Platelets": Figure(255, 50, "150", "400", 0, 92), "ALT": Figure(24, 8, "0", "50", 0, 168),
    "ALP": Figure(78, 18, "30", "130", 0, 240), "Albumin": Figure(42, 3, "35", "50", 0, 27),
    "Bilirubin": Figure(9, 3, "0", "21", 0, 46), "Creatinine": Figure(76, 14, "45", "104", 0, 171),
    "eGFR": Figure(82, 8, "60", "90", 0, 34), "Potassium": Figure(4.3, 0.3, "3.5", "5.3", 1, 5.9),
    "Sodium": Figure(140, 2, "133", "146", 0, 127), "Total cholesterol": Figure(5.1, 0.8, "0", "5.0", 1, 8.2),
    "LDL cholesterol": Figure(2.9, 0.6, "0", "3.0", 1, 5.4), "PSA": Figure(1.6, 0.9, "0", "4.0", 1, 11.3),
    "IGF-1": Figure(24, 6, "12", "38", 1, 52.0), "HbA1c": Figure(37, 3, "20", "41", 0, 62),
    "TSH": Figure(1.9, 0.7, "0.27", "4.20", 2, 7.9), "Free T4": Figure(15.5, 1.8, "12.0", "22.0", 1, 9.1),
    "Tacrolimus": Figure(7.2, 1.3, "5.0", "10.0", 1, 14.8), "Ferritin": Figure(140, 60, "30", "400", 0, 12),
    "Transferrin saturation": Figure(28, 6, "20", "50", 0, 9), "CRP": Figure(5, 3, "0", "10", 0, 74),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """An analyte of the reference data, with how the demonstration fills it."""

    pk: int
    test: int
    unit: str
    figure: Figure


def read_analytes() -> dict[int, list[Known]]:
    """Return what is measured for each test, by the test's id."""
    tests: dict[int, list[Known]] = {}
    for pk, test, name, unit in Analyte.objects.order_by("pk").values_list("pk", "test_type_id", "name", "unit"):
        if name in FIGURES:
            tests.setdefault(test, []).append(Known(pk, test, unit, FIGURES[name]))
    return tests


@dataclass(frozen=True)
class Sample:
    """A test that was done."""

    due_on: dt.date
    done_on: dt.date


@dataclass(frozen=True)
class Seen:
    """Of which days the results are there, which of them nobody has looked at, and on which one something is wrong."""

    resulted: frozenset[dt.date]
    unseen: frozenset[dt.date]
    strange_on: dt.date | None


class Visits:
    """When one patient came for the tests due on a day: for all together, a little late, or not yet."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._by_due_day: dict[dt.date, tuple[int, bool]] = {}

    def of(self, due_on: dt.date) -> tuple[int, bool]:
        """Return how many days late they came, and whether, if that day is not long ago, they have not come yet."""
        if due_on not in self._by_due_day:
            self._by_due_day[due_on] = (LATENESS.draw(self._rng), self._rng.random() < OVERDUE_SHARE)
        return self._by_due_day[due_on]


class Laboratory:
    """Writes plans, their tests and the figures of one load."""

    def __init__(self, load: Load, analytes: Mapping[int, Sequence[Known]]) -> None:
        self.load = load
        self._analytes = analytes

    def follow(
        self, rng: random.Random, person: Person, treated: Treated, *, place: int
    ) -> list[tuple[dt.date, dt.date]]:
        """Add the plan of an enrolment and its tests; return from which days they waited, and until when."""
        if treated.regimen.protocol is None:
            return []
        plan = self._add_plan(person, treated)
        if treated.story is Story.NO_CONSENT:  # read from a register that knew of no blood test
            return []
        long_record = rng.random() < LONG_RECORD_SHARE
        since = self.load.as_at - (TWO_YEARS if long_record else ONE_YEAR) * DAY + rng.randrange(60) * DAY
        visits, waits = Visits(rng), []
        samples: list[tuple[int, Sample]] = []
        for test in sorted(rules.tests_of(treated.regimen.tests)):
            done, due_on = self._walk(treated, test, since, visits)
            samples += [(test, sample) for sample in done]
            waits += [(sample.due_on, sample.done_on) for sample in done]
            if due_on is not None:
                self._add_waiting(person, plan, test, due_on, ended_on=treated.ended_on)
                waits.append((due_on, self.load.as_at))
        seen = self._seen(rng, [sample.done_on for _, sample in samples])
        for test, sample in samples:
            self._add_done(person, plan, test, sample, seen)
        self._add_figures(rng, person, samples, seen, place=place, all_of_them=long_record)
        return waits

    def _seen(self, rng: random.Random, days: Sequence[dt.date]) -> Seen:
        """Return which samples somebody has looked at: not those of the last days, nor some that are strange."""
        ages = {day: (self.load.as_at - day).days for day in days}
        resulted = sorted(day for day, age in ages.items() if age > RESULT_DAYS)
        strange_on = resulted[-1] if resulted and rng.random() < ABNORMAL_SHARE else None
        unseen = {day for day in resulted if ages[day] <= REVIEW_DAYS and rng.random() < 0.5}
        if strange_on is not None and ages[strange_on] <= LONGEST_UNSEEN_DAYS:
            unseen.add(strange_on)
        return Seen(frozenset(resulted), frozenset(unseen), strange_on)

    def _add_plan(self, person: Person, treated: Treated) -> int:
        pk, ended_on = self.load.ledger.plan_ids.take(), treated.ended_on
        self.load.ledger.plans.add(
            pk, treated.enrolment, person.pk, treated.regimen.protocol, treated.started_on, ended_on, False
        )
        return pk

    def _walk(self, treated: Treated, test: int, since: dt.date, visits: Visits) -> tuple[list[Sample], dt.date | None]:
        """Return the times a test was done since a day, and the day on which it is due now (or was, at the end)."""
        phases, started_on = treated.regimen.tests, treated.started_on
        until = treated.ended_on or self.load.as_at
        if started_on < since:
            due_on = rules.next_due_on(phases, test=test, started_on=started_on, last_done_on=since)
        else:
            due_on = rules.first_due_on(phases, test=test, started_on=started_on)
        done: list[Sample] = []
        while due_on is not None and due_on <= until:
            days_late, not_yet = visits.of(due_on)
            taken_on = max(due_on + days_late * DAY, started_on + DAY)
            if taken_on >= until or (not_yet and (self.load.as_at - due_on).days < 70):
                break
            done.append(Sample(due_on, taken_on))
            due_on = rules.next_due_on(phases, test=test, started_on=started_on, last_done_on=taken_on)
        return done, due_on

    def _add_done(self, person: Person, plan: int, test: int, sample: Sample, seen: Seen) -> None:
        """Add a test that was done: its result awaited, there, or reviewed."""
        ledger, cast, on = self.load.ledger, self.load.cast, sample.done_on
        pk = ledger.item_ids.take()
        events: tuple[str, ...] = ("result", "review")
        moved, actors = [on + DAY, on + 2 * DAY], [cast.lab_import, cast.nurse]
        if on not in seen.resulted:
            events, moved, actors = ("take",), [on], [cast.nurse]
        elif on in seen.unseen:
            events, moved, actors = ("result",), [on + DAY], [cast.lab_import]
        steps = path(events, record="item", begin="PLANNED")
        status = move(ledger.item_moves, pk, steps, moved, actors)
        ledger.items.add(pk, plan, person.pk, test, sample.due_on, status, on, False)

    def _add_waiting(self, person: Person, plan: int, test: int, due_on: dt.date, *, ended_on: dt.date | None) -> None:
        ledger, cast = self.load.ledger, self.load.cast
        pk, status = ledger.item_ids.take(), "PLANNED"
        if ended_on is not None:
            steps = path(("end",), record="item", begin="PLANNED")
            status = move(ledger.item_moves, pk, steps, [ended_on], [cast.technician], why="The treatment ended.")
        elif 0 < (due_on - self.load.as_at).days <= 7:
            steps = path(("request",), record="item", begin="PLANNED")
            status = move(ledger.item_moves, pk, steps, [self.load.as_at - DAY], [cast.nurse])
        ledger.items.add(pk, plan, person.pk, test, due_on, status, None, False)

    # -- figures ------------------------------------------------------------------------------------------------------

    def _add_figures(
        self,
        rng: random.Random,
        person: Person,
        samples: Sequence[tuple[int, Sample]],
        seen: Seen,
        *,
        place: int,
        all_of_them: bool,
    ) -> None:
        """Add the laboratory's figures for the samples that are known; a few show something that somebody must see."""
        tests: dict[dt.date, list[int]] = {}
        for test, sample in samples:
            tests.setdefault(sample.done_on, []).append(test)
        known_days = sorted(seen.resulted)
        own: dict[int, float] = {}
        for day in known_days if all_of_them else known_days[-1:]:
            analytes = [known for test in tests[day] for known in self._analytes.get(test, [])]
            strange = rng.randrange(len(analytes)) if analytes and day == seen.strange_on else -1
            for number, known in enumerate(analytes):
                level = own.setdefault(known.pk, rng.gauss(known.figure.middle, known.figure.spread * 0.7))
                value = (
                    known.figure.abnormal if number == strange else abs(rng.gauss(level, known.figure.spread * 0.35))
                )
                self._add_figure(rng, person, day, known, value, place=place, seen=day not in seen.unseen)

    def _add_figure(
        self,
        rng: random.Random,
        person: Person,
        day: dt.date,
        known: Known,
        value: float,
        *,
        place: int,
        seen: bool,
    ) -> None:
        """Add one figure; a very few were reported as something that is no number."""
        figure = known.figure
        text = f"{value:.{figure.places}f}"
        number: str | None = text
        comparator, oddly = "", rng.random()
        if oddly < 0.002:
            text, number = "HAEMOLYSED", None
        elif oddly < 0.004 and figure.low == "0":
            text, number, comparator = f"<{Decimal(figure.high) / 10:f}", None, "<"
        nurse = self.load.cast.nurse
        self.load.ledger.results.add(
            person.pk, known.test, known.pk, instant(day, 8 + place), text, number, comparator, known.unit,
            figure.low, figure.high, LABORATORY, instant(day + DAY, 7), nurse if seen else None,
            instant(day + 2 * DAY, 12) if seen else None,
        )  # fmt: skip
