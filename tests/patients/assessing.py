"""What tests of the pathway's first steps share: approved content, and somebody brought by deeds to a step."""

import datetime as dt
from typing import Any

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions.choice import Chosen, Told, charter_points, leaflets_for, limits_for, record_choice
from patients.actions.consent import record_consent, text_in_force
from patients.actions.content import approve_checklist, approve_consent_text, load_assessing
from patients.actions.suitability import assess, checklist_in_force, questions_for
from patients.drafts import read_assessing
from patients.models import (
    Choice,
    Consent,
    ConsentText,
    Enrolment,
    Patient,
    Representative,
    SuitabilityAssessment,
    SuitabilityChecklist,
)
from tests.factories import NOON, EnrolmentFactory, PatientFactory, TreatmentFactory, UserFactory

TODAY = NOON.date()
NEXT_YEAR = TODAY + dt.timedelta(days=365)


def person(role: str = "TECHNICIAN") -> User:
    """Return somebody in this role."""
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role)


def content() -> None:
    """Load the drafts that ship, and have a Chief Pharmacist approve them."""
    load_assessing(draft=read_assessing(), by=User.objects.system("reference"), at=NOON)
    chief = person("CHIEF_PHARMACIST")
    approve_checklist(checklist=SuitabilityChecklist.objects.get(version="draft 1"), by=chief, at=NOON)
    approve_consent_text(text=ConsentText.objects.get(version="draft 1"), by=chief, at=NOON)


def referred(*, patient: dict[str, Any] | None = None, **fields: Any) -> Enrolment:
    """Return somebody who was referred and not yet assessed."""
    with acting(by=User.objects.system("command")):
        somebody = PatientFactory(**(patient or {}))
        treatment = TreatmentFactory(patient=somebody)
        return EnrolmentFactory(treatment=treatment, status="IDENTIFIED", referred_on=TODAY, **fields)


def fine_answers(enrolment: Enrolment) -> dict[str, str]:
    """Return the answer of no concern to each question that is asked."""
    checklist = checklist_in_force()
    assert checklist is not None
    questions = questions_for(enrolment, checklist, today=TODAY)
    return {question.code: "NO" if question.concern == "YES" else "YES" for question in questions}


def assessed(enrolment: Enrolment, *, by: User, **changes: Any) -> SuitabilityAssessment:
    """Find an enrolment suitable, unless told otherwise."""
    given = {"answers": fine_answers(enrolment), "outcome": "SUITABLE", "review_due_on": NEXT_YEAR} | changes
    return assess(enrolment=enrolment, by=by, at=NOON, **given)


def told(enrolment: Enrolment, **changes: Any) -> Told:
    """Return that everything was told."""
    return Told(
        **{
            "hospital_offered": True,
            "supplier_fixed": True,
            "limits": bool(limits_for(enrolment.patient, enrolment)),
            "points": [point.pk for point in charter_points()],
            "leaflets": {leaflet.pk: "IN_PERSON" for leaflet in leaflets_for(enrolment)[:1]},
        }
        | changes
    )


def chose(enrolment: Enrolment, *, by: User, chosen: str = "HOMECARE", **changes: Any) -> Choice:
    """Record a choice, of homecare unless told otherwise."""
    return record_choice(
        enrolment=enrolment,
        told=told(enrolment),
        chosen=Chosen(**{"chosen": chosen, "chosen_on": TODAY} | changes),
        by=by,
        at=NOON,
    )


def agreed(enrolment: Enrolment, *, by: User, **changes: Any) -> Consent:
    """Record that the patient consented today to the text in force."""
    given = {"method": "SIGNED_FORM", "given_on": TODAY, "taken_by": "A nurse", "text": text_in_force()} | changes
    return record_consent(enrolment=enrolment, by=by, at=NOON, **given)


def suitable(by: User, **fields: Any) -> Enrolment:
    """Return somebody found suitable."""
    enrolment = referred(**fields)
    assessed(enrolment, by=by)
    return again(enrolment)


def ready_to_consent(by: User, **fields: Any) -> Enrolment:
    """Return somebody who chose homecare."""
    enrolment = suitable(by, **fields)
    chose(enrolment, by=by)
    return again(enrolment)


def again(enrolment: Enrolment) -> Enrolment:
    """Return the enrolment as it is now."""
    return Enrolment.objects.select_related("patient", "treatment", "service__provider").get(pk=enrolment.pk)


def speaks_for(patient: Patient, **fields: Any) -> Representative:
    """Record a representative."""
    with acting(by=User.objects.system("command")):
        return Representative.objects.create(
            patient=patient, **{"kind": "CARER", "name": "Sam Speaker", "telephone": "07700 900456"} | fields
        )
