"""What was prescribed and delivered so far: prescriptions with their renewals, deliveries, and the facts for cover."""

import datetime as dt
import random
from dataclasses import dataclass, field

from homecare.core.calendar import last_working_day_on_or_before, working_day_before
from homecare.desk.demo.cast import Load
from homecare.desk.demo.catalogue import Brand, Supplier, Team
from homecare.desk.demo.ledger import instant, move, path, reference
from homecare.desk.demo.stories import BUFFER, DAY, Course
from patients.cover.legal_life import last_valid_on
from patients.cover.models import RegimenPhase
from patients.cover.questions import Fact, FactKind
from patients.cover.regimen import Cycle, EveryDays, Weekdays
from prescriptions.states import PrescriptionStatus as P

UP_TO_SENT = ("submit", "screen", "approve", "send")
IN_USE = (*UP_TO_SENT, "acknowledge", "first_delivery")
ASKED_DAYS = 42  # days before a prescription's first delivery on which it was asked for
CAUSES = ("PATIENT_NOT_IN", "PROVIDER", "COURIER", "PATIENT_NOT_IN", "ADDRESS", "WEATHER", "HOSPITAL")
ARTEFACTS = ("WET_INK_ORIGINAL", "WET_INK_ORIGINAL", "SCANNED_COPY_PENDING_ORIGINAL", "ADVANCED_ELECTRONIC_SIGNATURE")


@dataclass
class Enrolled:
    """One enrolment as its parts are written: who, by whom supplied, and what is known of the medicine at home."""

    pk: int
    patient: int
    surname: str
    team: Team
    supplier: Supplier
    brand: Brand
    course: Course
    facts: list[Fact] = field(default_factory=list)
    remaining: int = 0
    last_valid_on: dt.date | None = None
    live_prescription: int | None = None  # the one that the next delivery is, or would have been, of
    deliveries_made: int = 0  # of that one


@dataclass(frozen=True)
class Signed:
    """The days on which one prescription was asked for, signed and sent."""

    asked_on: dt.date
    signed_on: dt.date
    submitted_on: dt.date
    screened_on: dt.date
    sent_on: dt.date
    acknowledged_on: dt.date

    @classmethod
    def before(cls, rng: random.Random, first_delivery_on: dt.date) -> "Signed":
        """Return the days of a prescription whose first delivery came on a day, each a little after the other."""
        asked = last_working_day_on_or_before(first_delivery_on - ASKED_DAYS * DAY)
        signed = asked + rng.randrange(3, 10) * DAY
        submitted = signed + rng.randrange(3) * DAY
        screened = submitted + rng.randrange(1, 4) * DAY
        sent = screened + rng.randrange(4) * DAY
        return cls(asked, signed, submitted, screened, sent, sent + rng.randrange(1, 4) * DAY)


def add_phase(load: Load, enrolment: int, when: Course) -> None:
    """Write the regimen of an enrolment, from the first dose day on."""
    regimen, pattern = when.regimen, when.regimen.pattern
    every = on = off = days = None
    kind = RegimenPhase.Pattern.EVERY_DAYS
    if isinstance(pattern, Cycle):
        kind, on, off = RegimenPhase.Pattern.CYCLE, pattern.on, pattern.off
    elif isinstance(pattern, Weekdays):
        kind, days = RegimenPhase.Pattern.WEEKDAYS, list(pattern.days)
    elif isinstance(pattern, EveryDays):
        every = pattern.days
    load.ledger.phases.add(
        enrolment, when.doses_from, regimen.units, kind, every, on, off, days, regimen.dose, regimen.frequency,
        False,
    )  # fmt: skip


