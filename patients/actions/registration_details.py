"""What a registration asks of a patient and a treatment and no other page does: put on record, or put right."""

import datetime as dt
from dataclasses import dataclass

from homecare.accounts.models import Practitioner, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.models import Product
from patients.actions import pathway
from patients.actions.people import sync_recipient
from patients.models import Enrolment, Patient, Treatment
from patients.states import TRANSITIONS, EnrolmentStatus

EARLY = {EnrolmentStatus.IDENTIFIED, EnrolmentStatus.SUITABLE}


@dataclass(frozen=True, kw_only=True)
class PatientDetails:
    """What is known of a patient besides contacts, addresses and needs."""

    gp_practice: str
    sex: str
    preferred_contact: str
    nhs_number_checked: bool


@dataclass(frozen=True, kw_only=True)
class TreatmentDetails:
    """What is supplied, for what, and who answers for it. A number is written where none is on record."""

    product: Product | None
    indication: str
    consultant: Practitioner | None
    prescriber: Practitioner | None
    register: str = ""
    number: str = ""


@action
def mend_patient(
    *, enrolment: Enrolment, details: PatientDetails, by: User, at: dt.datetime, reason: str = ""
) -> Patient:
    """Put a patient's details on record before a registration is sent. Refused: somebody who died."""
    require(by, Permission.PATIENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=enrolment.patient_id)
    if locked.deceased:
        raise Refused("This patient has died. Nothing is changed any more.", code="deceased")
    locked.gp_practice, locked.sex = details.gp_practice.strip(), details.sex
    locked.preferred_contact = details.preferred_contact
    if locked.nhs_number and details.nhs_number_checked:
        locked.nhs_number_status = Patient.NhsNumberStatus.VERIFIED
    locked.save(update_fields=["gp_practice", "sex", "preferred_contact", "nhs_number_status"])
    sync_recipient(patient=locked, by=by, at=at)
    pathway.refresh_waiting(locked, by=by, at=at)
    return locked


@action
def mend_treatment(
    *, enrolment: Enrolment, details: TreatmentDetails, by: User, at: dt.datetime, reason: str = ""
) -> Treatment:
    """Put a treatment's details on record before a registration is sent.

    Refused: once the provider has it (a change of dose or device is a deed of its own), a product of another
    medicine, a biologic without its brand, a number that is somebody else's or differs from the one on record.
    """
    require(by, Permission.ENROLMENT_EDIT)
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("medicine").get(pk=enrolment.pk)
    if not (locked.status in EARLY or TRANSITIONS.allows("send_registration", source=locked.status)):
        raise Refused(
            f"This enrolment is {locked.get_status_display().lower()}: the provider has these details. Record a change"
            " of dose or device instead, and the provider is told.",
            code="already_sent",
        )
    _check_product(locked, details.product)
    if details.prescriber is not None:
        _write_number(details.prescriber, details.register, details.number)
    treatment = Treatment.objects.select_for_update().get(pk=locked.treatment_id)
    treatment.product, treatment.indication = details.product, details.indication.strip()
    treatment.brand = details.product.brand[:80] if details.product and details.product.brand else treatment.brand
    treatment.consultant, treatment.initiating_prescriber = details.consultant, details.prescriber
    treatment.save(update_fields=["product", "indication", "brand", "consultant", "initiating_prescriber"])
    pathway.refresh(locked, by=by, at=at)
    return treatment


def _check_product(enrolment: Enrolment, product: Product | None) -> None:
    medicine = enrolment.medicine
    if product is not None and product.medicine_id != medicine.pk:
        raise Refused(f"{product} is not a product of {medicine}. Choose again.")
    if product is not None and medicine.prescribed_by_brand and not product.brand:
        raise Refused(f"{medicine} is prescribed by brand. Choose the brand and device.", code="brand_missing")


def _write_number(prescriber: Practitioner, register: str, number: str) -> None:
    """Write a prescriber's registration number where there is none."""
    given = number.strip().upper()
    if not given or given == prescriber.registration_number:
        return
    if prescriber.registration_number:
        raise Refused(
            f"{prescriber} is on record with the number {prescriber.registration_number}. Compare it with the form."
        )
    if not register:
        raise Refused("Say which register the number is of.")
    holder = Practitioner.objects.filter(registration_body=register, registration_number=given).first()
    if holder is not None:
        raise Refused(f"This number is {holder}'s. Choose {holder}, or check the number.", code="number_taken")
    prescriber.registration_body, prescriber.registration_number = register, given
    prescriber.save(update_fields=["registration_body", "registration_number"])
