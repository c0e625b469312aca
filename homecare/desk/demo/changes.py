"""What changed while somebody was on homecare: what providers were told, wishes for deliveries, what is fetched."""

import datetime as dt
import random

from homecare.desk.demo.cast import Load
from homecare.desk.demo.catalogue import Supplier
from homecare.desk.demo.dealing import Deck, Weighted
from homecare.desk.demo.ledger import instant
from homecare.desk.demo.people import Person
from homecare.desk.demo.stories import DAY, PAUSED, Story

RECENT_DAYS = 90
WISH_SHARE, NEWS_SHARE = 0.05, 0.02
WISHES = Weighted([
    (([1, 2, 3], "MORNING", "HOME", ""), 4), (([], "EVENING", "HOME", ""), 3),
    (([2, 4], "ANY", "WORK", "Reception, first floor"), 3), (([], "ANY", "NEIGHBOUR", "At number 12, who knows"), 2),
])  # fmt: skip
NEWS = Weighted([
    (("CONTACT", "The patient has a new mobile number."), 3), (("ADDRESS", "The patient has moved."), 2),
    (("ACCESSIBLE_NEED", "Letters in large print, 18 point."), 1),
])  # fmt: skip
TOLD_OF: dict[Story, tuple[str, str]] = {
    Story.SUSPENDED: ("SUSPENSION", "Treatment is paused. Send nothing until it is resumed."),
    Story.SUSPENDED_UNTIL: ("SUSPENSION", "Treatment is paused. Send nothing until it is resumed."),
    Story.TRANSFERRING: ("TRANSFER", "The patient moves to another provider."),
    Story.CONSENT_WITHDRAWN: ("CONSENT_WITHDRAWN", "Consent is withdrawn. Use what you hold for the handover only."),
    Story.STOPPED: ("STOP", "Homecare has ended. Cancel what is planned."),
    Story.DECEASED: ("DEATH", "The patient has died. Cancel everything, and send nothing to the family."),
}


class Changes:
    """Writes the changes of one load."""

    def __init__(self, load: Load, *, shuffled_by: random.Random) -> None:
        self.load = load
        # How far the telling has come: acknowledged, told and not yet acknowledged, or not told yet.
        self._told = Deck([("acknowledged", 8), ("told", 2), ("not yet", 1)], shuffled_by=shuffled_by)
        self._answers = Deck([("HONOURED", 6), ("CANNOT", 1), ("WAITING", 1)], shuffled_by=shuffled_by)
        self._fetched = Deck([(True, 3), (False, 2)], shuffled_by=shuffled_by)

    def add(
        self, rng: random.Random, enrolment: int, person: Person, supplier: Supplier, story: Story, until: dt.date
    ) -> None:
        """Add what follows from a patient's story; `until` is the last day that was as it should be."""
        since = until + DAY if story in PAUSED else until
        if story in {Story.TRANSFERRING, Story.CONSENT_WITHDRAWN}:
            since = self.load.as_at - (13 if story is Story.TRANSFERRING else 9) * DAY
        if story in TOLD_OF and (self.load.as_at - since).days <= RECENT_DAYS:
            self._add_notice(rng, enrolment, person, supplier, *TOLD_OF[story], on=since)
        if story in {Story.STOPPED, Story.DECEASED} and (self.load.as_at - since).days <= RECENT_DAYS:
            self._add_collection(enrolment, since, is_gentle=story is Story.DECEASED)
        if story is Story.ACTIVE and rng.random() < WISH_SHARE:
            self._add_wish(rng, enrolment, person, supplier)
        if story is Story.ACTIVE and rng.random() < NEWS_SHARE:
            on = self.load.as_at - rng.randrange(1, 40) * DAY
            self._add_notice(rng, enrolment, person, supplier, *NEWS.draw(rng), on=on)

    def _add_notice(
        self, rng: random.Random, enrolment: int, person: Person, supplier: Supplier, kind: str, detail: str, *,
        on: dt.date,
    ) -> None:  # fmt: skip
        how_far, by = self._told.deal(), self.load.cast.technician
        how, told_at, told_by, acknowledged_at, acknowledged_by = "NOT_YET", None, None, None, ""
        if how_far != "not yet":
            how, told_at, told_by = rng.choice(["TELEPHONE", "EMAIL", "PORTAL"]), instant(on, 16), by
        if how_far == "acknowledged":
            acknowledged_at, acknowledged_by = instant(min(on + 2 * DAY, self.load.as_at), 7), "Customer service"
        self.load.ledger.notices.add(
            enrolment, person.pk, supplier.provider, kind, detail, on, instant(on, 12), by, how, told_at, told_by,
            acknowledged_at, acknowledged_by,
        )  # fmt: skip

    def _add_wish(self, rng: random.Random, enrolment: int, person: Person, supplier: Supplier) -> None:
        days, slot, place, detail = WISHES.draw(rng)
        on, answer = self.load.as_at - rng.randrange(3, 120) * DAY, self._answers.deal()
        why = "No driver in this area at that time." if answer == "CANNOT" else ""
        answered_on = None if answer == "WAITING" else on + 2 * DAY
        self.load.ledger.preferences.add(enrolment, days, slot, place, detail, on, answer, why, answered_on)
        if answer == "WAITING":
            self._add_notice(rng, enrolment, person, supplier, "PREFERENCE", "New wishes for deliveries.", on=on)

    def _add_collection(self, enrolment: int, since: dt.date, *, is_gentle: bool) -> None:
        done_on = min(since + 12 * DAY, self.load.as_at) if self._fetched.deal() else None
        self.load.ledger.collections.add(enrolment, "SHARPS", since, done_on, done_on, is_gentle, "")
