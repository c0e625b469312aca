"""The banner that stays on top of every page about one patient, with the notices that cannot be overlooked."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from homecare.core import words
from patients.models import AccessibleNeed, Enrolment, Patient, Representative
from patients.pathway.adult_service import is_near


@dataclass(frozen=True)
class Notice:
    """Something about the patient that must be seen before anything is done."""

    colour: str
    text: str


@dataclass(frozen=True)
class Banner:
    """Who this is."""

    patient_id: int
    name: str
    nhs_number: str
    hospital_number: str
    born: str
    age: str
    sex: str
    notices: tuple[Notice, ...]


def banner_of(patient: Patient, *, today: dt.date) -> Banner:
    """Return the banner of a patient, in three queries."""
    died_on = patient.died_on
    years = words.age(patient.date_of_birth, today=died_on or today)
    return Banner(
        patient_id=patient.pk,
        name=words.person(patient.family_name, patient.given_name),
        nhs_number=words.nhs_number(patient.nhs_number)
        + ("" if patient.nhs_number_status == "VERIFIED" or not patient.nhs_number else " (not verified)"),
        hospital_number=patient.hospital_number,
        born=words.birth_day(patient.date_of_birth),
        age=f"{years} years" if not patient.deceased else "",
        sex=patient.get_sex_display(),
        notices=tuple(_notices(patient, today=today)),
    )


def _notices(patient: Patient, *, today: dt.date) -> list[Notice]:
    notices = []
    if patient.deceased:
        when = f" on {words.birth_day(patient.died_on)}" if patient.died_on else ""
        notices.append(Notice("quiet", f"This patient has died{when}. Nothing is sent to them, and nobody rings them."))
    if patient.restricted:
        notices.append(
            Notice("red", "Restricted record. Look only if you care for this patient; looking is on record.")
        )
    if patient.do_not_contact:
        notices.append(Notice("red", "Do not contact this patient."))
    for enrolment in Enrolment.objects.needing_handover().filter(patient=patient).select_related("medicine"):
        notices.append(Notice("red", f"Consent withdrawn for {enrolment.medicine}: plan the safe supply."))
    moves_on = patient.moves_to_adult_service_on
    if moves_on and is_near(moves_on, today=today, months=settings.ADULT_SERVICE_MONTHS):
        when = f"{words.day(moves_on)}, {words.distance(moves_on, today=today)}"
        notices.append(Notice("amber", f"Moves to the adult service on {when}."))
    needs: Any = AccessibleNeed.objects.filter(patient=patient)
    said = [f"{need.get_kind_display()}{f' ({need.detail})' if need.detail else ''}" for need in needs]
    if patient.interpreter_needed:
        said.append(f"interpreter{f', {patient.language}' if patient.language else ''}")
    elif patient.language.strip().lower() not in {"", "english"}:
        said.append(f"speaks {patient.language}")
    if said:
        notices.append(Notice("amber", f"Needs: {'; '.join(said)}."))
    for who in Representative.objects.filter(patient=patient, ended_on__isnull=True):
        may = _authority(who)
        reach = f", {who.telephone}" if who.telephone else ""
        notices.append(Notice("blue", f"{who.get_kind_display()}: {who.name}{reach} ({may})."))
    return notices


def _authority(who: Representative) -> str:
    """Say what somebody may decide for the patient."""
    if who.has_parental_responsibility:
        return "parental responsibility, may consent" if who.may_consent else "parental responsibility"
    return "may consent" if who.may_consent else "may not consent"
