"""What is on record of an enrolment's first steps, newest first, for the pages that show it."""

from typing import Any

from patients.models import (
    AccessibleNeed,
    Choice,
    Consent,
    ConsentText,
    Enrolment,
    Patient,
    Representative,
    SuitabilityAssessment,
)


def assessments_of(enrolment: Enrolment) -> list[SuitabilityAssessment]:
    """Return the assessments with their answers, in two queries."""
    rows = enrolment.assessments.select_related("assessed_by", "checklist").prefetch_related("answers__question")
    return list(rows.order_by("-pk"))


def choices_of(enrolment: Enrolment) -> list[Choice]:
    """Return the choices, with what was given."""
    rows = enrolment.choices.select_related("recorded_by").prefetch_related("leaflets_given__leaflet")
    return list(rows.order_by("-pk"))


def consents_of(enrolment: Enrolment) -> list[Consent]:
    """Return the consents, those withdrawn among them."""
    rows = enrolment.consents.select_related("representative", "sharing_with", "handover_by")
    return list(rows.order_by("-pk"))


def speakers_of(patient: Patient) -> Any:
    """Return who speaks for the patient now, as rows of a query."""
    return Representative.objects.filter(patient=patient, ended_on__isnull=True).order_by("pk")


def text_by_id(pk: int | None) -> ConsentText | None:
    """Return the text that was shown."""
    return ConsentText.objects.filter(pk=pk).first() if pk else None


def easy_reads(patient: Patient) -> bool:
    """Say whether the patient needs easy read."""
    return AccessibleNeed.objects.filter(patient=patient, kind=AccessibleNeed.Kind.EASY_READ).exists()
