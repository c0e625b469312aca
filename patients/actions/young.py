"""Children and young people: weight on a day, competence to consent, the move to the adult service."""

import datetime as dt
from decimal import Decimal

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.models import CompetenceAssessment, Patient, WeightRecord
from patients.pathway.consent_rules import is_under_16

HEAVIEST = Decimal(400)


@action
def record_weight(
    *, patient: Patient, weight_kg: Decimal, weighed_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> WeightRecord:
    """Record a weight in kilograms on its day; said again for the same day, the later saying holds.

    Refused: a day in the future or before birth, and more than 400 kg or not more than nothing.
    """
    require(by, Permission.MONITORING_EDIT)
    if weighed_on > local_day(at):
        raise Refused("A weight cannot be dated in the future.")
    if weighed_on < patient.date_of_birth:
        raise Refused("The patient was not born by then. Check the date.")
    if not Decimal(0) < weight_kg <= HEAVIEST:
        raise Refused("Enter the weight in kilograms, more than 0 and at most 400.")
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    row = WeightRecord.objects.filter(patient=patient, weighed_on=weighed_on).first()
    if row is None:
        row = WeightRecord(patient=patient, weighed_on=weighed_on)
    row.weight_kg, row.recorded_by = weight_kg, by
    row.save()
    pathway.refresh_waiting(locked, by=by, at=at)
    return row


@action
def assess_competence(
    *, patient: Patient, outcome: str, assessed_on: dt.date, note: str, by: User, at: dt.datetime, reason: str = ""
) -> CompetenceAssessment:
    """Record whether a child understands enough to consent. Refused: without grounds, at 16 or over, in the future."""
    require(by, Permission.SUITABILITY_ASSESS)
    if assessed_on > local_day(at):
        raise Refused("An assessment cannot be dated in the future.")
    if not is_under_16(patient.date_of_birth, on=assessed_on):
        raise Refused("The patient was 16 or over on that day, and consents like any adult: nothing is to assess.")
    if assessed_on < patient.date_of_birth:
        raise Refused("The patient was not born by then. Check the date.")
    if not note.strip():
        raise Refused(
            "Say on what grounds: what the child understood of the treatment, its risks and the alternatives."
        )
    return CompetenceAssessment.objects.create(
        patient=patient, outcome=outcome, assessed_on=assessed_on, assessed_by=by, note=note.strip()
    )


@action
def plan_adult_service(
    *, patient: Patient, moves_on: dt.date | None, by: User, at: dt.datetime, reason: str = ""
) -> Patient:
    """Record the day on which a young person moves to the adult service, or that none is set. The past is refused."""
    require(by, Permission.PATIENT_EDIT)
    if moves_on is not None and moves_on <= local_day(at):
        raise Refused("Enter a day after today. If the move was made, clear the date.")
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    locked.moves_to_adult_service_on = moves_on
    locked.save(update_fields=["moves_to_adult_service_on"])
    return locked
