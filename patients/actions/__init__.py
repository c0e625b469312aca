"""Deeds on patients and enrolments: one function each, by somebody, at a time, in one transaction."""

from patients.actions.consent import record_consent, withdraw_consent
from patients.actions.enrolment import move, resume, stop, suspend
from patients.actions.new_patient import complete_particulars, register_patient
from patients.actions.people import change_contact, mark_deceased
from patients.actions.referral import refer

__all__ = [
    "change_contact",
    "complete_particulars",
    "mark_deceased",
    "move",
    "record_consent",
    "refer",
    "register_patient",
    "resume",
    "stop",
    "suspend",
    "withdraw_consent",
]
