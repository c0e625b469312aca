"""What goes on now: the cover as it is, renewals on their way to a prescription, the delivery that comes next."""

import datetime as dt
import random
from collections.abc import Sequence

from homecare.desk.demo.cast import Load
from homecare.desk.demo.dealing import Deck, Decks
from homecare.desk.demo.ledger import instant, move, path, reference
from homecare.desk.demo.stories import DAY, Story
from homecare.desk.demo.supply import CAUSES, Enrolled, Signed, add_prescription
from patients.cover.legal_life import last_valid_on
from patients.cover.questions import CoverAnswer, CoverQuestion, RemainingSupply
from patients.cover.regimen import Phase, Suspension
from patients.cover.rules import compute

LATE_SHARE = 0.08
QUERIES = ("Neutrophils 1.4 on the last count: please confirm the dose.", "Weight is needed for this dose.",
           "The interval differs from the last prescription.")  # fmt: skip
PROVIDER_QUERIES = ("Brand on the prescription is not the one last supplied.", "The prescriber's name cannot be read.")

# How far a renewal has come, by the days since it should have been asked for.
STAGES = {
    "early": [("REQUESTED", 1), ("AWAITING_CLINIC", 1), ("APPROVED_TO_PRESCRIBE", 1), ("BLOODS_REQUIRED", 1),
              ("REQUESTED", 2), ("AWAITING_CLINIC", 2)],
    "middle": [
        ("SUBMITTED", 1), ("QUERIED", 1), ("SCREENING", 1), ("APPROVED", 1), ("AMENDED", 1), ("REJECTED", 1),
        ("APPOINTMENT_REQUIRED", 1), ("AWAITING_CLINIC", 2), ("SUBMITTED", 2), ("BLOODS_REQUIRED", 1), ("APPROVED", 1),
        ("APPROVED_TO_PRESCRIBE", 1),
    ],
    "late": [
        ("SENT", 1), ("ORDER_RAISED", 1), ("PROVIDER_QUERIED", 1), ("APPROVED", 1), ("ACKNOWLEDGED", 6), ("SENT", 2),
        ("SUBMITTED", 1), ("AWAITING_CLINIC", 1),
    ],
    "overdue": [("ACKNOWLEDGED", 6), ("AWAITING_CLINIC", 1), ("ACKNOWLEDGED", 3), ("QUERIED", 1), ("SENT", 1)],
}  # fmt: skip
BY_AGE = ((7, "early"), (20, "middle"), (34, "late"))

TO_CLINIC = ("ask_clinic",)
TO_PRESCRIBER = ("ask_clinic", "approve_to_prescribe", "prescribe")
RENEWAL_EVENTS = {
    "REQUESTED": (), "AWAITING_CLINIC": TO_CLINIC, "APPROVED_TO_PRESCRIBE": ("ask_clinic", "approve_to_prescribe"),
    "BLOODS_REQUIRED": ("ask_clinic", "require_bloods"), "APPOINTMENT_REQUIRED": ("ask_clinic", "require_appointment"),
    "REJECTED": (*TO_PRESCRIBER, "prescribe_again"), "SENT": (*TO_PRESCRIBER, "close"),
    "PROVIDER_QUERIED": (*TO_PRESCRIBER, "close"), "ACKNOWLEDGED": (*TO_PRESCRIBER, "close"),
}  # fmt: skip
SCREENED = ("submit", "screen", "approve")
PRESCRIPTION_EVENTS = {
    "SUBMITTED": ("submit",), "SCREENING": ("submit", "screen"), "QUERIED": ("submit", "screen", "query"),
    "AMENDED": ("submit", "screen", "query", "amend"), "REJECTED": ("submit", "screen", "reject"),
    "APPROVED": SCREENED, "ORDER_RAISED": (*SCREENED, "raise_order"), "SENT": (*SCREENED, "send"),
    "PROVIDER_QUERIED": (*SCREENED, "send", "provider_query"), "ACKNOWLEDGED": (*SCREENED, "send", "acknowledge"),
}  # fmt: skip
AT_PROVIDER = {"SENT", "PROVIDER_QUERIED", "ACKNOWLEDGED"}

