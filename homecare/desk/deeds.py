"""Deeds that span apps: what ends elsewhere when a patient dies, or a treatment stops, ends in one transaction."""

import datetime as dt

from deliveries import actions as deliveries
from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.clock import local_day
from monitoring import actions as monitoring
from patients import actions as patients
from patients.models import Enrolment, Patient, Transfer
from patients.states import OPEN
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription
from prescriptions.states import AT_PROVIDER, IN_PHARMACY


@action
def record_death(*, patient: Patient, died_on: dt.date | None, by: User, at: dt.datetime, reason: str = "") -> Patient:
    """Record that a patient died: everything stops in this transaction and nothing is ever sent again."""
    why = reason or "The patient died."
    open_enrolments = list(
        Enrolment.objects.filter(patient=patient, status__in=sorted(str(s) for s in OPEN)).order_by("pk")
    )
    for enrolment in open_enrolments:
        _end_what_hangs_on(enrolment, ended_on=died_on or local_day(at), by=by, at=at, why=why)
    return patients.mark_deceased(patient=patient, died_on=died_on, by=by, at=at, reason=why)


@action
def stop_treatment(
    *, enrolment: Enrolment, ended_on: dt.date, stop_reason: str, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Stop a treatment: its renewals, prescriptions, expected deliveries, tests and messages end with it."""
    why = reason or "The treatment was stopped."
    for moving in Transfer.objects.under_way().filter(from_enrolment=enrolment).select_related("to_enrolment"):
        _end_what_hangs_on(moving.to_enrolment, ended_on=ended_on, by=by, at=at, why=why)
    _end_what_hangs_on(enrolment, ended_on=ended_on, by=by, at=at, why=why)
    return patients.stop(enrolment=enrolment, ended_on=ended_on, stop_reason=stop_reason, by=by, at=at, reason=why)


def _end_what_hangs_on(enrolment: Enrolment, *, ended_on: dt.date, by: User, at: dt.datetime, why: str) -> None:
    prescriptions.stop_renewals(enrolment=enrolment, by=by, at=at, reason=why)
    live = Prescription.objects.filter(
        enrolment=enrolment, status__in=sorted(str(s) for s in AT_PROVIDER | IN_PHARMACY)
    )
    for prescription in live.order_by("pk"):
        prescriptions.cancel(prescription=prescription, by=by, at=at, reason=why)
    deliveries.cancel_expected(enrolment_id=enrolment.pk, by=by, at=at, reason=why)
    monitoring.end_plan(enrolment=enrolment, ended_on=ended_on, by=by, at=at, reason=why)
