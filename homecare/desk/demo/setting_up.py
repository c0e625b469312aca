"""Before the first patient: reference data approved, clinics, the people who work here, the providers' systems."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homecare.accounts.models import Clinic, ClinicMember, PharmacistSpecialty, Practitioner, Specialty, User
from homecare.core.clock import local_day
from homecare.desk.demo.offers import is_proposed, make_offers
from homecare.desk.people.actions import add_demo_people, cover_specialty
from medicines.actions import approve_medicines, approve_protocols, load_formulary
from medicines.drafts import read_formulary
from medicines.models import Medicine, MonitoringProtocol
from medicines.models.formulary import Approval
from patients.actions.content import approve_checklist, approve_consent_text, load_assessing
from patients.drafts import read_assessing
from patients.models import ConsentText, SuitabilityChecklist
from patients.models.assessing import DraftStatus
from prescriptions.notifications import ensure_clinic_recipients
from providers.actions import add_client, assess_all, load_providers, take_live
from providers.drafts import read_providers
from providers.models import HomecareService, Provider
from providers.states import NOT_YET_LIVE

REFERENCE = Path(__file__).parent / "reference"
FIRST_REGISTRATION = 9_900_000  # a GMC number has seven digits; these are nobody's
PAPER = "Made-up paper 1 of the demonstration's Homecare Committee"
WHY = "The demonstration's own: a hospital's pharmacist decides for themselves."


def set_up(document: Mapping[str, Any], *, by: User, at: dt.datetime) -> dict[str, User]:
    """Make ready what patients need to be enrolled; return the people by username. What is there already stays."""
    for folder in (None, REFERENCE):
        load_formulary(draft=read_formulary(folder) if folder else read_formulary(), by=by, at=at)
        load_providers(draft=read_providers(folder) if folder else read_providers(), by=by, at=at)
    load_assessing(draft=read_assessing(), by=by, at=at)
    load_assessing(draft=read_assessing(), by=by, at=at)
    people = {person.username: person for person in add_demo_people(by=by, at=at)}
    _approve(people["margaret"], assessor=people["grace"], at=at)
    make_offers(people["grace"], at=at)
    for number, row in enumerate(document["specialties"]):
        _add_clinics(row, number, people)
    _add_clients(document["providers"], by=by, at=at)
    for specialty in Specialty.objects.order_by("pk"):
        if not PharmacistSpecialty.objects.filter(specialty=specialty).exists():
            cover_specialty(pharmacist=people["priya"], specialty=specialty, by=by, at=at)
    ensure_clinic_recipients(by=by, at=at)
    return people


def _approve(chief_pharmacist: User, *, assessor: User, at: dt.datetime) -> None:
    approve_medicines(medicines=list(Medicine.objects.filter(status=Approval.DRAFT)), by=chief_pharmacist, at=at)
    approve_protocols(protocols=list(MonitoringProtocol.objects.drafts()), by=chief_pharmacist, at=at)
    for checklist in SuitabilityChecklist.objects.filter(status=DraftStatus.DRAFT):
        approve_checklist(checklist=checklist, by=chief_pharmacist, at=at)
    for text in ConsentText.objects.filter(status=DraftStatus.DRAFT):
        approve_consent_text(text=text, by=chief_pharmacist, at=at)
    _approve_pathway(chief_pharmacist, at=at)
    proposals = HomecareService.objects.filter(status__in=NOT_YET_LIVE)
    waiting = [service for service in proposals if not is_proposed(service)]
    assess_all(services=waiting, assessment=WHY, by=assessor, at=at)
    take_live(services=waiting, paper=PAPER, approved_on=local_day(at), by=chief_pharmacist, at=at)


def _approve_pathway(chief_pharmacist: User, *, at: dt.datetime) -> None:
    """Approve what patients are asked and agree to, unless a version is in force already."""
    if not SuitabilityChecklist.objects.approved().exists():
        approve_checklist(checklist=SuitabilityChecklist.objects.latest("pk"), by=chief_pharmacist, at=at)
    if not ConsentText.objects.approved().exists():
        approve_consent_text(text=ConsentText.objects.latest("pk"), by=chief_pharmacist, at=at)


def _add_clinics(row: Mapping[str, Any], number: int, people: Mapping[str, User]) -> None:
    specialty, _ = Specialty.objects.get_or_create(name=row["name"])
    for place, name in enumerate(row["clinics"]):
        registration = str(FIRST_REGISTRATION + number * 100 + place)
        user = people["raman"] if name == "Dr Raman" else None
        consultant, _ = Practitioner.objects.get_or_create(
            registration_body="GMC", registration_number=registration, defaults={"name": name, "user": user}
        )
        surname = name.split()[-1].lower().replace("'", "")
        clinic, _ = Clinic.objects.get_or_create(
            specialty=specialty,
            name=f"{row['name']}, {name}",
            defaults={"email": f"{row['name'].lower()}.{surname}@example.com", "consultant": consultant},
        )
        if user is not None:
            for member in (user, people["siobhan"]):
                ClinicMember.objects.get_or_create(clinic=clinic, user=member)


def _add_clients(providers: Mapping[str, Any], *, by: User, at: dt.datetime) -> None:
    """Give each provider the client that its system acts as. `add_provider_client` gives it a secret that is known."""
    for provider in Provider.objects.filter(name__in=providers, client__isnull=True).order_by("pk"):
        add_client(provider=provider, by=by, at=at)
