"""What tests of a failing provider begin from: a provider with some patients, and another that takes them."""

import datetime as dt
from dataclasses import dataclass

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk.moving.planning import Whom, plan_bulk_transfer
from medicines.models import Medicine
from patients.models import BulkTransfer, Enrolment
from providers.models import HomecareService, Provider
from tests.desk.pages import person
from tests.factories import NOON, MedicineFactory, PatientFactory, TreatmentFactory, enrolment_with_cover
from tests.patients.transfers import TODAY, live_service

FORTNIGHT = dt.timedelta(days=14)


@dataclass(frozen=True)
class Failing:
    """A provider that fails, its patients in the order in which they run out, and where they can go."""

    provider: Provider
    medicine: Medicine
    enrolments: list[Enrolment]
    target: HomecareService
    lead: User


def failing(patients: int) -> Failing:
    """Return a provider with so many patients, the last of whom runs out first."""
    with acting(by=User.objects.system("command")):
        medicine = MedicineFactory()
        service, target = live_service(medicine), live_service(medicine)
        enrolments = [_on(service, medicine, units=patients - number) for number in range(patients)]
    return Failing(service.provider, medicine, enrolments[::-1], target, person("HOMECARE_LEAD"))


def _on(service: HomecareService, medicine: Medicine, *, units: int) -> Enrolment:
    treatment = TreatmentFactory(medicine=medicine, patient=PatientFactory())
    return enrolment_with_cover(as_at=TODAY, units=units, service=service, treatment=treatment)


def planned(at: Failing, *, to: HomecareService | None = None, supplies: bool = True) -> BulkTransfer:
    """Return a list of all of them that is to move."""
    return plan_bulk_transfer(
        provider=at.provider,
        whom=Whom(),
        to_services={at.medicine.pk: (to or at.target).pk},
        old_provider_supplies=supplies,
        by=at.lead,
        at=NOON,
        reason="They closed",
    )
