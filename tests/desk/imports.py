"""Importing in tests: a register of a few rows, committed by somebody."""

import datetime as dt
from collections.abc import Mapping

from homecare.accounts.models import User
from homecare.desk.register.commit import commit_register, source_of
from homecare.desk.register.decisions import Decision
from homecare.desk.register.judging import read_register
from homecare.desk.register.lookups import load_spellings
from homecare.desk.register.models import RegisterImport
from patients.models import Enrolment
from tests.desk.registers import AS_AT, PLAIN, csv_of
from tests.desk.registers import source_of as opened

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)

FULL: dict[str, str] = {
    **PLAIN,
    "Sex": "F",
    "Address 1": "1 High Street",
    "Town": "Chatham",
    "Post code": "ME4 4AA",
    "Email": "yusuf@example.com",
    "Contact by": "SMS",
    "Specialty": "Rheumatology",
    "Consultant": "Dr Raman",
    "Strength / form": "40mg pen",
    "Dose": "40mg",
    "Frequency": "every 2 weeks",
    "Consent date": "01/01/2026",
    "Last Rx date": "01/08/2026",
    "Rx length (wks)": "48",
    "No. of deliveries": "6",
    "Last bloods": "01/10/2026",
    "Notes": "",
}
"""A row with everything: 40 mg every two weeks, 4 pens every 56 days, last delivered on 1 October 2026."""


def import_rows(*rows: Mapping[str, str], as_at: dt.date = AS_AT) -> list[Decision]:
    """Take a register of these rows in."""
    content = csv_of(*rows)
    spellings = load_spellings()
    register = read_register(opened(content), as_at=as_at, names=spellings.names)
    _, decisions = commit_register(
        register=register,
        spellings=spellings,
        source=source_of("register.csv", content),
        by=User.objects.system("register_import"),
        at=NOON,
    )
    return decisions


def full(**changes: str) -> dict[str, str]:
    """Return the full row with some cells changed, by heading (underscores stand for spaces)."""
    named = {"Consent": "Consent?", "Rx_length": "Rx length (wks)", "Strength": "Strength / form"}
    return {**FULL, **{named.get(key, key.replace("_", " ")): value for key, value in changes.items()}}


def enrolment_of(hospital_number: str = "M1") -> Enrolment:
    """Return the latest enrolment of a patient."""
    return Enrolment.objects.filter(patient__hospital_number=hospital_number).latest("pk")


def latest_import() -> RegisterImport:
    """Return the import that came in last."""
    return RegisterImport.objects.latest("pk")
