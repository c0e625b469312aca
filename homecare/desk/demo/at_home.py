"""What a start needs at home: training and nurse visits, equipment, a plan, a protocol, work on the home."""

import datetime as dt
import random

from homecare.desk.demo.cast import Load
from homecare.desk.demo.dealing import Deck
from homecare.desk.demo.ledger import instant, move, path
from homecare.desk.demo.stories import DAY
from homecare.desk.demo.ways import Way
from patients.pathway.requirements import Code
from patients.pathway.stages import Open

LENT_A_FRIDGE = 0.025
NURSES = ("Bev Harman", "Tunde Bello", "Carol Whitlock", "Imran Sheikh")
PLAN = "Four sessions a week of four hours, overnight if preferred. Partner is trained to help and to stop the machine."


class Home:
    """Writes visits, equipment and plans of one load."""

    def __init__(self, load: Load, *, shuffled_by: random.Random) -> None:
        self.load = load
        # Of those who wait for training: booked, missed, or not yet planned by anybody.
        self._waiting = Deck([(("book",), 2), (("book", "miss"), 1), ((), 1)], shuffled_by=shuffled_by)

    def add(self, rng: random.Random, way: Way) -> None:
        """Add what the service asks for, as far as the patient has come."""
        if way.is_over:
            return
        asks = way.offer.asks_for
        if way.offer.trains:
            self._add_training(rng, way)
        if Code.NURSE_VISITS in asks and way.delivered_on is not None:
            self._add_visit(rng, way, "ADMINISTRATION", way.first_dose_on or way.delivered_on + 7 * DAY)
        if "acknowledge_registration" in way.on:
            self._add_plans(way, asks)
            self.add_equipment(rng, way)

    def _add_training(self, rng: random.Random, way: Way) -> None:
        way.met_on[Open.TRAINING] = None
        if way.delivered_on is None:
            return
        if way.first_dose_on is not None:
            on = min(way.first_dose_on, way.delivered_on + rng.randrange(3, 7) * DAY)
            self._add_visit(rng, way, "TRAINING", on)
            way.met_on[Open.TRAINING] = on
        else:
            self._add_waiting_training(rng, way, way.delivered_on)

    def _add_visit(self, rng: random.Random, way: Way, kind: str, on: dt.date) -> None:
        """Add a visit: done, if its day has come; booked, if not."""
        ledger, pk, by = self.load.ledger, self.load.ledger.visit_ids.take(), way.supplier.client
        is_done, trained = on <= self.load.as_at, kind == "TRAINING"
        steps = path(("book", "do") if is_done else ("book",), record="visit", begin="PLANNED", first="plan")
        days = [on - 6 * DAY, on - 5 * DAY, on][: len(steps)]
        status = move(ledger.visit_moves, pk, steps, days, [by] * len(steps))
        signed = is_done and trained
        ledger.visits.add(
            pk, way.enrolment, way.person.pk, kind, status, on, on, on if is_done else None, rng.choice(NURSES),
            f"Patient {way.person.family_name}" if signed else "", "COMPETENT" if signed else "",
            on if signed else None, "", "",
        )  # fmt: skip

    def _add_waiting_training(self, rng: random.Random, way: Way, delivered_on: dt.date) -> None:
        ledger, by, events = self.load.ledger, way.supplier.client, self._waiting.deal()
        missed = "miss" in events
        on = self.load.as_at - DAY if missed else self.load.as_at + rng.randrange(1, 8) * DAY
        steps = path(events, record="visit", begin="PLANNED", first="plan")
        pk, days = ledger.visit_ids.take(), [min(delivered_on, on), min(delivered_on, on), on][: len(steps)]
        status = move(ledger.visit_moves, pk, steps, days, [by] * len(steps))
        ledger.visits.add(
            pk, way.enrolment, way.person.pk, "TRAINING", status, on, on if events else None, None,
            rng.choice(NURSES) if events else "", "", "", None, "Nobody was in." if missed else "", "",
        )  # fmt: skip

    def _add_plans(self, way: Way, asks: frozenset[Code]) -> None:
        ledger, cast, on = self.load.ledger, self.load.cast, way.on["acknowledge_registration"]
        is_ready = way.delivered_on is not None or "send_first_prescription" in way.on
        if Code.CARE_PLAN in asks:
            approved = (cast.pharmacist, instant(on + 2 * DAY, 10)) if is_ready else (None, None)
            ledger.care_plans.add(way.enrolment, 1, PLAN, cast.nurse, on, *approved, on + 180 * DAY)
        if Code.PROTOCOL in asks and is_ready:
            ledger.protocols.add(
                way.enrolment, "Home treatment: findings out of limits", "3", "Specialist nurses' line",
                "01632 960111", "01632 960999", on,
            )  # fmt: skip
        for code, kind, what in (
            (Code.ADAPTATION, "ADAPTATION", "Drain and water supply in the back bedroom"),
            (Code.INSTALLATION, "INSTALLATION", "Dialysis machine with its water unit"),
        ):
            if code in asks:
                done_on = on + 16 * DAY if is_ready else None
                ledger.adaptations.add(way.enrolment, kind, what, on + 3 * DAY, on + 16 * DAY, done_on, "")

    def add_equipment(self, rng: random.Random, way: Way) -> None:
        """Add what stands at home on loan: what the service provides, and for one in forty a fridge besides."""
        asks, on = way.offer.asks_for, way.on["acknowledge_registration"]
        came_on = way.delivered_on or (on + 10 * DAY if on + 10 * DAY <= self.load.as_at else None)
        kinds = ["FRIDGE"] if Code.FRIDGE in asks or rng.random() < LENT_A_FRIDGE else []
        kinds += ["PUMP", "STAND"] if "INTRAVENOUS_INFUSION" in way.offer.activities else []
        for kind in kinds:
            due_on = self.load.as_at + rng.randrange(-40, 320) * DAY if came_on else None
            owner = rng.choice(["PROVIDER", "PROVIDER", "TRUST", "MANUFACTURER"])
            number = f"{kind[:2]}{rng.randrange(10**9):09d}"
            self.load.ledger.equipment.add(way.enrolment, kind, "", number, owner, on, came_on, due_on)
