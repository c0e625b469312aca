"""The plainest referral there is: an approved medicine, a live service that supplies it, a clinic."""

import datetime as dt
from dataclasses import replace
from typing import Any

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients import actions
from patients.actions.new_patient import Address, NewPatient
from patients.actions.referral import Referral
from patients.models import Enrolment, Patient
from providers.models import ServiceMedicine
from tests.factories import (
    NOON,
    ClinicFactory,
    HomecareServiceFactory,
    MedicineFactory,
    ProductFactory,
    UserFactory,
    synthetic_nhs_number,
)

BORN = dt.date(1961, 3, 4)


def technician(role: str = "TECHNICIAN", **fields: Any) -> User:
    """Return somebody who refers."""
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role, **fields)


def mary(**changes: Any) -> NewPatient:
    """Return a patient as a referral describes her."""
    plain = NewPatient(
        nhs_number=synthetic_nhs_number(),
        hospital_number="T990001",
        family_name="Evans",
        given_name="Mary",
        date_of_birth=BORN,
        sex="FEMALE",
        gp_practice="The Example Surgery",
        contacts=(("MOBILE", "+447700900123"),),
        address=Address("1 High Street", "ME4 4AA", town="Chatham"),
    )
    return replace(plain, **changes)


def registered(by: User, **changes: Any) -> Patient:
    """Put her on record."""
    return actions.register_patient(person=mary(**changes), by=by, at=NOON)


def a_referral(*, medicine: dict[str, Any] | None = None, service: dict[str, Any] | None = None) -> Referral:
    """Return what is asked for, with everything it needs on record."""
    with acting(by=User.objects.system("command")):
        approver = UserFactory(role="CLINICAL_PHARMACIST")
        what = MedicineFactory(
            **{"status": "APPROVED", "approved_by": approver, "approved_at": NOON} | (medicine or {})
        )
        offered = HomecareServiceFactory(**service or {})
        ServiceMedicine.objects.create(service=offered, medicine=what)
        product = ProductFactory(medicine=what, brand="Examplor")
        clinic = ClinicFactory()
    return Referral(medicine=what, service=offered, clinic=clinic, product=product, referred_on=NOON.date())


def referred(by: User, *, at: dt.datetime = NOON, **person: Any) -> Enrolment:
    """Return the enrolment of somebody just referred."""
    return actions.refer(patient=registered(by, **person), referral=a_referral(), by=by, at=at)
