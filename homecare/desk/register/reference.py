"""What a taken row hangs on: products, services, clinics, consultants and protocols, looked up once for a whole file.

Clinics and consultants that nobody has recorded are made from the register's own words; a service that nobody has
agreed is made as a draft, so that a patient who is on homecare is never left out for want of paperwork.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import F

from homecare.accounts.models import Clinic, Practitioner, Specialty
from homecare.desk.register.rows import RegisterRow
from homecare.desk.register.values import lookup_key
from medicines.models import Medicine, MonitoringProtocol, Product
from medicines.products import ProductKey, all_products
from medicines.strengths import read_strength
from monitoring.actions.plans import phases_of
from monitoring.rules import Phase
from providers.models import HomecareService, ServiceMedicine
from providers.services import all_services

NOT_RECORDED: Final = "Not recorded"
_SOURCE: Final = "Made from a register; the terms are for the homecare lead to agree"
_DRAFT_TERMS: Final = {
    "buffer_days": 7,
    "lead_working_days": 10,
    "provider_lead_working_days": 5,
    "delivery_interval_days": 56,
}


@dataclass(frozen=True, slots=True)
class ClinicFound:
    """A clinic, and the consultant whose team it is."""

    id: int
    consultant_id: int | None


@dataclass(frozen=True, slots=True)
class ProductFound:
    """A product as cover needs it."""

    id: int
    multi_dose: bool
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """A service as cover needs it."""

    provider_id: int
    buffer_days: int
    lead_working_days: int
    provider_lead_working_days: int


@dataclass(slots=True)
class Reference:
    """Everything a row is joined to, by what the row says."""

    clinics: dict[tuple[str, str], ClinicFound] = field(default_factory=dict)
    products: dict[ProductKey, ProductFound] = field(default_factory=dict)
    services: dict[tuple[int, int], int] = field(default_factory=dict)
    terms: dict[int, Terms] = field(default_factory=dict)
    protocols: dict[tuple[int, str], int] = field(default_factory=dict)
    phases: dict[int, list[Phase]] = field(default_factory=dict)
    limited: frozenset[int] = frozenset()
    """Medicines whose prescriptions live 28 days."""

    def clinic(self, row: RegisterRow) -> ClinicFound:
        """Return the row's clinic."""
        return self.clinics[_clinic_key(row)]

    def product(self, *, medicine_id: int, brand: str, strength_form: str) -> ProductFound | None:
        """Return the product that a strength and form mean; of another brand's name, the same strength without one."""
        strength = read_strength(strength_form)
        if strength is None:
            return None
        for named in (brand, ""):
            found = self.products.get(ProductKey.of(medicine_id=medicine_id, brand=named, strength=strength))
            if found is not None:
                return found
        return None

    def protocol(self, *, medicine_id: int, specialty: str) -> int | None:
        """Return the protocol for a medicine: the specialty's own, else the one for all."""
        return self.protocols.get((medicine_id, lookup_key(specialty))) or self.protocols.get((medicine_id, ""))


def load_reference(taken: Iterable[tuple[RegisterRow, int, int]]) -> Reference:
    """Return what the rows hang on, making what is not there. Each row comes with its medicine and its provider."""
    listed = list(taken)
    reference = Reference(
        products=_products(),
        protocols=_protocols(),
        limited=frozenset(
            Medicine.objects.filter(controlled_drug_schedule__in=["2", "3", "4"]).values_list("pk", flat=True)
        ),
    )
    reference.phases = phases_of(set(reference.protocols.values()))
    reference.clinics = _clinics({_clinic_key(row): (row.specialty, row.consultant) for row, _, _ in listed})
    reference.services = _services({(provider, medicine) for _, medicine, provider in listed})
    reference.terms = {
        pk: Terms(*terms)
        for pk, *terms in HomecareService.objects.filter(pk__in=set(reference.services.values())).values_list(
            "pk", "provider_id", "buffer_days", "lead_working_days", "provider_lead_working_days"
        )
    }
    return reference


def _clinic_key(row: RegisterRow) -> tuple[str, str]:
    return lookup_key(row.specialty), lookup_key(row.consultant)


def _products() -> dict[ProductKey, ProductFound]:
    facts = {
        pk: ProductFound(pk, multi_dose, shelf_life_days)
        for pk, multi_dose, shelf_life_days in Product.objects.values_list("pk", "multi_dose", "shelf_life_days")
    }
    return {key: facts[pk] for key, pk in all_products().items()}


def _protocols() -> dict[tuple[int, str], int]:
    """Return the protocol for each medicine and specialty: the approved one, else the newest draft."""
    rows = (
        MonitoringProtocol.objects.exclude(status="RETIRED")
        .order_by("medicine_id", "specialty_name", F("approved_at").desc(nulls_last=True), "-version")
        .values_list("medicine_id", "specialty_name", "pk")
    )
    protocols: dict[tuple[int, str], int] = {}
    for medicine_id, specialty, pk in rows:
        protocols.setdefault((medicine_id, lookup_key(specialty)), pk)
    return protocols


def _clinics(wanted: dict[tuple[str, str], tuple[str, str]]) -> dict[tuple[str, str], ClinicFound]:
    specialties = {lookup_key(found.name): found for found in Specialty.objects.all()}
    practitioners = {lookup_key(found.name): found for found in Practitioner.objects.order_by("-pk")}
    clinics = {(found.specialty_id, lookup_key(found.name)): found for found in Clinic.objects.all()}
    found: dict[tuple[str, str], ClinicFound] = {}
    for key, (specialty_name, consultant_name) in sorted(wanted.items()):
        specialty = specialties.get(key[0] or lookup_key(NOT_RECORDED))
        if specialty is None:
            specialty = Specialty.objects.create(name=specialty_name or NOT_RECORDED)
            specialties[lookup_key(specialty.name)] = specialty
        consultant = practitioners.get(key[1])
        if consultant is None and consultant_name:
            consultant = practitioners[key[1]] = Practitioner.objects.create(name=consultant_name)
        name = f"{specialty.name}, {consultant_name or 'consultant not recorded'}"
        clinic = clinics.get((specialty.pk, lookup_key(name)))
        if clinic is None:
            clinic = Clinic.objects.create(specialty=specialty, name=name, consultant=consultant)
            clinics[specialty.pk, lookup_key(name)] = clinic
        found[key] = ClinicFound(clinic.pk, consultant.pk if consultant else None)
    return found


def _services(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    services = all_services()
    missing = sorted(wanted - services.keys())
    names = dict(Medicine.objects.filter(pk__in={medicine for _, medicine in missing}).values_list("pk", "name"))
    for provider_id, medicine_id in missing:
        service, _ = HomecareService.objects.get_or_create(
            provider_id=provider_id,
            name=f"{names[medicine_id]} (from a register)",
            defaults={**_DRAFT_TERMS, "source": _SOURCE},
        )
        ServiceMedicine.objects.get_or_create(service=service, medicine_id=medicine_id)
        services[provider_id, medicine_id] = service.pk
    return {key: services[key] for key in wanted}
