"""A hospital that is ready to refer: an approved formulary, live services, clinics with their consultants."""

import datetime as dt

from django.core.management import call_command

from homecare.accounts.models import Clinic, Practitioner, Specialty, User
from homecare.audit.actions import acting
from medicines.actions import approve_medicines
from medicines.models import Medicine
from providers.actions import assess_all, take_live
from providers.models import HomecareService
from tests.factories import NOON

NAMES = ("Dr Chen", "Dr Kaur", "Dr Raman")


def ready_to_refer(*, at: dt.datetime = NOON) -> None:
    """Approve the formulary and the services that ship, and open three clinics. Needs the demonstration's people."""
    call_command("load_reference", verbosity=0)
    margaret, grace = (User.objects.get(username=name) for name in ("margaret", "grace"))
    approve_medicines(medicines=list(Medicine.objects.all()), by=margaret, at=at)
    services = list(HomecareService.objects.all())
    assess_all(services=services, assessment="As in the paper.", by=grace, at=at)
    take_live(services=services, paper="Paper 1", approved_on=at.date(), by=margaret, at=at)
    with acting(by=User.objects.system("command")):
        specialty, _ = Specialty.objects.get_or_create(name="Rheumatology")
        for number, name in enumerate(NAMES):
            consultant = Practitioner.objects.create(
                name=name, registration_body="GMC", registration_number=f"990000{number}"
            )
            Clinic.objects.create(specialty=specialty, name=f"Rheumatology, {name}", consultant=consultant)
