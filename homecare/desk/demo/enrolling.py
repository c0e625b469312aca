"""One treatment on one homecare service: how it was enrolled, supplied, paused, moved or ended, and its cover."""

import datetime as dt
import random
from dataclasses import dataclass

from homecare.desk.demo import asking
from homecare.desk.demo.cast import Load
from homecare.desk.demo.catalogue import Brand, Regimen, SpecialtyMix, Supplier, Team
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
from homecare.desk.demo.supply import IN_USE, UP_TO_SENT, Enrolled, Signed, add_fact, add_past, add_prescription
from patients.cover.legal_life import last_valid_on
from patients.cover.models import RegimenPhase
from patients.cover.questions import CoverAnswer, FactKind
from patients.cover.regimen import Cycle, EveryDays, Suspension, Weekdays
from patients.cover.store import STORED, cover_row

CONSENT_VERSION = "2"
STUCK_SHARE = 0.35
STOP_REASONS = ("NO_RESPONSE", "SIDE_EFFECTS", "REMISSION", "PATIENT_CHOICE", "SWITCHED")
PAUSE_REASONS = ("INFECTION", "SURGERY", "BLOOD_RESULT", "HOLIDAY", "ADMISSION", "PATIENT_REQUEST", "PREGNANCY")

# Each pathway: its events, with the days between them and the first delivery (or, before one, since the first step).
PATHWAY = (
    ("find_suitable", -50), ("consent", -46), ("send_registration", -44), ("acknowledge_registration", -37),
    ("send_first_prescription", -17), ("confirm_first_delivery", 0), ("activate", 5),
)  # fmt: skip
BEFORE_DELIVERY: dict[Story, tuple[str, ...]] = {
    Story.IDENTIFIED: (),
    Story.NOT_SUITABLE: ("find_not_suitable",),
    Story.DECLINED: ("find_suitable", "decline"),
    Story.SUITABLE: ("find_suitable",),
    Story.CONSENTED: ("find_suitable", "consent"),
    Story.REGISTRATION_SENT: ("find_suitable", "consent", "send_registration"),
    Story.REGISTRATION_QUERIED: ("find_suitable", "consent", "send_registration", "query_registration"),
    Story.REGISTRATION_REJECTED: ("find_suitable", "consent", "send_registration", "reject_registration"),
    Story.CLOSED: ("find_suitable", "consent", "send_registration", "reject_registration", "close"),
    Story.WITHDRAWN: ("find_suitable", "consent", "withdraw"),
    Story.REGISTERED: ("find_suitable", "consent", "send_registration", "acknowledge_registration"),
    Story.AWAITING_FIRST_DELIVERY: (
        "find_suitable", "consent", "send_registration", "acknowledge_registration", "send_first_prescription"
    ),
}  # fmt: skip
NEVER_BEGUN = frozenset({Story.NOT_SUITABLE, Story.DECLINED, Story.CLOSED, Story.WITHDRAWN})
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

    def __init__(self, load: Load, oddities: list[str]) -> None:
        self.load = load
        self._oddities = oddities
        self._whole_ones = 0

    def enrol(
        self, rng: random.Random, person: Person, mix: SpecialtyMix, regimen: Regimen, story: Story
    ) -> Treated | None:
        """Add a treatment with its enrolment; None for one that has not begun."""
        team, brand, supplier = rng.choice(mix.teams), rng.choice(regimen.brands), regimen.suppliers.draw(rng)
        ledger = self.load.ledger
        treatment = ledger.treatment_ids.take()
        if story in BEFORE_DELIVERY:
            begun = self._days_before_delivery(rng, story)
            self._add_treatment(rng, treatment, person, regimen, brand, team, begun=None,
                                ended=begun[-1] if story in NEVER_BEGUN else None, why=story.name)  # fmt: skip
            self._add_not_begun(rng, treatment, person, regimen, brand, team, supplier, story, begun)
            return None
        when = course(rng, regimen, story, self.load.as_at, growing=mix.growing, ended_on=person.died_on)
        ended_on = when.until if story in {Story.STOPPED, Story.DECEASED} else None
        why = {Story.STOPPED: rng.choice(STOP_REASONS), Story.DECEASED: "DEATH"}.get(story, "")
        self._add_treatment(
            rng, treatment, person, regimen, brand, team, begun=when.doses_from, ended=ended_on, why=why
        )
        if story is Story.TRANSFERRED:
            self._add_enrolment(rng, treatment, person, brand, team, supplier, story, when)
            story, supplier = Story.ACTIVE, regimen.suppliers.draw(rng)
            when = course_between(regimen, when.until + 12 * DAY, self.load.as_at)
        pk = self._add_enrolment(rng, treatment, person, brand, team, supplier, story, when)
        if story is Story.TRANSFERRING:
            self._add_successor(rng, treatment, person, regimen, team)
        reminded = story in (ASKED_FOR | {Story.RENEWAL_DECLINED, Story.STOCK_UNKNOWN}) - {Story.TRANSFERRING}
        return Treated(pk, story, regimen, when.first_on, ended_on, reminded and not person.do_not_contact)

    # -- the treatment ------------------------------------------------------------------------------------------------

    def _add_treatment(
        self,
        rng: random.Random,
        treatment: int,
        person: Person,
        regimen: Regimen,
        brand: Brand,
        team: Team,
        *,
        begun: dt.date | None,
        ended: dt.date | None,
        why: str,
    ) -> None:
        indication, code = rng.choice(regimen.indications)
        self.load.ledger.treatments.add(
            treatment, person.pk, regimen.medicine, brand.product, brand.name, team.clinic, team.consultant,
            team.consultant, indication, code, begun, ended, ended is not None, why if ended is not None else "",
        )  # fmt: skip

    # -- before the first delivery ------------------------------------------------------------------------------------

    def _days_before_delivery(self, rng: random.Random, story: Story) -> list[dt.date]:
        """Return the days of the steps so far; about a third have been stuck at the last for weeks."""
        steps = len(BEFORE_DELIVERY[story]) + 1
        since = rng.randrange(2, 16)
        if rng.random() < STUCK_SHARE:
            since = rng.randrange(35, 95)
        last = self.load.as_at - since * DAY
        return [last - (steps - 1 - number) * rng.randrange(4, 8) * DAY for number in range(steps - 1)] + [last]

    def _add_not_begun(
        self,
        rng: random.Random,
        treatment: int,
        person: Person,
        regimen: Regimen,
        brand: Brand,
        team: Team,
        supplier: Supplier,
        story: Story,
        days: list[dt.date],
    ) -> int:
        ledger = self.load.ledger
        pk = ledger.enrolment_ids.take()
        days = sorted(days)
        steps = path(BEFORE_DELIVERY[story], record="enrolment", begin="IDENTIFIED", first="identify")
        actors = [self._enrolled_by(supplier, event) for event, _, _ in steps]
        status = move(ledger.enrolment_moves, pk, steps, days, actors)
        on = dict(zip((event for event, _, _ in steps), days, strict=True))
        ledger.enrolments.add(
            pk, treatment, person.pk, regimen.medicine, team.clinic, supplier.service, status,
            on.get("acknowledge_registration"), "", "", False,
        )  # fmt: skip
        if "consent" in on:
            withdrawn = days[-1] if story is Story.WITHDRAWN else None
            self._add_consent(rng, pk, on["consent"], withdrawn_on=withdrawn)
        if story is Story.AWAITING_FIRST_DELIVERY:
            self._add_first_prescription(rng, pk, person, regimen, brand, team, supplier, days)
        return pk

    def _add_first_prescription(
        self,
        rng: random.Random,
        pk: int,
        person: Person,
        regimen: Regimen,
        brand: Brand,
        team: Team,
        supplier: Supplier,
        days: list[dt.date],
    ) -> None:
        """Add the first prescription, sent; the longer it has waited, the likelier the provider has acknowledged it."""
        ledger, sent_on = self.load.ledger, days[-1]
        when = Course(regimen, self.load.as_at + rng.randrange(2, 12) * DAY, self.load.as_at, 0, 0)
        enrolled = Enrolled(pk, person.pk, person.family_name, team, supplier, brand, when)
        signed = Signed(days[-2], days[-2], days[-2] + DAY, days[-2] + DAY, sent_on, sent_on + DAY)
        events = (*UP_TO_SENT, "acknowledge") if rng.random() < 0.7 else UP_TO_SENT
        prescription = ledger.prescription_ids.take()
        add_prescription(self.load, rng, enrolled, prescription, events, signed, ends=[])
        enrolled.remaining, enrolled.last_valid_on = regimen.deliveries, last_valid_on(issued_on=signed.signed_on)
        ledger.remaining.add(pk, enrolled.remaining, regimen.units_each, enrolled.last_valid_on, False)
        if "acknowledge" in events:
            enrolled.live_prescription = prescription
            asking.add_coming_delivery(self.load, rng, enrolled)

    def _add_successor(self, rng: random.Random, treatment: int, person: Person, regimen: Regimen, team: Team) -> None:
        """Add the enrolment at the provider to whom a patient is being transferred."""
        brand, supplier = rng.choice(regimen.brands), regimen.suppliers.draw(rng)
        days = [self.load.as_at - days_ago * DAY for days_ago in (12, 11, 9, 6)]
        self._add_not_begun(
            rng, treatment, person, regimen, brand, team, supplier, Story.REGISTRATION_SENT, days
        )  # fmt: skip

    # -- from the first delivery on -----------------------------------------------------------------------------------

    def _add_enrolment(
        self,
        rng: random.Random,
        treatment: int,
        person: Person,
        brand: Brand,
        team: Team,
        supplier: Supplier,
        story: Story,
        when: Course,
    ) -> int:
        ledger, regimen = self.load.ledger, when.regimen
        pk = ledger.enrolment_ids.take()
        is_assumed = story in {Story.NO_CONSENT, Story.STOCK_UNKNOWN}
        status = self._add_moves(rng, pk, supplier, story, when)
        ledger.enrolments.add(
            pk, treatment, person.pk, regimen.medicine, team.clinic, supplier.service, status,
            when.first_on - 37 * DAY, f"P{rng.randrange(10**6):06d}", "", is_assumed,
        )  # fmt: skip
        if story is not Story.NO_CONSENT:
            withdrawn_on = self.load.as_at - 9 * DAY if story is Story.CONSENT_WITHDRAWN else None
            self._add_consent(rng, pk, when.first_on - 46 * DAY, withdrawn_on=withdrawn_on)
        self._add_phase(pk, when, is_assumed=is_assumed)
        enrolled = Enrolled(pk, person.pk, person.family_name, team, supplier, brand, when)
        pauses = self._add_pauses(rng, enrolled, story)
        if story is Story.STOCK_UNKNOWN:
            self._add_unknown_supply(rng, enrolled)
        else:
            add_past(self.load, rng, enrolled, stopped_on=when.until if story in ENDED else None)
            self._add_home_facts(rng, enrolled, story)
        self._add_present(rng, enrolled, story, pauses)
        return pk

    def _add_moves(self, rng: random.Random, pk: int, supplier: Supplier, story: Story, when: Course) -> str:
        """Write how the enrolment came to where it is: through the pathway, or straight from a register."""
        if story is Story.NO_CONSENT:
            steps = path((), record="enrolment", begin="ACTIVE", first="import")
            return move(self.load.ledger.enrolment_moves, pk, steps, [when.first_on], [self.load.cast.lead])
        begun = PATHWAY[:-1] if story is Story.AWAITING_TRAINING else PATHWAY
        events = [event for event, _ in begun]
        days = [when.first_on - 52 * DAY] + [when.first_on + offset * DAY for _, offset in begun]
        for event, on in self._later_moves(rng, story, when):
            events.append(event)
            days.append(on)
        steps = path(tuple(events), record="enrolment", begin="IDENTIFIED", first="identify")
        actors = [self._enrolled_by(supplier, event) for event, _, _ in steps]
        return move(self.load.ledger.enrolment_moves, pk, steps, days, actors)

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

    def _enrolled_by(self, supplier: Supplier, event: str) -> int:
        cast = self.load.cast
        by_event = {
            "identify": cast.prescriber, "find_suitable": cast.nurse, "find_not_suitable": cast.nurse,
            "consent": cast.nurse, "suspend": cast.nurse, "resume": cast.nurse,
            "acknowledge_registration": supplier.client, "query_registration": supplier.client,
            "reject_registration": supplier.client, "confirm_first_delivery": supplier.client,
        }  # fmt: skip
        return by_event.get(event, cast.technician)

    def _add_consent(
        self, rng: random.Random, pk: int, given_on: dt.date, *, withdrawn_on: dt.date | None = None
    ) -> None:
        method = rng.choice(["SIGNED_FORM", "SIGNED_FORM", "IN_PERSON", "TELEPHONE"])
        why = "The patient would rather collect from the hospital." if withdrawn_on else ""
        self.load.ledger.consents.add(pk, CONSENT_VERSION, method, given_on, "Siobhan Kelly", withdrawn_on, why)

    def _add_phase(self, pk: int, when: Course, *, is_assumed: bool) -> None:
        regimen, pattern = when.regimen, when.regimen.pattern
        every = on = off = days = None
        kind = RegimenPhase.Pattern.EVERY_DAYS
        if isinstance(pattern, Cycle):
            kind, on, off = RegimenPhase.Pattern.CYCLE, pattern.on, pattern.off
        elif isinstance(pattern, Weekdays):
            kind, days = RegimenPhase.Pattern.WEEKDAYS, list(pattern.days)
        elif isinstance(pattern, EveryDays):
            every = pattern.days
        self.load.ledger.phases.add(
            pk, when.doses_from, regimen.units, kind, every, on, off, days, regimen.dose, regimen.frequency, False
        )

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
