"""Messages of the last weeks, each as far as it has come: reminders to patients, digests to clinics, in batches."""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.demo.cast import Load
from homecare.desk.demo.dealing import Deck, Decks
from homecare.desk.demo.ledger import instant, reference
from homecare.desk.demo.people import Person
from homecare.desk.demo.sheets import Ids
from homecare.desk.demo.stories import DAY
from homecare.desk.sweep.models import ImportMark, SweepRun
from homecare.messaging.models import Channel, MessageBatch, Recipient
from homecare.messaging.rules import HoldReason, message_id
from homecare.messaging.states import TRANSITIONS, Status
from homecare.messaging.words import current_templates, fingerprint, render
from monitoring.notifications import REMINDER
from prescriptions.notifications import DIGEST

KEPT_DAYS = 56  # the brake asks what was usual on a day of the week in the last eight weeks
REMINDED_DAYS = 14
STALE_DAYS = 7
USUAL = 25.0

# What became of a message, by the days since it was planned; where nobody could be reached, it was not sent.
FATES = {
    "lately": [
        ("DELIVERED", 1), ("UNCERTAIN", 1), ("SHARED_NUMBER", 1), ("FAILED_PERMANENT", 1), ("ACCEPTED", 2),
        ("DELIVERED", 40), ("ACCEPTED", 4), ("DELIVERED", 10),
    ],
    "before": [("DELIVERED", 2), ("MISSED", 1), ("DEAD", 1), ("FAILED_PERMANENT", 1), ("DELIVERED", 70)],
    "long ago": [("DELIVERED", 30), ("FAILED_PERMANENT", 1), ("DELIVERED", 40), ("UNNEEDED", 1)],
}  # fmt: skip
BY_AGE = ((6, "lately"), (20, "before"))
HELD = "HELD"
STATUS = {"SHARED_NUMBER": HELD, "UNNEEDED": "SUPPRESSED", "UNREACHED": "SUPPRESSED"}
EVENTS: dict[str, tuple[str, ...]] = {
    "DELIVERED": ("claim", "accept", "deliver"), "ACCEPTED": ("claim", "accept"), HELD: (),
    "FAILED_PERMANENT": ("claim", "accept", "bounce"), "UNCERTAIN": ("claim", "doubt"), "SHARED_NUMBER": (),
    "UNNEEDED": ("suppress",), "UNREACHED": ("suppress",), "MISSED": ("miss",), "DEAD": ("claim", "give_up"),
}  # fmt: skip
REASONS = {"FAILED_PERMANENT": "permanent-failure", "UNNEEDED": "NO_TEST_DUE", "UNREACHED": "NO_ADDRESS",
           "MISSED": "TIME_PASSED", "DEAD": "HTTP_429"}  # fmt: skip
TRIES = {"DELIVERED": ("BEGUN", "ACCEPTED"), "ACCEPTED": ("BEGUN", "ACCEPTED"), "UNCERTAIN": ("BEGUN", "UNCERTAIN"),
         "FAILED_PERMANENT": ("BEGUN", "ACCEPTED"), "DEAD": ("BEGUN", "REFUSED_FOR_NOW")}  # fmt: skip
NOTIFY_STATUS = {"DELIVERED": "delivered", "FAILED_PERMANENT": "permanent-failure", "ACCEPTED": "sending"}
HOURS = {"plan": 1, "claim": 8, "accept": 8, "doubt": 8, "deliver": 9, "bounce": 9, "suppress": 8, "give_up": 18,
         "miss": 21}  # fmt: skip

LEASE = """
UPDATE messaging_outboxmessage SET status = %s, lease_until = now(), lease_owner = gen_random_uuid()
WHERE id = ANY(%s::uuid[])
"""
LEAVE = """
UPDATE messaging_outboxmessage SET status = %s, lease_until = NULL, lease_owner = NULL, next_attempt_at = NULL
WHERE id = ANY(%s::uuid[])
"""
IN_TURN = (Status.SENDING, Status.ACCEPTED, Status.UNCERTAIN, Status.DEAD, Status.DELIVERED, Status.FAILED_PERMANENT,
           Status.SUPPRESSED, Status.MISSED)  # fmt: skip

