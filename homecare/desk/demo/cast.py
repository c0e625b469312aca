"""Who acts in the demonstration, and what every part of a load shares."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from homecare.accounts.models import User
from homecare.desk.demo.dealing import Deck, Decks
from homecare.desk.demo.ledger import Ledger
from homecare.desk.demo.stories import HANDFUL, ROUND, Story


@dataclass(frozen=True)
class Cast:
    """The people and the parts of the service that did what is on record, by id."""

    technician: int
    lead: int
    pharmacist: int
    nurse: int
    prescriber: int
    sweep: int
    outbox: int
    lab_import: int

    @classmethod
    def of(cls, people: Mapping[str, User]) -> "Cast":
        """Return the demonstration's people in their parts."""
        return cls(
            technician=people["dilys"].pk,
            lead=people["grace"].pk,
            pharmacist=people["priya"].pk,
            nurse=people["siobhan"].pk,
            prescriber=people["raman"].pk,
            sweep=User.objects.system("sweep").pk,
            outbox=User.objects.system("outbox").pk,
            lab_import=User.objects.system("lab_import").pk,
        )


class Fate:
    """Deals each patient a story, so that every two hundred have some of each."""

    def __init__(self, rng: random.Random, *, with_handful: bool) -> None:
        self._deck = Deck(ROUND, shuffled_by=rng)
        self._handful = HANDFUL if with_handful else {}
        self._active = 0

    def deal(self) -> Story:
        """Return the next patient's story."""
        story = self._deck.deal()
        if story is not Story.ACTIVE:
            return story
        self._active += 1
        return self._handful.get(self._active, story)


@dataclass
class Load:
    """What every part of one load shares."""

    as_at: dt.date
    ledger: Ledger
    cast: Cast
    stages: Decks[str]
    coming: Decks[str]
    indications: dict[int, str] = field(default_factory=dict)  # by treatment
    prompted: Counter[tuple[dt.date, int]] = field(default_factory=Counter)  # renewals opened, by day and clinic
