"""What the record knows already of the questions of suitability: an answer to begin with, and where it is from.

Only a beginning: whoever assesses confirms each answer. What the record does not say is left to be asked.
"""

import datetime as dt
from dataclasses import dataclass

from homecare.core import words
from patients.actions.choice import limits_for
from patients.actions.consent import competence_on
from patients.models import ContactPoint, Enrolment, Patient, PatientAddress, Representative
from patients.pathway.suitability import NO, YES

ENGLISH = {"", "english", "en"}


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says: the answer, where it decides one, and in words."""

    words: str
    answer: str = ""


def known_of(enrolment: Enrolment, *, today: dt.date) -> dict[str, Known]:
    """Return what is known, by the code of the question. A code that the checklist does not have is passed over."""
    patient = enrolment.patient
    speakers = list(Representative.objects.filter(patient=patient, ended_on__isnull=True))
    found = {
        "ADDRESS": _address(patient, today),
        "TELEPHONE": _telephone(patient, speakers),
        "LANGUAGE": _language(patient, speakers),
        "ACCESSIBLE": _accessible(enrolment),
        "PARENTAL_RESPONSIBILITY": _parent(patient, speakers, today),
        "DATED_WEIGHT": _weight(patient, today),
        "CAPACITY": _deciders(speakers),
    }
    return {code: known for code, known in found.items() if known is not None}


def _address(patient: Patient, today: dt.date) -> Known | None:
    address = PatientAddress.objects.filter(patient=patient).on(today).order_by("use").first()
    return Known(f"On record: {address.get_use_display().lower()} address {address}.", YES) if address else None


def _telephone(patient: Patient, speakers: list[Representative]) -> Known | None:
    kinds = [ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE]
    points = ContactPoint.objects.filter(patient=patient, kind__in=kinds, ended_on__isnull=True, is_usable=True)
    point = points.order_by("-kind").first()
    if point is not None:
        return Known(f"On record: {point}.", YES)
    reached = next((one for one in speakers if one.telephone and one.may_be_contacted), None)
    return Known(f"On record: {reached.name}, {reached.telephone}.", YES) if reached else None


def _language(patient: Patient, speakers: list[Representative]) -> Known | None:
    if patient.language.strip().lower() in ENGLISH and not patient.interpreter_needed:
        return Known("No other language than English is on record.")
    reached = next((one for one in speakers if one.may_be_contacted), None)
    wants = f"Speaks {patient.language}" if patient.language else "Needs an interpreter"
    if reached is not None:
        return Known(f"{wants}; {reached.name} speaks for the patient.", YES)
    return Known(f"{wants}; no representative is on record.")


def _accessible(enrolment: Enrolment) -> Known | None:
    limits = limits_for(enrolment.patient, enrolment)
    if limits:
        return Known(". ".join(limits) + ".", NO)
    if enrolment.patient.accessible_needs.exists():
        return Known("The provider can do what the patient needs, as it told us.", YES)
    return None


def _parent(patient: Patient, speakers: list[Representative], today: dt.date) -> Known | None:
    parents = [one.name for one in speakers if one.has_parental_responsibility]
    if parents:
        return Known(f"On record with parental responsibility: {', '.join(parents)}.")
    competence = competence_on(patient, today)
    if competence is not None and competence.is_competent:
        return Known(f"Assessed as competent on {words.day(competence.assessed_on)}.")
    return None


def _weight(patient: Patient, today: dt.date) -> Known | None:
    weight = patient.weights.order_by("-weighed_on").first()
    if weight is None:
        return Known("No weight is on record.", NO)
    ago = words.distance(weight.weighed_on, today=today)
    return Known(f"On record: {weight.weight_kg.normalize():f} kg on {words.day(weight.weighed_on)}, {ago}.")


def _deciders(speakers: list[Representative]) -> Known | None:
    named = [one.name for one in speakers if one.may_consent]
    return Known(f"On record as able to consent for the patient: {', '.join(named)}.") if named else None