# How far the next delivery has come, by the days until it is due.
COMING = {
    "near": [("DISPATCHED", 2), ("FAILED", 1), ("BOOKED", 1), ("PREPARING", 1), ("DISPATCHED", 3)],
    "soon": [("BOOKED", 3), ("UNABLE_TO_CONTACT", 1), ("DEFERRED", 1), ("CONTACTING", 1), ("BOOKED", 4)],
    "later": [("BOOKED", 2), ("PLANNED", 2), ("CONTACTING", 1), ("UNABLE_TO_CONTACT", 1), ("BOOKED", 3)],
}
BY_NEARNESS = ((1, "near"), (6, "soon"), (14, "later"))
DELIVERY_EVENTS = {
    "PLANNED": (), "CONTACTING": ("contact",), "UNABLE_TO_CONTACT": ("contact", "give_up_contact"),
    "DEFERRED": ("contact", "defer"), "BOOKED": ("contact", "book"), "PREPARING": ("contact", "book", "prepare"),
    "DISPATCHED": ("contact", "book", "prepare", "dispatch"), "FAILED": ("contact", "book", "dispatch", "fail"),
    "CANCELLED": ("contact", "book", "cancel"),
}  # fmt: skip


def stage_decks() -> Decks[str]:
    """Return the decks from which renewals' stages are dealt."""
    return Decks({name: Deck(cards) for name, cards in STAGES.items()})


def coming_decks() -> Decks[str]:
    """Return the decks from which the stages of coming deliveries are dealt."""
    return Decks({name: Deck(cards) for name, cards in COMING.items()})


def on_hand(enrolled: Enrolled, on: dt.date) -> int:
    """Return the units at home at the end of a day."""
    return reckon_on(enrolled, (), on).units_on_hand or 0


def reckon(load: Load, enrolled: Enrolled, pauses: Sequence[Suspension]) -> CoverAnswer:
    """Return the cover today, as the rows that were written give it."""
    return reckon_on(enrolled, pauses, load.as_at)


def reckon_on(enrolled: Enrolled, pauses: Sequence[Suspension], as_at: dt.date) -> CoverAnswer:
    """Return the cover on a day, as the rows that were written give it."""
    course, supplier = enrolled.course, enrolled.supplier
    supply = None
    if enrolled.remaining and enrolled.last_valid_on is not None:
        supply = RemainingSupply(enrolled.remaining, course.regimen.units_each, enrolled.last_valid_on)
    phase = Phase(starts_on=course.doses_from, units_per_dose=course.regimen.units, pattern=course.regimen.pattern)
    return compute(
        CoverQuestion(
            as_at=as_at,
            phases=(phase,),
            facts=tuple(enrolled.facts),
            suspensions=tuple(pauses),
            prescription=supply,
            buffer_days=supplier.buffer_days,
            lead_working_days=supplier.lead_working_days,
            provider_lead_working_days=supplier.provider_lead_working_days,
            shelf_life_days=enrolled.brand.shelf_life_days,
        )
    )


def add_renewal_in_hand(load: Load, rng: random.Random, enrolled: Enrolled, cover: CoverAnswer, story: Story) -> bool:
    """Add the renewal that is due, as far as it has come; say whether a new prescription reached the provider.

    What became due on the day itself is left for the sweep.
    """
    if cover.prompt_due_on is None or cover.prompt_due_on >= load.as_at:
        return False
    age = (load.as_at - cover.prompt_due_on).days
    bucket = next((name for most, name in BY_AGE if age <= most), "overdue")
    stage = load.stages.deal(bucket)
    if story in {Story.OUT, Story.SHORT}:
        stage = rng.choice(["AWAITING_CLINIC", "QUERIED", "BLOODS_REQUIRED", "APPROVED"])
    opened_on = cover.prompt_due_on
    if rng.random() < LATE_SHARE or stage == "REQUESTED":
        opened_on = load.as_at - rng.randrange(1, min(age, 12) + 1) * DAY
    _add_open_renewal(load, rng, enrolled, cover, stage, opened_on)
    return stage in AT_PROVIDER