Waits = Sequence[tuple[dt.date, dt.date]]
"""From which day a blood test was due, and on which day it was done (or is not yet)."""


@dataclass(frozen=True)
class Wording:
    """The words of a purpose on a channel."""

    template: int
    subject: str
    body: str

    @property
    def sha256(self) -> str:
        """Return what marks these words."""
        return fingerprint(self.subject, self.body)


@dataclass(frozen=True)
class Wanted:
    """A message that was planned on a day."""

    recipient: int
    purpose: str
    subject: tuple[str, int]
    episode: str
    due_on: dt.date
    channel: str
    address: str
    planned_on: dt.date


def fate_decks() -> Decks[str]:
    """Return the decks from which what became of a message is dealt."""
    return Decks({name: Deck(cards) for name, cards in FATES.items()})


def reminders_of(waits: Waits, *, as_at: dt.date) -> list[tuple[dt.date, int, dt.date]]:
    """Return the reminders a patient got before a day: for which due day, which repeat, on which day.

    As monitoring plans them (monitoring/due.py): for the latest day on which a test became due, then twice more.
    """
    until: dict[dt.date, dt.date] = {}
    for due_on, done_on in waits:
        until[due_on] = max(until.get(due_on, due_on), done_on)
    repeats, apart = settings.BLOOD_TEST_REPEATS, settings.BLOOD_TEST_REPEAT_DAYS * DAY
    found = []
    for due_on, done_on in sorted(until.items()):
        for step in range(repeats + 1):
            on = _first_uncovered(due_on + step * apart, [one for one in until.items() if one[0] > due_on])
            ends = done_on if step == repeats else min(done_on, due_on + (step + 1) * apart)
            if on < min(ends, as_at):
                found.append((due_on, step, on))
    return found


def _first_uncovered(day: dt.date, later: Waits) -> dt.date:
    """Return the first day from this one on at which no test that became due later was waiting."""
    for due_on, done_on in sorted(later):
        if due_on <= day < done_on:
            day = done_on
    return day


