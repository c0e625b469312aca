"""One treatment on one homecare service: how it was enrolled, supplied, paused, moved or ended, and its cover."""

import datetime as dt
import random
from dataclasses import dataclass, replace

from homecare.desk.demo import asking
from homecare.desk.demo.beginning import BEFORE_DELIVERY, NEVER_BEGUN, Beginner, Order
from homecare.desk.demo.cast import Load
from homecare.desk.demo.catalogue import Regimen, SpecialtyMix, Supplier
from homecare.desk.demo.changes import Changes
from homecare.desk.demo.ledger import move, path
from homecare.desk.demo.people import Person
from homecare.desk.demo.stories import (
    ASKED_FOR,
    DAY,
    ENDED,
    ON_TREATMENT,
    PAUSED,
    Course,
    Story,
    course,
    course_between,
)
from homecare.desk.demo.supply import IN_USE, Enrolled, Signed, add_fact, add_past, add_phase, add_prescription
from patients.cover.legal_life import last_valid_on
from patients.cover.questions import CoverAnswer, FactKind
from patients.cover.regimen import Suspension
from patients.cover.store import STORED, cover_row

MOVED_BECAUSE = "The trust's contract with the provider ended."
STOP_REASONS = ("NO_RESPONSE", "SIDE_EFFECTS", "REMISSION", "PATIENT_CHOICE", "SWITCHED")
PAUSE_REASONS = ("INFECTION", "SURGERY", "BLOOD_RESULT", "HOLIDAY", "ADMISSION", "PATIENT_REQUEST", "PREGNANCY")

LAST_EVENT = {Story.SUSPENDED: "suspend", Story.SUSPENDED_UNTIL: "suspend", Story.TRANSFERRING: "start_transfer",
              Story.STOPPED: "stop", Story.DECEASED: "record_death"}  # fmt: skip


@dataclass
class Treated:
    """What the rest of a load asks of an enrolment."""

    enrolment: int
    story: Story
    regimen: Regimen
    started_on: dt.date
    ended_on: dt.date | None
    may_be_reminded: bool