def _spread(first: dt.date, load: Load, count: int) -> list[dt.date]:
    """Return so many days from the first on, all before the day of the load."""
    span = (load.as_at - first).days
    return [first + span * number // count * DAY for number in range(count)]


def _add_open_renewal(
    load: Load, rng: random.Random, enrolled: Enrolled, cover: CoverAnswer, stage: str, opened_on: dt.date
) -> None:
    ledger, cast = load.ledger, load.cast
    events = RENEWAL_EVENTS.get(stage, TO_PRESCRIBER)
    prescribed = PRESCRIPTION_EVENTS.get(stage, ())
    days = _spread(opened_on, load, 3 + len(prescribed) + 1)
    signed = _signed(opened_on, days[3:])
    pk = ledger.renewal_ids.take()
    by_event = {"open": opened_on, "ask_clinic": days[1], "prescribe": signed.submitted_on, "close": signed.sent_on,
                "prescribe_again": signed.screened_on}  # fmt: skip
    steps = path(events, record="renewal", begin="REQUESTED", first="open")
    actors = [cast.sweep if event == "open" else _answered_by(load, event) for event, _, _ in steps]
    status = move(ledger.renewal_moves, pk, steps, [by_event.get(event, days[2]) for event, _, _ in steps], actors)
    ledger.renewals.add(
        pk, enrolled.pk, enrolled.patient, enrolled.team.clinic, status, "SWEEP", opened_on, instant(opened_on, 9),
        cast.sweep, cover.prompt_due_on, cover.prescription_needed_by_on, cover.first_uncovered_dose_on,
        instant(signed.sent_on, 13) if status == "CLOSED" else None,
    )  # fmt: skip
    load.prompted[opened_on, enrolled.team.clinic] += 1
    _add_asks(load, rng, enrolled, pk, opened_on, cover)
    if prescribed:
        _add_new_prescription(load, rng, enrolled, prescribed, signed, ends=[days[-1]], renewal=pk, stage=stage)


def _signed(opened_on: dt.date, days: Sequence[dt.date]) -> Signed:
    """Return the days of a prescription that has come as far as there are days; those to come are the last."""
    last = days[-1] if days else opened_on
    at = [days[place] if place < len(days) else last for place in range(6)]
    return Signed(opened_on, at[0], at[1], at[2], at[4], at[5])


def _answered_by(load: Load, event: str) -> int:
    return {"ask_clinic": load.cast.technician, "prescribe_again": load.cast.pharmacist}.get(event, load.cast.nurse)


def _add_asks(
    load: Load, rng: random.Random, enrolled: Enrolled, renewal: int, opened_on: dt.date, cover: CoverAnswer
) -> None:
    """One in six was asked for by somebody else too: the provider's own list, or the patient on the telephone."""
    if rng.random() > 1 / 6:
        return
    on = opened_on + (load.as_at - opened_on).days // 2 * DAY
    if rng.random() < 0.75:
        theirs = (cover.prescription_needed_by_on or on) - rng.randrange(-4, 12) * DAY
        load.ledger.asks.add(renewal, "PROVIDER", enrolled.supplier.client, instant(on, 11), theirs, "")
    else:
        words = "Telephoned: no date for the next delivery yet."
        load.ledger.asks.add(renewal, "PATIENT", load.cast.technician, instant(on, 15), None, words)


def _add_new_prescription(
    load: Load,
    rng: random.Random,
    enrolled: Enrolled,
    events: tuple[str, ...],
    signed: Signed,
    *,
    ends: list[dt.date],
    renewal: int,
    stage: str,
) -> None:
    pk = load.ledger.prescription_ids.take()
    why = ""
    if stage in {"QUERIED", "REJECTED"}:
        why = rng.choice(QUERIES)
    elif stage == "PROVIDER_QUERIED":
        why = rng.choice(PROVIDER_QUERIES)
    elif stage == "AMENDED":
        why = "The prescriber confirmed the dose."
    add_prescription(load, rng, enrolled, pk, events, signed, ends=ends, renewal=renewal, why=why)
    if stage not in AT_PROVIDER:
        return
    if not enrolled.remaining and stage == "ACKNOWLEDGED":
        enrolled.live_prescription, enrolled.deliveries_made = pk, 0
    enrolled.remaining += enrolled.course.regimen.deliveries
    enrolled.last_valid_on = last_valid_on(issued_on=signed.signed_on)


def add_declined_renewal(load: Load, enrolled: Enrolled, cover: CoverAnswer) -> None:
    """Add a renewal that the clinic declined: until something changes, nobody asks again."""
    if cover.prompt_due_on is None or cover.prompt_due_on >= load.as_at:
        return
    ledger, cast = load.ledger, load.cast
    pk = ledger.renewal_ids.take()
    steps = path(("ask_clinic", "decline"), record="renewal", begin="REQUESTED", first="open")
    days = _spread(cover.prompt_due_on, load, len(steps))
    why = "Not seen in clinic for a year: to be seen before any more is prescribed."
    status = move(ledger.renewal_moves, pk, steps, days, [cast.sweep, cast.technician, cast.nurse], why=why)
    ledger.renewals.add(
        pk, enrolled.pk, enrolled.patient, enrolled.team.clinic, status, "SWEEP", days[0], instant(days[0], 9),
        cast.sweep, cover.prompt_due_on, cover.prescription_needed_by_on, cover.first_uncovered_dose_on,
        instant(days[-1], 13),
    )  # fmt: skip


def add_coming_delivery(load: Load, rng: random.Random, enrolled: Enrolled) -> None:
    """Add the next delivery, if it is due within a fortnight, as far as the provider has come with it."""
    if enrolled.live_prescription is None:
        return
    due = enrolled.course.came_on(enrolled.course.made)
    bucket = next((name for most, name in BY_NEARNESS if (due - load.as_at).days <= most), None)
    if bucket is not None:
        add_expected(load, rng, enrolled, "FAILED" if due < load.as_at - DAY else load.coming.deal(bucket), due)


def add_expected(
    load: Load, rng: random.Random, enrolled: Enrolled, stage: str, due: dt.date, *, ended_on: dt.date | None = None
) -> None:
    """Add a delivery that was not made, in the state it has come to."""
    ledger, client = load.ledger, enrolled.supplier.client
    last = ended_on or load.as_at - DAY
    pk = ledger.delivery_ids.take()
    steps = path(DELIVERY_EVENTS[stage], record="delivery", begin="PLANNED", first="plan")
    first = min(due, last) - 16 * DAY
    span = (last - first).days
    days = [first + span * number // max(len(steps) - 1, 1) * DAY for number in range(len(steps))]
    failed_on, cause = (last, rng.choice(CAUSES)) if stage == "FAILED" else (None, "")
    why = "Nobody answered the door." if cause == "PATIENT_NOT_IN" else ""
    actors = [client] * len(steps)
    if ended_on is not None:
        actors[-1], why = load.cast.technician, "The treatment ended."
    status = move(ledger.delivery_moves, pk, steps, days, actors, why=why)
    is_booked = "book" in DELIVERY_EVENTS[stage]
    ledger.deliveries.add(
        pk, enrolled.live_prescription, enrolled.pk, enrolled.patient, enrolled.supplier.provider, reference(rng),
        enrolled.deliveries_made + 1, status, due, (failed_on or max(due, last)) if is_booked else None, None,
        failed_on, cause, why if cause else "", "", "", False,
    )  # fmt: skip


def add_oddity(load: Load, rng: random.Random, enrolled: Enrolled, kind: str) -> None:
    """Add an older prescription of which nothing came: it expired, was cancelled, or another took its place."""
    pk = load.ledger.prescription_ids.take()
    signed_on = load.as_at - rng.randrange(215, 300) * DAY
    days = Signed(signed_on, signed_on, signed_on + DAY, signed_on + 2 * DAY, signed_on + 4 * DAY, signed_on + 6 * DAY)
    events: tuple[str, ...] = {
        "EXPIRED": (*SCREENED, "send", "acknowledge", "expire"),
        "CANCELLED": (*SCREENED, "cancel"),
        "SUPERSEDED": (*SCREENED, "send", "acknowledge", "supersede"),
    }[kind]
    ended = last_valid_on(issued_on=signed_on) + DAY if kind == "EXPIRED" else signed_on + rng.randrange(8, 15) * DAY
    words = {"EXPIRED": "", "CANCELLED": "The dose was changed before it was sent.", "SUPERSEDED": "The dose changed."}
    add_prescription(load, rng, enrolled, pk, events, days, ends=[ended], why=words[kind])