class Post:
    """Writes the messages of one load; batches and sweeps at the end, when it is known how many there were."""

    def __init__(self, load: Load, *, by: User, at: dt.datetime, adds: bool) -> None:
        self._load = load
        self._fates = fate_decks()
        self._adds = adds
        self._to_move: dict[str, list[str]] = {str(target): [] for target in IN_TURN}
        self._batches = self._batches_by_day()
        self._planned: Counter[tuple[str, dt.date]] = Counter()
        self._held: Counter[tuple[str, dt.date]] = Counter()
        keys = [(REMINDER, Channel.SMS), (REMINDER, Channel.EMAIL), (DIGEST, Channel.EMAIL)]
        self._templates = current_templates([(purpose, str(channel)) for purpose, channel in keys], by=by, at=at)
        organisation = {"organisation": settings.ORGANISATION_NAME, "telephone": settings.TEAM_TELEPHONE}
        self._reminder = {
            channel: self._wording(REMINDER, channel, organisation)
            for channel in (str(Channel.SMS), str(Channel.EMAIL))
        }

    def _batches_by_day(self) -> dict[tuple[str, dt.date], int]:
        """Take a number for each rule's batch of each day, in the order in which they were planned."""
        numbers = Ids(MessageBatch, at_once=2 * KEPT_DAYS)
        days = [self._load.as_at - ago * DAY for ago in range(KEPT_DAYS, 0, -1)]
        return {(purpose, day): numbers.take() for day in days for purpose in (DIGEST, REMINDER)}

    def remind(self, rng: random.Random, person: Person, waits: Waits) -> None:
        """Add the reminders of one patient's blood tests."""
        for due_on, step, on in reminders_of(waits, as_at=self._load.as_at):
            if (self._load.as_at - on).days > KEPT_DAYS:
                continue
            wanted = Wanted(
                person.recipient, REMINDER, ("PATIENT", person.pk), f"{due_on}/{step}", due_on,
                person.channel or str(Channel.SMS), person.address, on,
            )  # fmt: skip
            wording = self._reminder[wanted.channel]
            self._add(rng, wanted, self._fate(on, person.address), wording)

    def _fate(self, planned_on: dt.date, address: str) -> str:
        age = (self._load.as_at - planned_on).days
        if age == 1:
            return HELD
        if not address:
            return "UNREACHED"
        return self._fates.deal(next((name for most, name in BY_AGE if age <= most), "long ago"))

    def settle(self) -> None:
        """Move the messages that were written on to what became of them: the database lets none begin there."""
        with connection.cursor() as cursor:
            for target, ids in self._to_move.items():
                cursor.execute(LEASE if target == Status.SENDING else LEAVE, [target, ids])
                ids.clear()

    def finish(self, rng: random.Random) -> None:
        """Add the digests of clinics, and the batches and sweeps that the messages came of."""
        self._add_digests(rng)
        self._load.ledger.write()
        self.settle()
        if not self._adds:
            self._mark_import()
            self._add_sweeps()
        self._add_batches()

    def _add_digests(self, rng: random.Random) -> None:
        since = self._load.as_at - KEPT_DAYS * DAY
        clinics = {row.clinic_id: row for row in Recipient.objects.filter(kind=Recipient.Kind.CLINIC)}
        for (day, clinic), count in sorted(self._load.prompted.items()):
            if not since <= day < self._load.as_at or self._adds:
                continue
            recipient = clinics[clinic]
            wanted = Wanted(
                recipient.pk, DIGEST, ("CLINIC", clinic), day.isoformat(), day, str(Channel.EMAIL), recipient.email, day
            )
            values = {
                "count": str(count),
                "address": f"{settings.BASE_URL}/",
                "organisation": settings.ORGANISATION_NAME,
            }
            fate = "ACCEPTED" if (self._load.as_at - day).days == 1 else "DELIVERED"
            self._add(rng, wanted, fate, self._wording(DIGEST, str(Channel.EMAIL), values))

    def _wording(self, purpose: str, channel: str, values: Mapping[str, str]) -> Wording:
        template = self._templates[purpose, channel]
        return Wording(template.pk, *render(template, values))

    # -- one message --------------------------------------------------------------------------------------------------

    def _add(self, rng: random.Random, wanted: Wanted, fate: str, wording: Wording) -> None:
        key = (wanted.purpose, wanted.planned_on)
        status, events = STATUS.get(fate, fate), EVENTS[fate]
        self._planned[key] += 1
        self._held[key] += status == HELD
        is_claimed, is_sent = "claim" in events, "accept" in events
        provider_id = reference(rng) if is_sent else ""
        pk = str(
            message_id(
                recipient_id=wanted.recipient, purpose=wanted.purpose, episode=wanted.episode, due_on=wanted.due_on
            )
        )
        age = (self._load.as_at - wanted.planned_on).days
        closed = (fate == "UNREACHED" and age > BY_AGE[0][0]) or (fate == "FAILED_PERMANENT" and age > BY_AGE[-1][0])
        self._load.ledger.messages.add(
            pk, wanted.recipient, wanted.purpose, *wanted.subject, wanted.episode, wanted.due_on, 0, wanted.channel,
            20 if wanted.purpose == DIGEST else 50, HELD if status == HELD else "QUEUED", instant(wanted.planned_on, 1),
            instant(wanted.planned_on, 1), _not_after(wanted), 20 if fate == "DEAD" else
            int(is_claimed), 20, int(is_claimed), instant(wanted.planned_on, 8) if fate == "UNCERTAIN" else None,
            wording.template if is_claimed else None, wording.sha256 if is_claimed else "",
            wanted.address if is_claimed else "", 1 if is_claimed else None, provider_id, NOTIFY_STATUS.get(status, ""),
            REASONS.get(fate, ""), self._batches[key], instant(wanted.planned_on + 2 * DAY, 11) if closed else None,
            self._load.cast.technician if closed else None,
        )  # fmt: skip
        self._add_moves(pk, wanted, fate)
        self._add_tries(pk, wanted, fate, provider_id)
        if is_sent and age <= BY_AGE[0][0]:
            self._load.ledger.stand_in.add(
                provider_id, pk, wanted.channel.lower(), wanted.address, wording.subject, wording.body,
                f"demonstration-{wanted.channel.lower()}", NOTIFY_STATUS[status], instant(wanted.planned_on, 8),
            )  # fmt: skip

    def _add_moves(self, pk: str, wanted: Wanted, fate: str) -> None:
        """Write how the message moved. A held one has been planned and no more; all others were queued at once."""
        cast, source = self._load.cast, HELD if STATUS.get(fate, fate) == HELD else "QUEUED"
        sheet = self._load.ledger.message_moves
        sheet.add(pk, "plan", "", source, instant(wanted.planned_on, HOURS["plan"]), cast.sweep, "")
        for event in EVENTS[fate]:
            target = TRANSITIONS.find(event, source=source).target
            on = wanted.planned_on + (STALE_DAYS * DAY if event == "miss" else 0 * DAY)
            why = REASONS.get(fate, "") if event in {"suppress", "miss", "give_up", "bounce"} else ""
            sheet.add(pk, event, source, target, instant(on, HOURS[event]), cast.outbox, why)
            self._to_move[target].append(pk)
            source = target

    def _add_tries(self, pk: str, wanted: Wanted, fate: str, provider_id: str) -> None:
        for result in TRIES.get(fate, ()):
            http = {"ACCEPTED": 201, "REFUSED_FOR_NOW": 429}.get(result)
            error = "ReadTimeout" if result == "UNCERTAIN" else ""
            known = provider_id if result == "ACCEPTED" else ""
            self._load.ledger.tries.add(pk, 1, instant(wanted.planned_on, 8), result, http, known, error)

    # -- what they came of --------------------------------------------------------------------------------------------

    def _mark_import(self) -> None:
        """Note a register that came in the evening before yesterday: yesterday's reminders are held because of it."""
        yesterday = self._load.as_at - DAY
        ImportMark.objects.create(
            last_batch=self._batches[REMINDER, yesterday - DAY],
            at=at_local(yesterday - DAY, 17),
            by_id=self._load.cast.lead,
        )

    def _add_batches(self) -> None:
        yesterday = self._load.as_at - DAY
        rows = []
        for (purpose, day), pk in self._batches.items():
            if not self._planned[purpose, day]:
                continue
            held = self._held[purpose, day]
            why = HoldReason.FIRST_AFTER_IMPORT if day == yesterday else HoldReason.SHARED_NUMBER
            rows.append(
                MessageBatch(
                    pk=pk, purpose=purpose, day=day, planned_count=self._planned[purpose, day], held_count=held,
                    status=MessageBatch.Status.HELD if held else MessageBatch.Status.PASSED, usual=USUAL,
                    hold_reasons=[str(why)] if held else [], planned_by_id=self._load.cast.sweep,
                    planned_at=instant(day, HOURS["plan"]),
                )
            )  # fmt: skip
        MessageBatch.objects.bulk_create(rows, batch_size=1000)

    def _add_sweeps(self) -> None:
        opened: dict[dt.date, int] = defaultdict(int)
        for (day, _), count in self._load.prompted.items():
            opened[day] += count
        days = [self._load.as_at - ago * DAY for ago in range(KEPT_DAYS, 0, -1)]
        SweepRun.objects.bulk_create(
            SweepRun(
                day=day, ran_at=instant(day, HOURS["plan"]), ran_by_id=self._load.cast.sweep, covers_recomputed=0,
                renewals_opened=opened[day], messages_planned=_on(self._planned, day),
                messages_held=_on(self._held, day),
            )
            for day in days
        )  # fmt: skip


def _on(counts: Mapping[tuple[str, dt.date], int], day: dt.date) -> int:
    return sum(counts.get((purpose, day), 0) for purpose in (REMINDER, DIGEST))


def _not_after(wanted: Wanted) -> str:
    return instant(max(wanted.due_on, wanted.planned_on) + STALE_DAYS * DAY, 20)
