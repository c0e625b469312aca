"""Those whose treatment at home has not begun: how far each has come, since when, and what is on record of it."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from homecare.desk.demo import asking
from homecare.desk.demo.cast import Load
from homecare.desk.demo.catalogue import Brand, Regimen, Supplier, Team
from homecare.desk.demo.dealing import Deck, Weighted
from homecare.desk.demo.ledger import Step, move, path
from homecare.desk.demo.pathways import Pathways
from homecare.desk.demo.people import Person
from homecare.desk.demo.stories import DAY, Course, Story
from homecare.desk.demo.supply import UP_TO_SENT, Enrolled, Signed, add_phase, add_prescription
from homecare.desk.demo.ways import Way, offers
from patients.cover.legal_life import last_valid_on
from patients.pathway.milestones import Kind

STUCK_SHARE = 0.35
PATHWAY = (
    ("find_suitable", -50), ("consent", -46), ("send_registration", -44), ("acknowledge_registration", -37),
    ("send_first_prescription", -17), ("confirm_first_delivery", 0),
)  # fmt: skip
"""The events of a start, with the days between them and the first delivery when nothing goes slowly."""
PACES = Weighted([(0.5, 2), (0.75, 3), (1.0, 4), (1.4, 2), (2.0, 1)])
"""How slowly it went."""
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


@dataclass(frozen=True)
class Order:
    """One treatment as it was ordered for a patient from a supplier."""

    treatment: int
    person: Person
    regimen: Regimen
    brand: Brand
    team: Team
    supplier: Supplier


class Beginner:
    """Writes the enrolments of one load that have not begun, and how the others began."""

    def __init__(self, load: Load, *, shuffled_by: random.Random) -> None:
        self.load = load
        self.pathways = Pathways(load, shuffled_by=shuffled_by)
        self._offers = offers()
        self._contacted = Deck([(True, 1), (False, 1)], shuffled_by=shuffled_by)

    # -- before the first delivery ------------------------------------------------------------------------------------

    def days_so_far(self, rng: random.Random, story: Story) -> list[dt.date]:
        """Return the days of the steps so far; about a third have been stuck at the last for weeks."""
        steps = len(BEFORE_DELIVERY[story]) + 1
        since = rng.randrange(2, 16)
        if rng.random() < STUCK_SHARE:
            since = rng.randrange(35, 95)
        last = self.load.as_at - since * DAY
        return sorted([last - (steps - 1 - number) * rng.randrange(4, 8) * DAY for number in range(steps)])

    def add_not_begun(
        self, rng: random.Random, order: Order, story: Story, days: list[dt.date], *, kind: Kind = Kind.START
    ) -> int:
        """Add an enrolment whose treatment at home has not begun, with the days of its steps. Return its id."""
        ledger, person, supplier = self.load.ledger, order.person, order.supplier
        pk = ledger.enrolment_ids.take()
        steps = path(BEFORE_DELIVERY[story], record="enrolment", begin="IDENTIFIED", first="identify")
        status = self.move(pk, steps, days, supplier)
        on = dict(zip((event for event, _, _ in steps), days, strict=True))
        ledger.enrolments.add(
            pk, order.treatment, person.pk, order.regimen.medicine, order.team.clinic, supplier.service, status,
            on["identify"], on.get("acknowledge_registration"), "", "", False,
        )  # fmt: skip
        if "consent" in on:
            withdrawn_on = days[-1] if story is Story.WITHDRAWN else None
            self.add_consent(rng, pk, supplier, on["consent"], withdrawn_on=withdrawn_on)
        way = self.way(order, pk, status, on, kind=kind)
        if story is Story.AWAITING_FIRST_DELIVERY:
            self._add_first_prescription(rng, way, order, days)
        self.pathways.add(rng, way)
        return pk

    def _add_first_prescription(self, rng: random.Random, way: Way, order: Order, days: list[dt.date]) -> None:
        """Add the first prescription, sent; most were acknowledged, and of these half the patients were called."""
        ledger, regimen, sent_on = self.load.ledger, order.regimen, days[-1]
        when = Course(regimen, self.load.as_at + rng.randrange(2, 12) * DAY, self.load.as_at, 0, 0)
        enrolled = Enrolled(
            way.enrolment, order.person.pk, order.person.family_name, order.team, order.supplier, order.brand, when
        )
        add_phase(self.load, way.enrolment, when)
        signed = Signed(days[-2], days[-2], days[-2] + DAY, days[-2] + DAY, sent_on, sent_on + DAY)
        events = (*UP_TO_SENT, "acknowledge") if rng.random() < 0.7 else UP_TO_SENT
        prescription = ledger.prescription_ids.take()
        add_prescription(self.load, rng, enrolled, prescription, events, signed, ends=[])
        enrolled.remaining, enrolled.last_valid_on = regimen.deliveries, last_valid_on(issued_on=signed.signed_on)
        ledger.remaining.add(way.enrolment, enrolled.remaining, regimen.units_each, enrolled.last_valid_on, False)
        if "acknowledge" in events:
            enrolled.live_prescription = prescription
            asking.add_coming_delivery(self.load, rng, enrolled)
            if self._contacted.deal():
                way.contacted_on = min(sent_on + 2 * DAY, self.load.as_at)

    def add_successor(self, rng: random.Random, order: Order) -> int:
        """Add the enrolment at the provider to whom a patient is being transferred. Return its id."""
        brand, supplier = rng.choice(order.regimen.brands), order.regimen.suppliers.draw(rng)
        days = [self.load.as_at - days_ago * DAY for days_ago in (12, 11, 9, 6)]
        moved = replace(order, brand=brand, supplier=supplier)
        return self.add_not_begun(rng, moved, Story.REGISTRATION_SENT, days, kind=Kind.TRANSFER)

    # -- how the others began -----------------------------------------------------------------------------------------

    def days_of_start(self, rng: random.Random, supplier: Supplier, story: Story, when: Course) -> dict[str, dt.date]:
        """Return the events of a start that led to a first delivery, with their days, the referral first."""
        pace, trains = PACES.draw(rng), self._offers[supplier.service].trains
        on = {"identify": when.first_on - round(52 * pace) * DAY}
        on |= {event: when.first_on + round(offset * pace) * DAY for event, offset in PATHWAY}
        if not trains:
            del on["confirm_first_delivery"]  # nothing is waited for but the dose
        if story is not Story.AWAITING_TRAINING:
            on["activate"] = when.doses_from
        return on

    def way(self, order: Order, pk: int, status: str, on: Mapping[str, dt.date], *, kind: Kind = Kind.START) -> Way:
        """Return an enrolment's way as the parts of the load share it."""
        offer = self._offers[order.supplier.service]
        return Way(
            pk, order.treatment, order.person, order.regimen, order.brand, order.team, order.supplier, offer, status,
            on, kind,
        )  # fmt: skip

    def move(self, pk: int, steps: Sequence[Step], days: Sequence[dt.date], supplier: Supplier) -> str:
        """Write the moves of an enrolment, each by whoever makes it; return the status it has come to."""
        actors = [self._moved_by(supplier, event) for event, _, _ in steps]
        return move(self.load.ledger.enrolment_moves, pk, steps, days, actors)

    def _moved_by(self, supplier: Supplier, event: str) -> int:
        cast = self.load.cast
        by_event = {
            "identify": cast.prescriber, "find_suitable": cast.nurse, "find_not_suitable": cast.nurse,
            "consent": cast.nurse, "suspend": cast.nurse, "resume": cast.nurse,
            "acknowledge_registration": supplier.client, "query_registration": supplier.client,
            "reject_registration": supplier.client, "confirm_first_delivery": supplier.client,
        }  # fmt: skip
        return by_event.get(event, cast.technician)

    def add_consent(
        self, rng: random.Random, pk: int, supplier: Supplier, given_on: dt.date, *, withdrawn_on: dt.date | None = None
    ) -> None:
        """Add a consent to the text in force, naming the provider."""
        method = rng.choice(["SIGNED_FORM", "SIGNED_FORM", "IN_PERSON", "TELEPHONE"])
        why = "The patient would rather collect from the hospital." if withdrawn_on else ""
        ways = self.pathways
        self.load.ledger.consents.add(
            pk, ways.consent_version, ways.consent_text, supplier.provider, method, given_on, "Siobhan Kelly",
            withdrawn_on, why,
        )  # fmt: skip
