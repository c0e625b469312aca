"""The clocks of those who begin: what was reached when, which stage that led to, where some were stopped."""

import datetime as dt
import random

from homecare.desk.demo.cast import Load
from homecare.desk.demo.dealing import Deck, Weighted
from homecare.desk.demo.ledger import instant, path
from homecare.desk.demo.stories import DAY
from homecare.desk.demo.ways import Way
from patients.pathway.milestones import Milestone
from patients.pathway.stages import stage_of

M = Milestone
STOPS = Weighted([
    (("PATIENT_ASKED", "Away with family; asks to begin afterwards."), 4),
    (("AWAITING_BLOODS", "Baseline blood tests to be repeated."), 3),
    (("INFECTION", "On antibiotics."), 2), (("ADMITTED", "On the ward."), 1),
])  # fmt: skip
REACHED_BY: dict[str, tuple[Milestone | None, ...]] = {
    "find_suitable": (M.SUITABLE,),
    "consent": (M.CONSENTED,),
    "send_registration": (M.REGISTRATION_COMPLETE, M.REGISTRATION_SENT),
    "query_registration": (None,),
    "reject_registration": (None,),
    "acknowledge_registration": (M.ACKNOWLEDGED,),
    "send_first_prescription": (M.FIRST_PRESCRIPTION_SENT,),
    "confirm_first_delivery": (),  # dated by the delivery itself
    "activate": (),  # dated by the dose
}
Reached = tuple[dt.date, Milestone | None, str]
"""On this day, a milestone (or none: only the status moved), and the status that the enrolment had then."""


class Clocks:
    """Writes the clocks of one load."""

    def __init__(self, load: Load, *, shuffled_by: random.Random) -> None:
        self.load = load
        self._stops = Deck([(True, 1), (False, 6)], shuffled_by=shuffled_by)
        self._bridged = Deck([(True, 1), (False, 3)], shuffled_by=shuffled_by)

    def add(self, rng: random.Random, way: Way) -> None:
        """Add an enrolment's clock with its steps; one in seven that still runs is stopped."""
        ledger, pk, by = self.load.ledger, self.load.ledger.clock_ids.take(), self.load.cast.technician
        reached: set[Milestone] = set()
        stage, whose, since = "", "NOBODY", way.began_on
        for on, milestone, status in self._history(rng, way):
            reached |= {milestone} if milestone else set()
            found = stage_of(kind=way.kind, status=status, reached=reached, open_codes=way.open_on(on))
            if found is not None and (found.code, found.whose) != (stage, whose):
                stage, whose, since = found.code, found.whose, on
            ledger.clock_steps.add(pk, milestone or "", stage, whose, on, instant(on, 14), by)
        ended_on, why = self._end(way)
        is_stopped = ended_on is None and self._stops.deal()
        ledger.clocks.add(
            pk, way.enrolment, way.person.pk, way.kind, way.began_on, stage, since, whose, is_stopped, "", ended_on, why
        )
        if is_stopped:
            reason, note = STOPS.draw(rng)
            ledger.clock_stops.add(pk, since + (self.load.as_at - since).days // 2 * DAY, None, reason, note, by)
        if ended_on is None and M.FIRST_PRESCRIPTION_SENT in reached and self._bridged.deal():
            self._bridge(rng, way)

    def _history(self, rng: random.Random, way: Way) -> list[Reached]:
        """Return all that was reached, in the order of days; what was met on the way moves the stage as well."""
        history: list[Reached] = [(way.began_on, M.REFERRED, "IDENTIFIED" if "find_suitable" in way.on else way.status)]
        events = tuple(event for event in way.on if event != "identify")
        status = "IDENTIFIED"
        for event, _, status in path(events, record="enrolment", begin="IDENTIFIED"):
            history += [(way.on[event], milestone, status) for milestone in REACHED_BY.get(event, ())]
        if way.delivered_on is not None:
            called_on = max(way.on["send_first_prescription"], way.delivered_on - rng.randrange(2, 9) * DAY)
            history.append((called_on, M.FIRST_CONTACT, "AWAITING_FIRST_DELIVERY"))
            after = "AWAITING_TRAINING" if "confirm_first_delivery" in way.on else "AWAITING_FIRST_DELIVERY"
            history.append((way.delivered_on, M.FIRST_DELIVERY, after))
        elif way.contacted_on is not None:
            history.append((way.contacted_on, M.FIRST_CONTACT, way.status))
        history += [(met_on, None, "") for met_on in way.met_on.values() if met_on is not None]
        if way.first_dose_on is not None:
            history.append((way.first_dose_on, M.FIRST_DOSE, "ACTIVE"))
        return _filled(sorted(history, key=lambda one: one[0]))

    def _end(self, way: Way) -> tuple[dt.date | None, str]:
        if way.first_dose_on is not None:
            return way.first_dose_on, M.FIRST_DOSE
        return (max(way.on.values()), way.status) if way.is_over else (None, "")

    def _bridge(self, rng: random.Random, way: Way) -> None:
        """Add what the hospital gave until the first delivery."""
        on = self.load.as_at - rng.randrange(1, 12) * DAY
        units, cost = way.regimen.units * rng.randrange(1, 4), rng.randrange(9_000, 60_000)
        self.load.ledger.bridgings.add(
            way.enrolment, on, units, on + rng.randrange(10, 28) * DAY, cost, rng.randrange(15, 90), "BEFORE_START",
            rng.choice(["PROVIDER", "CLINIC", "HOMECARE_TEAM"]), f"H{rng.randrange(10**5):05d}",
            self.load.cast.technician, "",
        )  # fmt: skip


def _filled(history: list[Reached]) -> list[Reached]:
    """Give what only met a requirement the status of the day, and leave out what changed nothing else."""
    filled: list[Reached] = []
    for on, milestone, status in history:
        before = filled[-1][2] if filled else status
        filled.append((on, milestone, status or before))
    return filled
