"""Another address: recorded from its day on, while deliveries under way keep the one they were booked to."""

import datetime as dt

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.desk.deeds import under_way
from patients import actions as patients
from patients.models import Patient, PatientAddress

ASK = "It goes to the address it was booked to, unless you change it: please telephone the patient and tell us."


@action
def change_address(
    *,
    patient: Patient,
    use: str,
    place: patients.Place,
    starts_on: dt.date,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> PatientAddress:
    """Record an address from a day on; each provider is told, with what it has under way to the old one."""
    return patients.change_address(
        patient=patient, use=use, place=place, starts_on=starts_on, under_way=_said(patient, by), by=by, at=at
    )


@action
def end_delivery_address(
    *, patient: Patient, ends_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> PatientAddress:
    """Let medicine go to the home again after a day; each provider is told as of another address."""
    return patients.end_delivery_address(patient=patient, ends_on=ends_on, under_way=_said(patient, by), by=by, at=at)


def _said(patient: Patient, by: User) -> dict[int, str]:
    return under_way.by_provider(under_way.of_patient(patient, by), ASK)
