"""What is shown of a child or young person, and when their move to the adult service is near."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from homecare.accounts.models import User
from homecare.desk.assessing.patient_forms import age_in_words
from patients.models import CompetenceAssessment, Enrolment, Patient, Representative, WeightRecord
from patients.pathway.adult_service import is_near
from patients.pathway.consent_rules import birthday, is_under_16
from patients.states import OPEN
from providers.capabilities import what_provider_cannot_do

WEIGHTS_SHOWN = 20


@dataclass(frozen=True)
class YoungPerson:
    """All that the page shows."""

    age: str
    is_under_16: bool
    sixteen_on: dt.date
    eighteen_on: dt.date
    speakers: tuple[Representative, ...]
    competence: tuple[CompetenceAssessment, ...]
    weights: tuple[WeightRecord, ...]
    moves_on: dt.date | None
    move_is_near: bool


def young_person_of(patient: Patient, *, today: dt.date) -> YoungPerson:
    """Return what the page shows, in three queries."""
    born = patient.date_of_birth
    return YoungPerson(
        age=age_in_words(born, today=today),
        is_under_16=is_under_16(born, on=today),
        sixteen_on=birthday(born, 16),
        eighteen_on=birthday(born, 18),
        speakers=tuple(patient.representatives.order_by("ended_on", "pk")),
        competence=tuple(patient.competence_assessments.select_related("assessed_by").order_by("-assessed_on", "-pk")),
        weights=tuple(patient.weights.select_related("recorded_by").order_by("-weighed_on")[:WEIGHTS_SHOWN]),
        moves_on=patient.moves_to_adult_service_on,
        move_is_near=is_near(patient.moves_to_adult_service_on, today=today, months=settings.ADULT_SERVICE_MONTHS),
    )


def limits_by_provider(patient: Patient, user: User) -> list[tuple[str, list[str]]]:
    """Return what each provider that the patient has cannot do for them."""
    needs = list(patient.accessible_needs.order_by("pk").values_list("kind", flat=True))
    if patient.interpreter_needed:
        needs.append("INTERPRETER")
    rows = Enrolment.objects.visible_to(user).filter(patient=patient, status__in=sorted(str(s) for s in OPEN))
    providers = {row.service.provider_id: row.service.provider for row in rows.select_related("service__provider")}
    said = [
        (provider.name, what_provider_cannot_do(provider=provider, needs=needs, language=patient.language))
        for provider in providers.values()
    ]
    return [(name, limits) for name, limits in said if limits]
