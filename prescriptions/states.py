"""What may follow what for a renewal request (domain.md 11.2) and a prescription (11.3)."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class RenewalStatus(models.TextChoices):
    """Where a renewal request is. Due soon and overdue are derived from its dates."""

    REQUESTED = "REQUESTED", "Requested"
    AWAITING_CLINIC = "AWAITING_CLINIC", "Awaiting clinic"
    APPROVED_TO_PRESCRIBE = "APPROVED_TO_PRESCRIBE", "Approved to prescribe"
    APPOINTMENT_REQUIRED = "APPOINTMENT_REQUIRED", "Appointment required"
    BLOODS_REQUIRED = "BLOODS_REQUIRED", "Blood tests required"
    PRESCRIBED = "PRESCRIBED", "Prescribed"
    CLOSED = "CLOSED", "Closed"
    DECLINED = "DECLINED", "Declined"
    STOPPED = "STOPPED", "Stopped"
    MERGED = "MERGED", "Merged"


R = RenewalStatus
RENEWAL_WITH_CLINIC = frozenset(
    {R.REQUESTED, R.AWAITING_CLINIC, R.APPROVED_TO_PRESCRIBE, R.APPOINTMENT_REQUIRED, R.BLOODS_REQUIRED}
)
RENEWAL_OPEN = RENEWAL_WITH_CLINIC | {R.PRESCRIBED}


class PrescriptionStatus(models.TextChoices):
    """Where a prescription is. Its last legal day is derived; the wet original is a flag."""

    DRAFT = "DRAFT", "Draft"
    WRITTEN = "WRITTEN", "Written"
    SIGNED = "SIGNED", "Signed"
    SUBMITTED = "SUBMITTED", "Submitted to pharmacy"
    SCREENING = "SCREENING", "Being screened"
    APPROVED = "APPROVED", "Approved"
    QUERIED = "QUERIED", "Queried with prescriber"
    AMENDED = "AMENDED", "Amended"
    REJECTED = "REJECTED", "Rejected"
    ORDER_RAISED = "ORDER_RAISED", "Order raised"
    SENT = "SENT", "Sent to provider"
    PROVIDER_QUERIED = "PROVIDER_QUERIED", "Queried by provider"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Acknowledged by provider"
    IN_USE = "IN_USE", "In use"
    EXHAUSTED = "EXHAUSTED", "Exhausted"
    EXPIRED = "EXPIRED", "Expired"
    CANCELLED = "CANCELLED", "Cancelled"
    SUPERSEDED = "SUPERSEDED", "Superseded"


P = PrescriptionStatus
AT_PROVIDER = frozenset({P.SENT, P.PROVIDER_QUERIED, P.ACKNOWLEDGED, P.IN_USE})
IN_PHARMACY = frozenset({P.SIGNED, P.SUBMITTED, P.SCREENING, P.APPROVED, P.QUERIED, P.AMENDED, P.ORDER_RAISED})


def _move(event: str, sources: set[str] | frozenset[str], target: str, permission: Permission) -> Transition:
    return Transition(event, frozenset(str(s) for s in sources), str(target), permission)


RENEWAL_TRANSITIONS = Transitions(
    "renewal request",
    [
        _move("ask_clinic", {R.REQUESTED}, R.AWAITING_CLINIC, Permission.RENEWAL_EDIT),
        _move("approve_to_prescribe", RENEWAL_WITH_CLINIC, R.APPROVED_TO_PRESCRIBE, Permission.RENEWAL_EDIT),
        _move("require_appointment", RENEWAL_WITH_CLINIC, R.APPOINTMENT_REQUIRED, Permission.RENEWAL_EDIT),
        _move("require_bloods", RENEWAL_WITH_CLINIC, R.BLOODS_REQUIRED, Permission.RENEWAL_EDIT),
        _move("decline", RENEWAL_WITH_CLINIC, R.DECLINED, Permission.RENEWAL_EDIT),
        _move("prescribe", RENEWAL_WITH_CLINIC, R.PRESCRIBED, Permission.PRESCRIPTION_SIGNED_RECORD),
        _move("prescribe_again", {R.PRESCRIBED}, R.AWAITING_CLINIC, Permission.PRESCRIPTION_SCREEN),
        _move("ask_again", {R.PRESCRIBED}, R.AWAITING_CLINIC, Permission.PRESCRIPTION_CANCEL),
        _move("close", {R.PRESCRIBED}, R.CLOSED, Permission.PRESCRIPTION_SEND),
        _move("stop", RENEWAL_OPEN, R.STOPPED, Permission.ENROLMENT_EDIT),
        _move("merge", RENEWAL_OPEN, R.MERGED, Permission.RENEWAL_EDIT),
    ],
)

PRESCRIPTION_TRANSITIONS = Transitions(
    "prescription",
    [
        _move("write", {P.DRAFT}, P.WRITTEN, Permission.PRESCRIPTION_RECORD),
        _move("sign", {P.WRITTEN}, P.SIGNED, Permission.PRESCRIPTION_SIGNED_RECORD),
        _move("submit", {P.SIGNED}, P.SUBMITTED, Permission.PRESCRIPTION_RECORD),
        _move("screen", {P.SUBMITTED, P.AMENDED}, P.SCREENING, Permission.PRESCRIPTION_SCREEN),
        _move("approve", {P.SCREENING}, P.APPROVED, Permission.PRESCRIPTION_SCREEN),
        _move("query", {P.SCREENING}, P.QUERIED, Permission.PRESCRIPTION_SCREEN),
        _move("amend", {P.QUERIED}, P.AMENDED, Permission.PRESCRIPTION_RECORD),
        _move("reject", {P.SCREENING, P.QUERIED}, P.REJECTED, Permission.PRESCRIPTION_SCREEN),
        _move("raise_order", {P.APPROVED}, P.ORDER_RAISED, Permission.PRESCRIPTION_SEND),
        _move("send", {P.APPROVED, P.ORDER_RAISED}, P.SENT, Permission.PRESCRIPTION_SEND),
        _move("provider_query", {P.SENT, P.ACKNOWLEDGED}, P.PROVIDER_QUERIED, Permission.PRESCRIPTION_ACKNOWLEDGE),
        _move("reply_to_provider", {P.PROVIDER_QUERIED}, P.SENT, Permission.PRESCRIPTION_SEND),
        _move("acknowledge", {P.SENT, P.PROVIDER_QUERIED}, P.ACKNOWLEDGED, Permission.PRESCRIPTION_ACKNOWLEDGE),
        _move("first_delivery", {P.SENT, P.PROVIDER_QUERIED, P.ACKNOWLEDGED}, P.IN_USE, Permission.DELIVERY_RECORD),
        _move("exhaust", {P.IN_USE}, P.EXHAUSTED, Permission.DELIVERY_RECORD),
        _move("expire", AT_PROVIDER | IN_PHARMACY, P.EXPIRED, Permission.SYSTEM_RUN),
        _move("cancel", AT_PROVIDER | IN_PHARMACY, P.CANCELLED, Permission.PRESCRIPTION_CANCEL),
        _move("supersede", AT_PROVIDER, P.SUPERSEDED, Permission.PRESCRIPTION_SEND),
    ],
)
