"""Loading the demonstration: one deed, one transaction, patients in batches so that memory stays small."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.desk.demo import asking
from homecare.desk.demo.bloods import Laboratory, read_analytes
from homecare.desk.demo.cast import Cast, Fate, Load
from homecare.desk.demo.catalogue import Regimen, SpecialtyMix, read_catalogue, read_hospital, specialty_deck
from homecare.desk.demo.enrolling import Enroller
from homecare.desk.demo.ledger import Ledger
from homecare.desk.demo.loose_ends import add_unfiled_results, add_waiting_register, add_weights
from homecare.desk.demo.messages import Post
from homecare.desk.demo.numbers import HOSPITAL_PREFIX, nhs_numbers
from homecare.desk.demo.people import People
from homecare.desk.demo.registered import write_forms
from homecare.desk.demo.setting_up import set_up
from homecare.desk.demo.stories import DAY, ON_TREATMENT, Story, days_since_the_end
from patients.actions import pathway
from patients.models import PathwayClock, Patient
from patients.pathway.stages import StageCode

BATCH = 1000
TOLD_EVERY = 100
SECOND_TREATMENT_SHARE = 0.04
ODDITIES = ["EXPIRED", "CANCELLED", "SUPERSEDED"]
MOST = 700_000


@dataclass(frozen=True)
class Loaded:
    """What a load came to."""

    patients: int
    rows: int


@action
def load_demo(
    *,
    patients: int,
    seed: int,
    as_at: dt.date,
    by: User,
    at: dt.datetime,
    add: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Loaded:
    """Load so many made-up patients, alive around a day. The same seed and day give the same hospital.

    Refused outside the demonstration, and beside patients that are there already unless `add` says so.
    """
    _refuse_unless_it_may(patients, add=add)
    with connection.cursor() as cursor:  # else every row's references are remembered until the end, and then asked
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    document = read_hospital()
    people = set_up(document, by=by, at=at)
    load = Load(as_at=as_at, ledger=Ledger(), cast=Cast.of(people), stages=asking.stage_decks(),
                coming=asking.coming_decks())  # fmt: skip
    post = Post(load, by=by, at=at, adds=add)
    hospital = _Hospital(load, document, post, seed=seed, adds=add)
    done = 0
    places = islice(nhs_numbers(_first_place() if add else 0), patients)
    for place, number in places:
        hospital.admit(place, number)
        done += 1
        if done % BATCH == 0:
            load.ledger.write()
            post.settle()
        if done % TOLD_EVERY == 0:
            progress(done)
    post.finish(random.Random(seed))  # noqa: S311
    write_forms()
    if not add:
        add_unfiled_results(as_at=as_at)
        add_weights(as_at=as_at, by=by, at=at)
        add_waiting_register(as_at=as_at, by=people["grace"], at=at)
    _judge_forms(by=by, at=at)
    progress(done)
    return Loaded(patients=done, rows=load.ledger.written)


def _judge_forms(*, by: User, at: dt.datetime) -> None:
    """Move on the few whose registration lacks nothing: only the whole form, as written, can say so."""
    waiting = PathwayClock.objects.running().filter(stage=StageCode.REGISTRATION_TO_COMPLETE)
    for clock in waiting.select_related("enrolment").order_by("pk"):
        pathway.refresh(clock.enrolment, by=by, at=at)


def _refuse_unless_it_may(patients: int, *, add: bool) -> None:
    if not settings.DEMO:
        raise Refused("The demonstration is loaded with DEMO=1 only.", code="not_a_demonstration")
    if not 1 <= patients <= MOST:
        raise Refused(f"Choose from 1 to {MOST:,} patients: there are not more NHS numbers that are never issued.")
    with connection.cursor() as cursor:  # two loads at once: the second waits, then sees the first one's patients
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('desk.load_demo', 0))")
    if not add and Patient.objects.exists():
        raise Refused("There are patients already. Use --add to load more beside them.", code="not_empty")


def _first_place() -> int:
    """Return the first place in the order of NHS numbers that no earlier load has used."""
    last = Patient.objects.filter(hospital_number__startswith=HOSPITAL_PREFIX).order_by("-hospital_number").first()
    return int(last.hospital_number.removeprefix(HOSPITAL_PREFIX)) + 1 if last else 0


class _Hospital:
    """Admits patients one after another, each by chance that depends on the seed and the patient's place alone."""

    def __init__(self, load: Load, document: Mapping[str, Any], post: Post, *, seed: int, adds: bool) -> None:
        self._load = load
        self._post = post
        self._seed = seed
        shuffle = random.Random(seed)  # noqa: S311  chance, not secrecy
        self._mixes = read_catalogue(document)
        self._specialties = specialty_deck(document, self._mixes, shuffled_by=shuffle)
        self._fate = Fate(shuffle, with_handful=not adds)
        self._people = People()
        self._enroller = Enroller(load, ODDITIES, shuffled_by=shuffle)
        self._laboratory = Laboratory(load, read_analytes())

    def admit(self, place: int, number: str) -> None:
        """Add one patient with all that is on record."""
        rng = random.Random(f"{self._seed}/{place}")  # noqa: S311
        story, mix = self._fate.deal(), self._specialties.deal()
        regimen = mix.regimens.deal()
        as_at = self._load.as_at
        died_on = as_at - days_since_the_end(rng, story) * DAY if story is Story.DECEASED else None
        person = self._people.add(
            self._load.ledger, rng, place=place, nhs_number=number, female=regimen.female, ages=regimen.ages,
            as_at=as_at, died_on=died_on,
        )  # fmt: skip
        waits: list[tuple[dt.date, dt.date]] = []
        for which, (one, its_story) in enumerate(self._treatments(rng, mix, regimen, story)):
            treated = self._enroller.enrol(rng, person, mix, one, its_story)
            if treated is not None:
                its_waits = self._laboratory.follow(rng, person, treated, place=which)
                waits += its_waits if treated.may_be_reminded else []
        self._post.remind(rng, person, [wait for wait in waits if wait[1] > wait[0]])

    def _treatments(
        self, rng: random.Random, mix: SpecialtyMix, regimen: Regimen, story: Story
    ) -> Iterator[tuple[Regimen, Story]]:
        yield regimen, story
        if story in ON_TREATMENT and rng.random() < SECOND_TREATMENT_SHARE:
            second = rng.choice(mix.regimens.cards)
            if second.medicine != regimen.medicine:
                yield second, Story.ACTIVE
