"""What a registration with a provider is made of, as plain values: read once, checked for what is missing, then sent.

A provider is given what it needs in order to set a patient up and no more: what is here only to be checked
(suitability, funding) never leaves; see `patients.pathway.registration_data`. Allergies are not held by this system
yet: the form says so, and the prescription carries them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from homecare.core import words

ADULT_AT = 16  # years: the age from which a person is presumed able to consent (Family Law Reform Act 1969, s. 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody lives, or where the medicine goes."""

    line_1: str
    line_2: str = ""
    town: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Somebody who speaks, or decides, for the patient."""

    kind: str
    name: str
    telephone: str = ""
    email: str = ""
    may_be_contacted: bool = True
    has_parental_responsibility: bool = False

    @property
    def can_be_rung(self) -> bool:
        """Say whether the provider can ring them."""
        return self.may_be_contacted and bool(self.telephone.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What the patient needs in order to read, hear and understand."""

    kind: str
    detail: str = ""
    is_shared: bool = False
    is_met: bool | None = None
    """Whether the provider can meet it; None where nobody has asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A consultant or prescriber, with the number on the professional register."""

    name: str
    body: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is supplied."""

    medicine: str
    brand: str = ""
    form: str = ""
    strength: str = ""
    unit: str = ""
    storage: str = ""
    is_cytotoxic: bool = False
    by_brand: bool = False
    """A biologic, or another medicine that is prescribed by brand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """What is known of the dose; the prescription decides."""

    dose: str = ""
    frequency: str = ""
    starts_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the patient is registered for, and what its provider can do."""

    name: str
    provider: str
    tier: str = ""
    why_closed: str = ""
    """Why it takes no new patients and what to do; nothing where it does."""
    languages: frozenset[str] = frozenset()
    """The languages, other than English, that the provider offers."""
    has_interpreter: bool = False
    offers: frozenset[str] = frozenset()
    """The kinds of style of which there is more than one to choose: ADMINISTRATION, DEVICE, PLACE, SLOT."""
    needs_funding: bool = False
    needs_training: bool = False
    needs_nurse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The consent in force."""

    version: str
    method: str
    given_on: dt.date | None
    given_as: str = "PATIENT"
    is_for_this_provider: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the patient chose last."""

    chosen: str
    administration: str = ""
    device: str = ""
    place: str = ""
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suitability:
    """The last assessment."""

    outcome: str
    review_due_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A weight in kilograms on a day."""

    kilograms: Decimal
    weighed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the patient asked of deliveries."""

    weekdays: tuple[int, ...] = ()
    slot: str = "ANY"
    place: str = "HOME"
    place_detail: str = ""
    away_from_on: dt.date | None = None
    away_to_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationForm:
    """Everything a registration is made of, as it stands on a day."""

    on: dt.date

    nhs_number: str
    nhs_number_status: str
    hospital_number: str
    family_name: str
    given_name: str
    date_of_birth: dt.date
    sex: str
    gp_practice: str

    home: Address | None
    delivery: Address | None
    telephones: tuple[str, ...]
    email: str
    preferred_contact: str
    do_not_contact: bool
    language: str
    interpreter_needed: bool
    representatives: tuple[Representative, ...]
    needs: tuple[Need, ...]

    clinic: str
    specialty: str
    consultant: Professional | None
    prescriber: Professional | None
    product: Product
    indication: str
    regimen: Regimen | None

    service: Service
    is_transfer: bool
    """On homecare already, with another provider."""
    suitability: Suitability | None
    choice: Choice | None
    consent: Consent | None
    funding_in_force: bool
    competent_child: bool
    """Assessed as competent to consent for themselves."""
    weight: Weight | None
    wishes: Wishes | None

    @property
    def age(self) -> int:
        """Return the age in whole years."""
        return words.age(self.date_of_birth, today=self.on)

    @property
    def is_child(self) -> bool:
        """Say whether the patient is under 16."""
        return 0 <= self.age < ADULT_AT

    @property
    def deliver_to(self) -> Address | None:
        """Return where the medicine goes: the delivery address if there is one, else the home."""
        return self.delivery or self.home

    @property
    def speaks_english(self) -> bool:
        """Say whether a call in English will do: no other language is recorded and no interpreter is needed."""
        return not self.interpreter_needed and self.language.strip().casefold() in {"", "english"}

    @property
    def contacts(self) -> tuple[Representative, ...]:
        """Return the representatives whom the provider may contact."""
        return tuple(who for who in self.representatives if who.may_be_contacted)
