"""Made-up people: names, where they live, how they wish to hear from us, what they need in order to understand."""

import datetime as dt
import json
import random
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from homecare.desk.demo.dealing import Weighted
from homecare.desk.demo.ledger import Ledger, instant
from homecare.desk.demo.numbers import hospital_number, landline, mobile
from patients.pathway import registration_form as form

YEAR = 365.25
PREFERENCES = Weighted([("SMS", 58), ("EMAIL", 17), ("PHONE", 11), ("LETTER", 6), ("NONE", 8)])
NEEDS = Weighted(
    [
        (("LARGE_PRINT", "Letters in 18 point"), 45),
        (("EASY_READ", "Easy read, with pictures"), 18),
        (("BSL", "BSL interpreter for appointments"), 14),
        (("TEXT_RELAY", "Calls by Relay UK"), 13),
        (("BRAILLE", "Braille, grade 2"), 5),
        (("OTHER", "Hearing loop at appointments"), 5),
    ]
)
UNWANTED_IN_POSTCODES = "CIKMOV"  # never the last two letters of a postcode
LETTERS = "".join(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in UNWANTED_IN_POSTCODES)


@dataclass(frozen=True)
class Group:
    """People with names from one part of the world."""

    ethnicities: list[str]
    families: list[str]
    given: dict[str, list[str]]
    languages: Weighted[str]


@dataclass
class Person:
    """A made-up patient, as far as the rest of the load asks."""

    pk: int
    recipient: int
    hospital_number: str
    family_name: str
    date_of_birth: dt.date
    do_not_contact: bool
    channel: str  # by which a message would go: SMS, EMAIL or none
    address: str
    died_on: dt.date | None = None
    reminders: dict[dt.date, str] = field(default_factory=dict)
    for_registration: dict[str, Any] = field(default_factory=dict)  # what a provider is given of them


