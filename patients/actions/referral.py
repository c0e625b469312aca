"""A referral: somebody has decided that a patient could have a medicine at home, and the pathway begins."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from homecare.accounts.models import Clinic, Practitioner, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.core.moves import latest_change
from medicines.models import Medicine, Product
from medicines.models.formulary import Approval
from patients.actions.pathway import start_clock
from patients.models import Enrolment, EnrolmentStatusChange, Patient, PreviousTreatment, Treatment
from patients.particulars import in_words, missing_particulars
from patients.states import ENDED, EnrolmentStatus
from providers.models import HomecareService, ServiceMedicine
from providers.services import why_no_new_enrolment


@dataclass(frozen=True)
class Previous:
    """What the patient had before for the same condition: a medicine of the formulary, or its name as written."""

    medicine_text: str
    medicine_id: int | None = None
    stopped_on: dt.date | None = None
    stop_reason: str = ""


@dataclass(frozen=True)
class Referral:
    """What is asked for: a medicine, by whom, for what, and through which homecare service."""

    medicine: Medicine
    service: HomecareService
    clinic: Clinic
    referred_on: dt.date
    product: Product | None = None
    consultant: Practitioner | None = None
    initiating_prescriber: Practitioner | None = None
    indication: str = ""
    indication_code: str = ""
    line_of_therapy: int | None = None
    previous: tuple[Previous, ...] = ()


class AlreadyTreated(Refused):
    """The patient has an open treatment with this medicine; `enrolment_id` is where it is supplied from."""

    code = "already_treated"

    def __init__(self, message: str, *, enrolment_id: int) -> None:
        super().__init__(message)
        self.enrolment_id = enrolment_id


@action
def refer(*, patient: Patient, referral: Referral, by: User, at: dt.datetime, reason: str = "") -> Enrolment:
    """Begin a patient's pathway to a medicine at home: a treatment, and its enrolment as identified.

    A treatment that goes on from the hospital's own pharmacy (declined, or withdrawn from homecare) is taken up again.
    Refused: a patient who has died, one who cannot be rung or delivered to, a second open treatment with the same
    medicine, a medicine that nobody approved, a biologic without its brand, and a service that does not supply the
    medicine or takes no new patient.
    """
    require(by, Permission.ENROLMENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    _judge_patient(locked)
    _judge(referral, today=local_day(at))
    treatment = open_treatment(locked, referral.medicine)
    if treatment is not None:
        refuse_second(treatment, at=at)
    try:
        with transaction.atomic():
            enrolment = _begin(locked, referral, treatment, by=by, at=at, reason=reason)
    except IntegrityError:  # somebody else opened the same treatment since we looked
        found = open_treatment(locked, referral.medicine)
        if found is not None:
            refuse_second(found, at=at)
        raise
    return enrolment


def _judge_patient(patient: Patient) -> None:
    if patient.deceased:
        raise Refused("This patient has died and cannot be referred.", code="deceased")
    missing = missing_particulars(patient)
    if missing:
        raise Refused(f"Before the referral, record {in_words(missing)}.", code="incomplete")


def _judge(referral: Referral, *, today: dt.date) -> None:
    medicine, product, service = referral.medicine, referral.product, referral.service
    if referral.referred_on > today:
        raise Refused("A referral cannot be dated in the future. Enter the day on which it was made.")
    if medicine.status != Approval.APPROVED:
        raise Refused(f"{medicine} is not approved in the formulary. A clinical pharmacist approves it first.")
    if product is not None and product.medicine_id != medicine.pk:
        raise Refused(f"{product} is not a product of {medicine}. Choose again.")
    if medicine.prescribed_by_brand and (product is None or not product.brand):
        raise Refused(f"{medicine} is prescribed by brand. Choose the brand and device.", code="brand_missing")
    if not ServiceMedicine.objects.filter(service=service, medicine=medicine).exists():
        raise Refused(f"{service} does not supply {medicine}. Choose a service that does.")
    why = why_no_new_enrolment(service)
    if why is not None:
        raise Refused(why, code="service_closed")


def open_treatment(patient: Patient, medicine: Medicine) -> Treatment | None:
    """Return the patient's treatment with this medicine that has not ended, wherever it is supplied from."""
    return Treatment.objects.filter(patient=patient, medicine=medicine, is_ended=False).first()


def refuse_second(treatment: Treatment, *, at: dt.datetime) -> None:
    """Refuse where the treatment is supplied at home already or on its way there, saying who began it and when."""
    ended = [str(status) for status in ENDED]
    rows = treatment.enrolments.exclude(status__in=ended).select_related("service__provider", "medicine")
    enrolment = rows.order_by("-pk").first()
    if enrolment is None:
        return
    raise AlreadyTreated(
        f"This patient has {enrolment.medicine} from {enrolment.service.provider} already. "
        f"{latest_change(enrolment, at=at)} Open that enrolment: it can be changed, transferred or stopped there.",
        enrolment_id=enrolment.pk,
    )


def _begin(
    patient: Patient, referral: Referral, treatment: Treatment | None, *, by: User, at: dt.datetime, reason: str
) -> Enrolment:
    treatment = _write_treatment(treatment or Treatment(patient=patient, medicine=referral.medicine), referral)
    _add_previous(treatment, referral.previous)
    status = EnrolmentStatus.IDENTIFIED
    enrolment = Enrolment.objects.create(
        treatment=treatment,
        patient=patient,
        medicine=referral.medicine,
        clinic=referral.clinic,
        service=referral.service,
        status=status,
        referred_on=referral.referred_on,
    )
    EnrolmentStatusChange.objects.create(
        enrolment=enrolment, event="identify", to_status=status, at=at, by=by, reason=reason
    )
    start_clock(enrolment, began_on=referral.referred_on, by=by, at=at)
    return enrolment


def _write_treatment(treatment: Treatment, referral: Referral) -> Treatment:
    treatment.product = referral.product
    treatment.brand = referral.product.brand[:80] if referral.product else ""
    treatment.clinic = referral.clinic
    treatment.consultant = referral.consultant or referral.clinic.consultant
    treatment.initiating_prescriber = referral.initiating_prescriber or treatment.consultant
    if referral.indication:
        treatment.indication, treatment.indication_code = referral.indication, referral.indication_code
    treatment.line_of_therapy = referral.line_of_therapy or treatment.line_of_therapy
    treatment.supply_route = Treatment.SupplyRoute.HOMECARE
    treatment.save()
    return treatment


def _add_previous(treatment: Treatment, previous: Iterable[Previous]) -> None:
    PreviousTreatment.objects.bulk_create(
        PreviousTreatment(
            treatment=treatment,
            medicine_id=one.medicine_id,
            medicine_text="" if one.medicine_id else one.medicine_text,
            stopped_on=one.stopped_on,
            stop_reason=one.stop_reason,
        )
        for one in previous
    )
