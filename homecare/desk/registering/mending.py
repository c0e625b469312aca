"""Two pages on which a registration is mended: the patient's details, and the treatment's."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.registering.mending_forms import PatientForm, TreatmentForm
from homecare.desk.registering.views import JOINED
from patients.actions import registration_details as actions
from patients.models import Enrolment

methods = require_http_methods(["GET", "POST"])


def _enrolment(who: Doing, enrolment_id: int) -> Enrolment:
    return get_object_or_404(Enrolment.objects.visible_to(who.by).select_related(*JOINED), pk=enrolment_id)


@methods
def details(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Put the patient's details right."""
    who = doing(request, Permission.PATIENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    patient = enrolment.patient
    initial = {name: getattr(patient, name) for name in ("gp_practice", "sex", "preferred_contact")}
    initial["nhs_number_checked"] = patient.nhs_number_status == patient.NhsNumberStatus.VERIFIED
    return deed_page(
        request,
        form_class=PatientForm,
        page=Page("Patient's details for the registration", "Save details", "Details saved.", _back(enrolment)),
        patient=patient,
        doing=who,
        facts=_facts(enrolment),
        initial=initial,
        act=lambda given: actions.mend_patient(
            enrolment=enrolment, details=actions.PatientDetails(**given), by=who.by, at=who.at
        ),
    )


@methods
def treatment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Put the treatment's details right."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    known = enrolment.treatment
    initial: dict[str, Any] = {
        "product": known.product_id,
        "indication": known.indication,
        "consultant": known.consultant_id or enrolment.clinic.consultant_id,
        "prescriber": known.initiating_prescriber_id,
        "medicine": enrolment.medicine_id,
    }
    return deed_page(
        request,
        form_class=TreatmentForm,
        page=Page("Treatment's details for the registration", "Save details", "Details saved.", _back(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        initial=initial,
        act=lambda given: actions.mend_treatment(
            enrolment=enrolment, details=actions.TreatmentDetails(**given), by=who.by, at=who.at
        ),
    )


def _back(enrolment: Enrolment) -> str:
    return reverse("registration", args=[enrolment.pk])


def _facts(enrolment: Enrolment) -> list[tuple[str, str]]:
    return [("Medicine", title_of(enrolment)), ("Provider", str(enrolment.service.provider))]
