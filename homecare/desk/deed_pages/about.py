"""Whom a deed is about: the enrolment or patient, reached through what the asker may see."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from homecare.desk.deed_pages.pages import Doing
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.today.cells import tier_with_reasons
from patients.models import Enrolment, Patient


def enrolment_of(doing: Doing, enrolment_id: int) -> Enrolment:
    """Return the enrolment with all that a deed's page says of it, or 404."""
    rows = Enrolment.objects.visible_to(doing.by).select_related(
        "patient__recipient", "treatment__product", "medicine", "service__provider", "clinic"
    )
    return get_object_or_404(rows, pk=enrolment_id)


def patient_of(doing: Doing, patient_id: int) -> Patient:
    """Return the patient, or 404."""
    return get_object_or_404(Patient.objects.visible_to(doing.by).select_related("recipient"), pk=patient_id)


def back_to(enrolment: Enrolment) -> str:
    """Return the place on the patient's page that shows this enrolment."""
    return reverse("patient", args=[enrolment.patient_id]) + f"#enrolment-{enrolment.pk}"


def facts_of(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Say what the deed is about."""
    return [
        ("Medicine", title_of(enrolment)),
        ("Provider", str(enrolment.service.provider)),
        ("Tier", tier_with_reasons(enrolment.service)),
        ("Clinic", str(enrolment.clinic)),
    ]