class Enroller:
    """Writes enrolments of one load."""

    def __init__(self, load: Load, oddities: list[str], *, shuffled_by: random.Random) -> None:
        self.load = load
        self._beginner = Beginner(load, shuffled_by=shuffled_by)
        self._changes = Changes(load, shuffled_by=shuffled_by)
        self._oddities = oddities
        self._whole_ones = 0

    def enrol(
        self, rng: random.Random, person: Person, mix: SpecialtyMix, regimen: Regimen, story: Story
    ) -> Treated | None:
        """Add a treatment with its enrolment; None for one that has not begun."""
        team, brand, supplier = rng.choice(mix.teams), rng.choice(regimen.brands), regimen.suppliers.draw(rng)
        order = Order(self.load.ledger.treatment_ids.take(), person, regimen, brand, team, supplier)
        if story in BEFORE_DELIVERY:
            days = self._beginner.days_so_far(rng, story)
            self._add_treatment(rng, order, begun=None, ended=days[-1] if story in NEVER_BEGUN else None,
                                why=story.name)  # fmt: skip
            self._beginner.add_not_begun(rng, order, story, days)
            return None
        when = course(rng, regimen, story, self.load.as_at, growing=mix.growing, ended_on=person.died_on)
        ended_on = when.until if story in {Story.STOPPED, Story.DECEASED} else None
        why = {Story.STOPPED: rng.choice(STOP_REASONS), Story.DECEASED: "DEATH"}.get(story, "")
        self._add_treatment(rng, order, begun=when.doses_from, ended=ended_on, why=why)
        pk, story, when = self._add_with_transfers(rng, order, story, when)
        reminded = story in (ASKED_FOR | {Story.RENEWAL_DECLINED, Story.STOCK_UNKNOWN}) - {Story.TRANSFERRING}
        return Treated(pk, story, regimen, when.first_on, ended_on, reminded and not person.do_not_contact)

    def _add_with_transfers(
        self, rng: random.Random, order: Order, story: Story, when: Course
    ) -> tuple[int, Story, Course]:
        """Add the enrolment, with the one before it or after it where the patient moves between providers."""
        pk = self._add_enrolment(rng, order, story, when)
        transfers = self.load.ledger.transfers
        if story is Story.TRANSFERRED:
            started_on, moved_on = when.until - 20 * DAY, when.until
            order = replace(order, supplier=order.regimen.suppliers.draw(rng))
            story, when = Story.ACTIVE, course_between(order.regimen, when.until + 12 * DAY, self.load.as_at)
            successor = self._add_enrolment(rng, order, story, when)
            transfers.add(pk, successor, order.person.pk, started_on, moved_on, MOVED_BECAUSE)
            return successor, story, when
        if story is Story.TRANSFERRING:
            successor = self._beginner.add_successor(rng, order)
            transfers.add(pk, successor, order.person.pk, self.load.as_at - 13 * DAY, None, MOVED_BECAUSE)
        return pk, story, when

    # -- the treatment ------------------------------------------------------------------------------------------------

    def _add_treatment(
        self,
        rng: random.Random,
        order: Order,
        *,
        begun: dt.date | None,
        ended: dt.date | None,
        why: str,
    ) -> None:
        indication, code = rng.choice(order.regimen.indications)
        team, brand = order.team, order.brand
        self.load.indications[order.treatment] = indication
        self.load.ledger.treatments.add(
            order.treatment, order.person.pk, order.regimen.medicine, brand.product, brand.name, team.clinic,
            team.consultant, team.consultant, indication, code, begun, ended, ended is not None,
            why if ended is not None else "",
        )  # fmt: skip

    # -- from the first delivery on -----------------------------------------------------------------------------------

    def _add_enrolment(self, rng: random.Random, order: Order, story: Story, when: Course) -> int:
        ledger, regimen, person, supplier = self.load.ledger, when.regimen, order.person, order.supplier
        pk = ledger.enrolment_ids.take()
        is_assumed = story in {Story.NO_CONSENT, Story.STOCK_UNKNOWN}
        on = self._beginner.days_of_start(rng, supplier, story, when)
        status, begun = self._add_moves(rng, pk, supplier, story, when, on)
        ledger.enrolments.add(
            pk, order.treatment, person.pk, regimen.medicine, order.team.clinic, supplier.service, status,
            on["identify"], on["acknowledge_registration"], f"P{rng.randrange(10**6):06d}", "", is_assumed,
        )  # fmt: skip
        if story is not Story.NO_CONSENT:
            withdrawn_on = self.load.as_at - 9 * DAY if story is Story.CONSENT_WITHDRAWN else None
            self._beginner.add_consent(rng, pk, supplier, on["consent"], withdrawn_on=withdrawn_on)
            way = self._beginner.way(order, pk, begun, on)
            way.delivered_on, way.goes_on = when.came_on(0), story not in ENDED
            way.first_dose_on = None if story is Story.AWAITING_TRAINING else when.doses_from
            self._beginner.pathways.add(rng, way)
        add_phase(self.load, pk, when)
        enrolled = Enrolled(pk, person.pk, person.family_name, order.team, supplier, order.brand, when)
        pauses = self._add_pauses(rng, enrolled, story)
        if story is Story.STOCK_UNKNOWN:
            self._add_unknown_supply(rng, enrolled)
        else:
            add_past(self.load, rng, enrolled, stopped_on=when.until if story in ENDED else None)
            self._add_home_facts(rng, enrolled, story)
        self._add_present(rng, enrolled, story, pauses)
        self._changes.add(rng, pk, person, supplier, story, when.until)
        return pk

    def _add_moves(
        self, rng: random.Random, pk: int, supplier: Supplier, story: Story, when: Course, on: dict[str, dt.date]
    ) -> tuple[str, str]:
        """Write how the enrolment came to where it is: through the pathway, or straight from a register.

        Return its status, and the one it had when its start was over.
        """
        if story is Story.NO_CONSENT:
            steps = path((), record="enrolment", begin="ACTIVE", first="import")
            return move(self.load.ledger.enrolment_moves, pk, steps, [when.first_on], [self.load.cast.lead]), "ACTIVE"
        begun = tuple(event for event in on if event != "identify")
        later = self._later_moves(rng, story, when)
        steps = path((*begun, *(event for event, _ in later)), record="enrolment", begin="IDENTIFIED", first="identify")
        status = self._beginner.move(pk, steps, [*on.values(), *(day for _, day in later)], supplier)
        return status, steps[len(begun)][2]

    def _later_moves(self, rng: random.Random, story: Story, when: Course) -> list[tuple[str, dt.date]]:
        if story is Story.PAUSED_BEFORE:
            return [("suspend", self._pause_of(when).from_on), ("resume", self._pause_of(when).to_on or when.until)]
        if story is Story.TRANSFERRED:
            return [("start_transfer", when.until - 20 * DAY), ("finish_transfer", when.until)]
        if story is Story.TRANSFERRING:
            return [("start_transfer", self.load.as_at - 13 * DAY)]
        if story in PAUSED:
            return [("suspend", when.until + DAY)]
        return [(LAST_EVENT[story], when.until)] if story in LAST_EVENT else []

    # -- pauses, and what is known of the medicine at home ------------------------------------------------------------

    def _pause_of(self, when: Course) -> Suspension:
        """Return a pause some time ago, of about three weeks."""
        ended = when.until - 25 * DAY
        began = max(when.first_on + 6 * DAY, ended - 21 * DAY)
        return Suspension(began, max(ended, began))

    def _add_pauses(self, rng: random.Random, enrolled: Enrolled, story: Story) -> list[Suspension]:
        when, expected = enrolled.course, None
        if story is Story.PAUSED_BEFORE:
            pause = self._pause_of(when)
        elif story in PAUSED:
            ends = self.load.as_at + rng.randrange(5, 45) * DAY if story is Story.SUSPENDED_UNTIL else None
            pause = Suspension(when.until + DAY, ends)
            expected = self.load.as_at + rng.randrange(-10, 60) * DAY if ends is None and rng.random() < 0.5 else None
        else:
            return []
        if expected is not None and expected <= pause.from_on:
            expected = None
        self.load.ledger.suspensions.add(
            enrolled.pk, pause.from_on, pause.to_on, expected, rng.choice(PAUSE_REASONS), "", False
        )
        return [pause]

    def _add_unknown_supply(self, rng: random.Random, enrolled: Enrolled) -> None:
        """Add a prescription read from a register of which no delivery is known: a count is to be asked for."""
        when = enrolled.course
        first_on = when.came_on(when.current * when.regimen.deliveries)
        signed = Signed.before(rng, first_on)
        prescription = self.load.ledger.prescription_ids.take()
        add_prescription(self.load, rng, enrolled, prescription, IN_USE, signed, ends=[first_on], made=1)
        enrolled.remaining = when.regimen.deliveries - 1
        enrolled.last_valid_on = last_valid_on(issued_on=signed.signed_on)

    def _add_home_facts(self, rng: random.Random, enrolled: Enrolled, story: Story) -> None:
        """Add, for some, a dose that was not taken, or a count that agrees with what was reckoned."""
        chance, as_at = rng.random(), self.load.as_at
        if story is not Story.ACTIVE or (as_at - enrolled.course.doses_from).days < 30:
            return
        regimen = enrolled.course.regimen
        grid = regimen.grid(enrolled.course.doses_from.toordinal())
        if chance < 0.04:
            dose = grid.day(grid.rank(as_at.toordinal() - rng.randrange(7)) - 1)
            on = dt.date.fromordinal(dose)
            if on > enrolled.course.came_on(enrolled.course.first_known):
                add_fact(self.load, enrolled, FactKind.MISSED, on, units=0, by=self.load.cast.technician)
        elif chance < 0.10:
            on = as_at - rng.randrange(1, 15) * DAY
            counted = asking.on_hand(enrolled, on)
            add_fact(self.load, enrolled, FactKind.COUNT, on, units=counted, after_dose=True,
                     method=rng.choice(["Counted by telephone", "Provider's delivery call"]),
                     by=self.load.cast.technician)  # fmt: skip

    # -- what goes on now ---------------------------------------------------------------------------------------------

    def _add_present(self, rng: random.Random, enrolled: Enrolled, story: Story, pauses: list[Suspension]) -> None:
        ledger = self.load.ledger
        if story in ENDED and enrolled.live_prescription is not None and rng.random() < 0.4:
            ended_on = enrolled.course.until
            asking.add_expected(self.load, rng, enrolled, "CANCELLED", ended_on + 9 * DAY, ended_on=ended_on)
        cover = asking.reckon(self.load, enrolled, pauses)
        if story in ASKED_FOR and asking.add_renewal_in_hand(self.load, rng, enrolled, cover, story):
            cover = asking.reckon(self.load, enrolled, pauses)
        if story is Story.RENEWAL_DECLINED:
            asking.add_declined_renewal(self.load, enrolled, cover)
        if story in ASKED_FOR:
            asking.add_coming_delivery(self.load, rng, enrolled)
            self._add_oddity(rng, enrolled)
        if enrolled.remaining and enrolled.last_valid_on is not None:
            units = enrolled.course.regimen.units_each
            ledger.remaining.add(enrolled.pk, enrolled.remaining, units, enrolled.last_valid_on, False)
        self._add_cover(enrolled.pk, cover, is_live=story in ON_TREATMENT)

    def _add_oddity(self, rng: random.Random, enrolled: Enrolled) -> None:
        """Give each fifteenth patient who has been here for a year an older prescription that came to nothing."""
        if enrolled.course.is_whole:
            return
        self._whole_ones += 1
        if self._whole_ones % 15 == 0:
            kind = self._oddities[self._whole_ones // 15 % len(self._oddities)]
            asking.add_oddity(self.load, rng, enrolled, kind)

    def _add_cover(self, enrolment: int, cover: CoverAnswer, *, is_live: bool) -> None:
        row = cover_row(enrolment, cover, as_at=self.load.as_at)
        row.is_live = is_live
        self.load.ledger.covers.add(enrolment, *(getattr(row, name) for name in STORED))