class People:
    """Makes people from reference/people.json."""

    def __init__(self) -> None:
        path = Path(__file__).parent / "reference" / "people.json"
        self._words: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    @cached_property
    def _groups(self) -> Weighted[Group]:
        return Weighted([(_group(row), row["share"]) for row in self._words["groups"]])

    @cached_property
    def _neighbourhoods(self) -> Weighted[dict[str, Any]]:
        return Weighted([(row, row["share"]) for row in self._words["neighbourhoods"]])

    def add(
        self,
        ledger: Ledger,
        rng: random.Random,
        *,
        place: int,
        nhs_number: str,
        female: float,
        ages: tuple[float, float, float, float],
        as_at: dt.date,
        died_on: dt.date | None,
    ) -> Person:
        """Add one person, with how to reach them and where they live."""
        group = self._groups.draw(rng)
        sex = "FEMALE" if rng.random() < female else "MALE"
        family, given = rng.choice(group.families), rng.choice(group.given[sex])
        mean, spread, youngest, oldest = ages
        age = min(max(rng.gauss(mean, spread), youngest), oldest)
        born = as_at - dt.timedelta(days=int(age * YEAR) + rng.randrange(300))
        language = group.languages.draw(rng)
        preferred = PREFERENCES.draw(rng)
        has_mobile, has_email = rng.random() < 0.9, rng.random() < 0.6
        do_not_contact = rng.random() < 0.004
        number = hospital_number(place)
        pk, recipient = ledger.patient_ids.take(), ledger.recipient_ids.take()
        phone = mobile(place) if has_mobile else ""
        email = f"{given}.{family}{place}@example.com".lower().replace("'", "") if has_email else ""
        channel = "SMS" if preferred == "NONE" else preferred
        ledger.recipients.add(
            recipient, "PATIENT", number, phone, email, channel, not do_not_contact,
            instant(died_on, 16) if died_on else None, "DECEASED" if died_on else "", 1,
        )  # fmt: skip
        verified = "UNVERIFIED" if rng.random() < 0.05 else "VERIFIED"
        ethnicity, practice = rng.choice(group.ethnicities), rng.choice(self._words["practices"])
        interpreter = language != "English" and rng.random() < 0.7
        ledger.patients.add(
            pk, nhs_number, verified, number, family, given, born, sex, ethnicity, practice, preferred, language,
            interpreter, died_on is not None, died_on, rng.random() < 0.003,
            do_not_contact, recipient, _moves_on(age, place, as_at),
        )  # fmt: skip
        telephones = self._add_contacts(ledger, rng, pk, place, phone=phone, email=email)
        addresses = self._add_address(ledger, rng, pk, as_at)
        helped_by = self._add_help(
            ledger, rng, pk, family, place, is_child=age < 16, foreign=language != "English", as_at=as_at
        )
        way, address = _way(channel, phone, email)
        person = Person(pk, recipient, number, family, born, do_not_contact, way, address, died_on)
        person.for_registration = {
            "nhs_number": nhs_number, "nhs_number_status": verified, "hospital_number": number,
            "family_name": family, "given_name": given, "date_of_birth": born, "sex": sex, "gp_practice": practice,
            "home": addresses.get("HOME"), "delivery": addresses["DELIVERY"], "telephones": telephones, "email": email,
            "preferred_contact": preferred, "do_not_contact": do_not_contact, "language": language,
            "interpreter_needed": interpreter, **helped_by,
        }  # fmt: skip
        return person

    def _add_contacts(
        self, ledger: Ledger, rng: random.Random, pk: int, place: int, *, phone: str, email: str
    ) -> tuple[str, ...]:
        telephones = [("MOBILE", phone)] if phone else []
        if not phone or rng.random() < 0.3:
            telephones.append(("LANDLINE", landline(place)))
        for kind, number in telephones:
            ledger.contact_points.add(pk, kind, number, True, True)
        if email:
            ledger.contact_points.add(pk, "EMAIL", email, True, True)
        return tuple(number for _, number in telephones)

    def _add_address(self, ledger: Ledger, rng: random.Random, pk: int, as_at: dt.date) -> dict[str, form.Address]:
        found = {}
        since = as_at - dt.timedelta(days=rng.randrange(200, 4000))
        for use in ("DELIVERY", "HOME") if rng.random() < 0.08 else ("DELIVERY",):
            where = self._neighbourhoods.draw(rng)
            sector = rng.choice(where["sectors"])
            postcode = f"{where['area']} {sector}{rng.choice(LETTERS)}{rng.choice(LETTERS)}"
            line = f"{rng.randrange(1, 180)} {rng.choice(self._words['streets'])}"
            ledger.addresses.add(pk, use, line, "", where["town"], postcode, since)
            found[use] = form.Address(line_1=line, town=where["town"], postcode=postcode)
        return found

    def _add_help(
        self,
        ledger: Ledger,
        rng: random.Random,
        pk: int,
        family: str,
        place: int,
        *,
        is_child: bool,
        foreign: bool,
        as_at: dt.date,
    ) -> dict[str, Any]:
        representatives: list[form.Representative] = []
        needs: list[form.Need] = []
        if is_child or rng.random() < (0.25 if foreign else 0.03):
            kind = "PARENT" if is_child else rng.choice(["DESIGNATED", "CARER", "ATTORNEY"])
            name = f"{rng.choice(['Alex', 'Sam', 'Jo', 'Chris', 'Robin', 'Kim'])} {family}"
            ledger.representatives.add(pk, kind, name, mobile(place + 500), "", kind != "CARER", True, is_child)
            representatives.append(form.Representative(kind=kind, name=name, telephone=mobile(place + 500)))
        if rng.random() < 0.05:
            kind, detail = NEEDS.draw(rng)
            review_on, is_shared = as_at + dt.timedelta(days=rng.randrange(-60, 700)), rng.random() < 0.7
            ledger.needs.add(pk, kind, detail, review_on, is_shared)
            needs.append(form.Need(kind=kind, detail=detail, is_shared=is_shared))
        return {"representatives": tuple(representatives), "needs": tuple(needs)}


def _moves_on(age: float, place: int, as_at: dt.date) -> dt.date | None:
    """Return the day on which somebody nearly grown moves to the adult service, spread over the next year."""
    return as_at + dt.timedelta(days=30 + 40 * (place % 9)) if 13 <= age < 16 else None


def _group(row: dict[str, Any]) -> Group:
    given = {"FEMALE": row["female"], "MALE": row["male"]}
    return Group(row["ethnicities"], row["families"], given, Weighted(list(row["languages"].items())))


def _way(channel: str, phone: str, email: str) -> tuple[str, str]:
    """Return by which channel a message goes, and to which address, as messaging chooses it."""
    addresses = {"SMS": phone, "EMAIL": email}
    if channel not in addresses:
        return "", ""
    for one in (channel, "SMS", "EMAIL"):
        if addresses[one]:
            return one, addresses[one]
    return "", ""
