"""Deeds on patients and enrolments: one function each, by somebody, at a time, in one transaction."""

from patients.actions.consent import record_consent, withdraw_consent
from patients.actions.enrolment import move, resume, stop, suspend
from patients.actions.people import change_contact, mark_deceased

__all__ = [
    "change_contact",
    "mark_deceased",
    "move",
    "record_consent",
    "resume",
    "stop",
    "suspend",
    "withdraw_consent",
]
