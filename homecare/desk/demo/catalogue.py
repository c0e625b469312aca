"""What the demonstration's patients are on: specialties, clinics, medicines with their regimens, and who supplies."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homecare.accounts.models import Clinic
from homecare.desk.demo.dealing import Deck, Weighted
from medicines.models import MonitoringProtocol, Product
from monitoring.actions.plans import phases_of
from monitoring.rules import Phase as TestPhase
from patients.cover.regimen import Cycle, EveryDays, Grid, Pattern, Weekdays
from providers.models import HomecareService, ProviderClient
from providers.services import all_services

HOSPITAL = Path(__file__).parent / "reference" / "hospital.json"


@dataclass(frozen=True)
class Team:
    """A consultant's clinic."""

    clinic: int
    consultant: int
    consultant_user: int | None


@dataclass(frozen=True)
class Supplier:
    """A homecare service, with the terms that cover asks for and the user that its provider's system acts as."""

    service: int
    provider: int
    client: int
    buffer_days: int
    lead_working_days: int
    provider_lead_working_days: int


@dataclass(frozen=True)
class Brand:
    """A product as it is prescribed."""

    product: int
    name: str
    shelf_life_days: int | None


@dataclass(frozen=True)
class Regimen:
    """A medicine as one specialty gives it, and how it is supplied."""

    medicine: int
    name: str
    weight: int
    brands: Sequence[Brand]
    suppliers: Weighted[Supplier]
    units: int
    pattern: Pattern
    dose: str
    frequency: str
    interval_days: int
    deliveries: int
    indications: Sequence[Sequence[str]]
    female: float
    ages: tuple[float, float, float, float]
    protocol: int | None
    tests: Sequence[TestPhase]

    def grid(self, start: int) -> Grid:
        """Return the dose days from a start."""
        return self.pattern.grid(start)

    @property
    def length_days(self) -> int:
        """Return how long one prescription lasts."""
        return self.interval_days * self.deliveries

    @property
    def units_each(self) -> int:
        """Return the units of one delivery: the interval is a whole number of the pattern's rounds."""
        return self.units * self.pattern.grid(1).rank(1 + self.interval_days)


@dataclass(frozen=True)
class SpecialtyMix:
    """One specialty, its clinics, and the regimens in the shares in which it gives them."""

    name: str
    growing: bool
    teams: Sequence[Team]
    regimens: Deck[Regimen]


def specialty_deck(
    document: Mapping[str, Any], mixes: Mapping[str, SpecialtyMix], *, shuffled_by: random.Random
) -> Deck[SpecialtyMix]:
    """Return specialties in their shares, half a percent being the smallest."""
    shares = [(mixes[row["name"]], round(row["share"] * 2)) for row in document["specialties"]]
    return Deck(shares, shuffled_by=shuffled_by)


def read_hospital() -> dict[str, Any]:
    """Return the made-up hospital as it is written down."""
    document: dict[str, Any] = json.loads(HOSPITAL.read_text(encoding="utf-8"))
    return document


def read_catalogue(document: Mapping[str, Any]) -> dict[str, SpecialtyMix]:
    """Return each specialty by name, with the ids of what the database has for it."""
    known = _Known(document["providers"])
    mixes = {}
    for row in document["specialties"]:
        regimens = [known.regimen(row, choice) for choice in row["medicines"]]
        deck = Deck(_one_of_each_first(regimens))
        mixes[row["name"]] = SpecialtyMix(row["name"], row.get("growing", False), known.teams(row["name"]), deck)
    return mixes


def _one_of_each_first(regimens: Sequence[Regimen]) -> list[tuple[Regimen, int]]:
    """Return the cards of a hundred patients: one of each regimen, the rarest first, then each in its share, mixed."""
    rarest_first = sorted(regimens, key=lambda regimen: regimen.weight)
    left = [(number / regimen.weight, regimen) for regimen in rarest_first for number in range(1, regimen.weight)]
    mixed = sorted(left, key=lambda one: one[0])
    return [(regimen, 1) for regimen in rarest_first] + [(regimen, 1) for _, regimen in mixed]


class _Known:
    """What the database has, looked up once."""

    def __init__(self, providers: Mapping[str, float]) -> None:
        self._weights = providers
        self._services = all_services()
        clients = dict(ProviderClient.objects.values_list("provider_id", "user_id"))
        self._suppliers = {
            service.pk: (
                service.provider.name,
                Supplier(
                    service.pk,
                    service.provider_id,
                    clients[service.provider_id],
                    service.buffer_days,
                    service.lead_working_days,
                    service.provider_lead_working_days,
                ),
            )
            for service in HomecareService.objects.select_related("provider").filter(provider__in=clients)
        }
        self._products: dict[str, list[Product]] = {}
        for product in Product.objects.select_related("medicine").order_by("pk"):
            self._products.setdefault(product.medicine.name, []).append(product)
        approved = MonitoringProtocol.objects.approved()
        self._protocols = {(p.medicine_id, p.specialty_name): p.pk for p in approved.order_by("version")}
        self._phases = phases_of(self._protocols.values())
        self._teams: dict[str, list[Team]] = {}
        for clinic in Clinic.objects.select_related("specialty", "consultant").order_by("pk"):
            if clinic.consultant is not None:
                team = Team(clinic.pk, clinic.consultant.pk, clinic.consultant.user_id)
                self._teams.setdefault(clinic.specialty.name, []).append(team)

    def teams(self, specialty: str) -> list[Team]:
        """Return the clinics of a specialty."""
        return self._teams[specialty]

    def regimen(self, specialty: Mapping[str, Any], choice: Mapping[str, Any]) -> Regimen:
        """Return a regimen with what the database has for it."""
        brands = self._brands(choice)
        medicine = self._products[choice["medicine"]][0].medicine_id
        protocol = self._protocols.get((medicine, specialty["name"]), self._protocols.get((medicine, "")))
        phases = self._phases.get(protocol, []) if protocol else []
        return Regimen(
            medicine=medicine,
            name=choice["medicine"],
            weight=choice["weight"],
            brands=brands,
            suppliers=self._suppliers_of(medicine),
            units=choice["units"],
            pattern=_pattern(choice),
            dose=choice["dose"],
            frequency=choice["frequency"],
            interval_days=choice["interval_days"],
            deliveries=choice["deliveries"],
            indications=choice.get("indications", specialty["indications"]),
            female=choice.get("female", specialty["female"]),
            ages=tuple(choice.get("ages", specialty["ages"])),
            protocol=protocol if phases else None,
            tests=phases,
        )

    def _brands(self, choice: Mapping[str, Any]) -> list[Brand]:
        products = [
            product
            for product in self._products[choice["medicine"]]
            if float(product.strength_value) == float(choice.get("strength", product.strength_value))
        ]
        branded = [product for product in products if product.brand]
        if branded and products[0].medicine.prescribed_by_brand:
            products = branded
        return [Brand(product.pk, product.brand, product.shelf_life_days) for product in products]

    def _suppliers_of(self, medicine: int) -> Weighted[Supplier]:
        found = [self._suppliers[service] for (_, m), service in self._services.items() if m == medicine]
        return Weighted([(supplier, self._weights.get(name, 1)) for name, supplier in found])


def _pattern(choice: Mapping[str, Any]) -> Pattern:
    if "cycle" in choice:
        return Cycle(*choice["cycle"])
    if "weekdays" in choice:
        return Weekdays(tuple(choice["weekdays"]))
    return EveryDays(choice["every_days"])
