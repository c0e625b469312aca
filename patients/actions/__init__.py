"""Deeds on patients and enrolments: one function each, by somebody, at a time, in one transaction."""

from patients.actions.clocks import record_bridging, record_contact, restart_clock, stop_clock
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
    "record_bridging",
    "record_consent",
    "record_contact",
    "refer",
    "register_patient",
    "restart_clock",
    "resume",
    "stop",
    "stop_clock",
    "suspend",
    "withdraw_consent",
]
