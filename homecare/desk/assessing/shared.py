"""What the pages of an enrolment's first steps share."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from homecare.accounts.models import User
from homecare.navigation import address_of
from patients.models import Enrolment, Patient

JOINED = ("patient__recipient", "treatment__product", "medicine", "service__provider", "clinic__specialty")


def enrolment_for(user: User, enrolment_id: int) -> Enrolment:
    """Return an enrolment this user may see, with all that a page shows of it."""
    return get_object_or_404(Enrolment.objects.visible_to(user).select_related(*JOINED), pk=enrolment_id)


def patient_for(user: User, patient_id: int) -> Patient:
    """Return a patient this user may see."""
    return get_object_or_404(Patient.objects.visible_to(user).select_related("recipient"), pk=patient_id)


def back_to(enrolment: Enrolment) -> str:
    """Return where one goes back to: the enrolment's page while it is on its way, else the patient's."""
    on_patient = reverse("patient", args=[enrolment.patient_id]) + f"#enrolment-{enrolment.pk}"
    if enrolment.status in {"ACTIVE", "SUSPENDED"}:
        return on_patient
    return address_of("enrolment", enrolment.pk) or on_patient


def latest_id(rows: Any) -> int:
    """Return the id of the latest of an enrolment's records, or 0: a deed is told what its page had seen."""
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
