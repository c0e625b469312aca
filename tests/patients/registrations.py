"""An enrolment whose registration lacks nothing, carried there by deeds."""

import datetime as dt
from decimal import Decimal
from typing import Any

from homecare.accounts.models import Practitioner, User
from homecare.audit.actions import acting
from patients.actions.enrolment import move
from patients.actions.registration import send_registration
from patients.models import (
    Choice,
    Consent,
    ContactPoint,
    Enrolment,
    PatientAddress,
    Registration,
    SuitabilityAssessment,
    SuitabilityChecklist,
)
from providers.models import HomecareService
from tests.factories import (
    NOON,
    EnrolmentFactory,
    HomecareServiceFactory,
    MedicineFactory,
    PatientFactory,
    ProductFactory,
    TreatmentFactory,
    UserFactory,
    fortnightly,
)

PATIENT: dict[str, Any] = {
    "nhs_number_status": "VERIFIED",
    "sex": "FEMALE",
    "gp_practice": "Mill Road Surgery",
    "preferred_contact": "SMS",
    "language": "English",
}


def person(role: str = "TECHNICIAN", **fields: Any) -> User:
    """Return somebody in this role."""
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role, **fields)


def live_service(**fields: Any) -> HomecareService:
    """Return a service that takes new patients."""
    with acting(by=User.objects.system("command")):
        return HomecareServiceFactory(status="LIVE", hospital_telephone="01634 000000", **fields)


def ready(*, by: User, at: dt.datetime = NOON, service: HomecareService | None = None, **patient: Any) -> Enrolment:
    """Return an enrolment that was found suitable, chosen and consented to, and lacks nothing."""
    with acting(by=by):
        somebody = PatientFactory(**PATIENT | patient)
        PatientAddress.objects.create(
            patient=somebody, use="HOME", line_1="1 Mill Road", town="Chatham", postcode="ME4 1AA"
        )
        ContactPoint.objects.create(patient=somebody, kind="MOBILE", value="+447700900123")
        enrolment: Enrolment = EnrolmentFactory(
            treatment=_treatment(somebody), service=service or live_service(), status="IDENTIFIED"
        )
        fortnightly(enrolment, starts_on=at.date() + dt.timedelta(days=20))
        _chosen(enrolment, by=by, on=at.date())
        for event in ("find_suitable", "consent"):
            enrolment = move(enrolment=enrolment, event=event, by=by, at=at)
    return enrolment


def _treatment(somebody: Any) -> Any:
    medicine = MedicineFactory(biologic=True, storage="FRIDGE")
    prescriber, _ = Practitioner.objects.get_or_create(
        registration_body="GMC", registration_number="1234567", defaults={"name": "Dr Example"}
    )
    return TreatmentFactory(
        patient=somebody,
        medicine=medicine,
        product=ProductFactory(medicine=medicine),
        brand="Imraldi",
        indication="Rheumatoid arthritis",
        consultant=prescriber,
        initiating_prescriber=prescriber,
    )


def _chosen(enrolment: Enrolment, *, by: User, on: dt.date) -> None:
    checklist, _ = SuitabilityChecklist.objects.get_or_create(version="test", defaults={"source": "a test"})
    SuitabilityAssessment.objects.create(
        enrolment=enrolment, checklist=checklist, outcome="SUITABLE", assessed_by=by, assessed_on=on
    )
    Choice.objects.create(
        enrolment=enrolment,
        chosen_on=on,
        recorded_by=by,
        chosen="HOMECARE",
        hospital_offered=True,
        administration="SELF",
    )
    Consent.objects.create(
        enrolment=enrolment,
        version="3",
        method="SIGNED_FORM",
        given_on=on,
        taken_by="A nurse",
        sharing_with=enrolment.service.provider,
    )


def sent(*, by: User, at: dt.datetime = NOON, **fields: Any) -> Registration:
    """Return a registration that was sent."""
    return send_registration(enrolment=ready(by=by, at=at, **fields), channel="EMAIL", by=by, at=at)


def weigh(enrolment: Enrolment, *, by: User, on: dt.date) -> None:
    """Record a weight."""
    with acting(by=by):
        enrolment.patient.weights.create(weight_kg=Decimal("38.5"), weighed_on=on, recorded_by=by)
