"""Deeds on patients and enrolments: one function each, by somebody, at a time, in one transaction."""

from patients.actions.addresses import Place, change_address, end_delivery_address
from patients.actions.clocks import record_bridging, record_contact, restart_clock, stop_clock
from patients.actions.collecting import arrange_collection, ask_collection, complete_collection
from patients.actions.consent import record_consent, withdraw_consent
from patients.actions.enrolment import change_expected_restart, leave_homecare, move, resume, stop, suspend
from patients.actions.new_patient import complete_particulars, register_patient
from patients.actions.notices import acknowledge_notice, raise_for_patient, raise_notice, tell
from patients.actions.people import change_contact, mark_alive, mark_deceased
from patients.actions.preferences import Wishes, answer_preference, record_preference
from patients.actions.referral import refer

__all__ = [
    "Place",
    "Wishes",
    "acknowledge_notice",
    "answer_preference",
    "arrange_collection",
    "ask_collection",
    "change_address",
    "change_contact",
    "change_expected_restart",
    "complete_collection",
    "complete_particulars",
    "end_delivery_address",
    "leave_homecare",
    "mark_alive",
    "mark_deceased",
    "move",
    "raise_for_patient",
    "raise_notice",
    "record_bridging",
    "record_consent",
    "record_contact",
    "record_preference",
    "refer",
    "register_patient",
    "restart_clock",
    "resume",
    "stop",
    "stop_clock",
    "suspend",
    "tell",
    "withdraw_consent",
]