def add_past(load: Load, rng: random.Random, enrolled: Enrolled, *, stopped_on: dt.date | None) -> None:
    """Add the prescriptions up to the current one, with what was delivered of each."""
    course = enrolled.course
    if not course.is_whole:
        _count_at_the_beginning(load, enrolled)
    for number in range(course.first_known // course.regimen.deliveries, course.current + 1):
        _add_prescription(load, rng, enrolled, number, stopped_on=stopped_on)


def _count_at_the_beginning(load: Load, enrolled: Enrolled) -> None:
    """Count what was at home before the first delivery on record: enough for the week until it was needed."""
    course = enrolled.course
    grid = course.regimen.grid(course.doses_from.toordinal())
    first = course.nominal(course.first_known)
    on = course.came_on(course.first_known) - DAY
    doses = grid.rank((first + BUFFER * DAY).toordinal()) - grid.rank(on.toordinal() + 1)
    add_fact(
        load, enrolled, FactKind.COUNT, on, units=doses * course.regimen.units, after_dose=True,
        method="Counted by telephone", by=load.cast.technician,
    )  # fmt: skip


def add_fact(
    load: Load,
    enrolled: Enrolled,
    kind: FactKind,
    on: dt.date,
    *,
    units: int,
    by: int,
    expires_on: dt.date | None = None,
    after_dose: bool = False,
    method: str = "",
    line: int | None = None,
) -> None:
    """Write one fact, and keep it for reckoning the cover."""
    enrolled.facts.append(Fact(kind, on, units, expires_on, after_dose))
    load.ledger.facts.add(
        enrolled.pk, kind.value, on, units, expires_on, after_dose, method, line, instant(on, 17), by, False
    )


def _add_prescription(
    load: Load, rng: random.Random, enrolled: Enrolled, number: int, *, stopped_on: dt.date | None
) -> None:
    course, ledger = enrolled.course, load.ledger
    first, regimen = number * course.regimen.deliveries, course.regimen
    made = min(course.made - first, regimen.deliveries)
    first_on, last_on = course.came_on(first), course.came_on(first + made - 1)
    days = Signed.before(rng, first_on)
    events: tuple[str, ...] = IN_USE
    ends = [first_on]
    if made == regimen.deliveries:
        events, ends = (*IN_USE, "exhaust"), [first_on, last_on]
    elif stopped_on is not None:
        events, ends = (*IN_USE, "cancel"), [first_on, stopped_on]
    pk = ledger.prescription_ids.take()
    renewal = add_closed_renewal(load, rng, enrolled, days, first_on) if number else None
    status = add_prescription(load, rng, enrolled, pk, events, days, ends=ends, made=made, renewal=renewal)
    for place in range(made):
        _add_delivery(load, rng, enrolled, pk, first + place, sequence=place + 1)
    if status in {P.IN_USE, P.CANCELLED}:
        enrolled.live_prescription, enrolled.deliveries_made = pk, made
    if status == P.IN_USE:
        enrolled.remaining = regimen.deliveries - made
        enrolled.last_valid_on = last_valid_on(issued_on=days.signed_on)


def add_closed_renewal(
    load: Load, rng: random.Random, enrolled: Enrolled, days: Signed, first_delivery_on: dt.date
) -> int:
    """Add the renewal that a prescription came of, closed when it was sent; return its id."""
    ledger, cast = load.ledger, load.cast
    pk = ledger.renewal_ids.take()
    late = rng.randrange(2, 12) if rng.random() < 0.06 else 0
    steps = path(("ask_clinic", "approve_to_prescribe", "prescribe", "close"), record="renewal", begin="REQUESTED",
                 first="open")  # fmt: skip
    answered = days.asked_on + (days.signed_on - days.asked_on) // 2
    moved = [days.asked_on, days.asked_on, answered, days.submitted_on, days.sent_on]
    asked_by, opener = ("SWEEP", cast.sweep) if rng.random() < 0.86 else ("PROVIDER", enrolled.supplier.client)
    actors = [opener, cast.technician, cast.nurse, cast.technician, cast.technician]
    status = move(ledger.renewal_moves, pk, steps, moved, actors)
    ledger.renewals.add(
        pk, enrolled.pk, enrolled.patient, enrolled.team.clinic, status, asked_by, days.asked_on,
        instant(days.asked_on, 9), opener, days.asked_on - late * DAY, working_day_before(first_delivery_on, 10),
        first_delivery_on + BUFFER * DAY, instant(days.sent_on, 13),
    )  # fmt: skip
    if asked_by == "SWEEP":
        load.prompted[days.asked_on, enrolled.team.clinic] += 1
    return pk


def add_prescription(
    load: Load,
    rng: random.Random,
    enrolled: Enrolled,
    pk: int,
    events: tuple[str, ...],
    days: Signed,
    *,
    ends: list[dt.date],
    made: int = 0,
    renewal: int | None = None,
    why: str = "",
) -> str:
    """Add a prescription that went as far as these events, the last of them on the days `ends`; return its status."""
    ledger, regimen = load.ledger, enrolled.course.regimen
    steps = path(events, record="prescription", begin="SIGNED", first="sign")
    by_event = {"sign": days.signed_on, "submit": days.submitted_on, "screen": days.screened_on,
                "approve": days.screened_on, "query": days.screened_on, "reject": days.screened_on,
                "send": days.sent_on, "acknowledge": days.acknowledged_on}  # fmt: skip
    known = [by_event.get(event) for event, _, _ in steps]
    rest = iter(ends)
    moved = [day if day is not None else next(rest) for day in known]
    status = move(
        ledger.prescription_moves, pk, steps, moved, [_actor(load, enrolled, e) for e, _, _ in steps], why=why
    )
    artefact = rng.choice(ARTEFACTS)
    is_sent, is_acknowledged = "send" in events, "acknowledge" in events
    original = days.submitted_on if artefact == "WET_INK_ORIGINAL" else None
    if artefact.startswith("SCANNED") and is_acknowledged and rng.random() < 0.9:
        original = days.acknowledged_on
    ledger.prescriptions.add(
        pk, enrolled.pk, enrolled.patient, enrolled.supplier.provider, renewal, enrolled.brand.product, reference(rng),
        status, artefact, days.signed_on, last_valid_on(issued_on=days.signed_on), enrolled.team.consultant,
        enrolled.team.consultant_user, regimen.deliveries, made, regimen.units_each, regimen.interval_days,
        f"{regimen.dose} {regimen.frequency}", original, f"HC{rng.randrange(10**7):07d}" if is_sent else "",
        instant(days.sent_on, 13) if is_sent else None, instant(days.acknowledged_on, 14) if is_acknowledged else None,
        f"RX{rng.randrange(10**6):06d}" if is_acknowledged else "", False,
    )  # fmt: skip
    _add_screens(load, pk, events, days, why)
    return status


OUTCOMES = {"approve": "APPROVED", "query": "QUERIED", "reject": "REJECTED"}


def _add_screens(load: Load, pk: int, events: tuple[str, ...], days: Signed, why: str) -> None:
    for event in events:
        if event in OUTCOMES:
            at = instant(days.screened_on, 12)
            load.ledger.screens.add(pk, OUTCOMES[event], load.cast.pharmacist, at, "" if event == "approve" else why)


BY_PHARMACIST = {"screen", "approve", "query", "reject"}
BY_PROVIDER = {"acknowledge", "first_delivery", "exhaust", "provider_query"}


def _actor(load: Load, enrolled: Enrolled, event: str) -> int:
    if event in BY_PHARMACIST:
        return load.cast.pharmacist
    if event in BY_PROVIDER:
        return enrolled.supplier.client
    return load.cast.sweep if event == "expire" else load.cast.technician


def _add_delivery(
    load: Load, rng: random.Random, enrolled: Enrolled, prescription: int, number: int, *, sequence: int
) -> None:
    """Add a delivery that was made: one in sixty after it had failed once."""
    ledger, course = load.ledger, enrolled.course
    pk, line = ledger.delivery_ids.take(), ledger.line_ids.take()
    due = came = course.came_on(number)
    failed = rng.random() < 1 / 60 and due + 2 * DAY < course.until
    events: tuple[str, ...] = ("book", "deliver_full")
    moved = [due - rng.randrange(16, 21) * DAY, due - rng.randrange(5, 12) * DAY, due]
    cause = ""
    if failed:
        came, cause = due + rng.randrange(1, 3) * DAY, rng.choice(CAUSES)
        events, moved = ("book", "fail", "book", "deliver_full"), [*moved, due, came]
    client = enrolled.supplier.client
    steps = path(events, record="delivery", begin="PLANNED", first="plan")
    status = move(ledger.delivery_moves, pk, steps, moved, [client] * len(steps))
    ledger.deliveries.add(
        pk, prescription, enrolled.pk, enrolled.patient, enrolled.supplier.provider, reference(rng), sequence, status,
        due, came, came, due if failed else None, cause, "", enrolled.surname, f"POD{rng.randrange(10**8):08d}", False,
    )  # fmt: skip
    units, expires = course.regimen.units_each, _expiry(rng, enrolled.brand, came)
    ledger.delivery_lines.add(line, pk, enrolled.brand.product, units, _batch(enrolled.brand, came), expires)
    add_fact(load, enrolled, FactKind.DELIVERY, came, units=units, expires_on=expires, line=line, by=client)


def _expiry(rng: random.Random, brand: Brand, came: dt.date) -> dt.date:
    if brand.shelf_life_days is not None:
        return came + (brand.shelf_life_days - rng.randrange(2)) * DAY
    return (came + rng.randrange(270, 560) * DAY).replace(day=28)


def _batch(brand: Brand, came: dt.date) -> str:
    """Return the batch that a provider had in stock in that fortnight: many patients share one, as a recall finds."""
    return f"{sum(map(ord, brand.name)) % 90 + 10}K{came:%y}{came.isocalendar().week // 2:02d}{'ABC'[came.day % 3]}"
