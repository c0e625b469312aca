"""What may follow what for an enrolment (domain.md 11.1), a funding approval (11.10) and a visit."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class EnrolmentStatus(models.TextChoices):
    """Where an enrolment is."""

    IDENTIFIED = "IDENTIFIED", "Identified"
    NOT_SUITABLE = "NOT_SUITABLE", "Not suitable"
    DECLINED = "DECLINED", "Declined by patient"
    SUITABLE = "SUITABLE", "Suitable"
    CONSENTED = "CONSENTED", "Consented"
    REGISTRATION_SENT = "REGISTRATION_SENT", "Registration sent"
    REGISTRATION_QUERIED = "REGISTRATION_QUERIED", "Registration queried"
    REGISTRATION_REJECTED = "REGISTRATION_REJECTED", "Registration rejected"
    REGISTERED = "REGISTERED", "Registered"
    AWAITING_FIRST_DELIVERY = "AWAITING_FIRST_DELIVERY", "Awaiting first delivery"
    AWAITING_TRAINING = "AWAITING_TRAINING", "Awaiting training"
    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"
    TRANSFERRING = "TRANSFERRING", "Transferring"
    TRANSFERRED = "TRANSFERRED", "Transferred"
    STOPPED = "STOPPED", "Stopped"
    DECEASED = "DECEASED", "Deceased"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    CLOSED = "CLOSED", "Closed"


S = EnrolmentStatus
ENDED = frozenset({S.NOT_SUITABLE, S.DECLINED, S.TRANSFERRED, S.STOPPED, S.DECEASED, S.WITHDRAWN, S.CLOSED})
OPEN = frozenset(S) - ENDED
ON_TREATMENT = frozenset({S.ACTIVE, S.SUSPENDED, S.TRANSFERRING})
BEFORE_ACTIVE = OPEN - ON_TREATMENT
# The provider has accepted the patient, and the first dose is not yet taken.
STARTING = frozenset({S.REGISTERED, S.AWAITING_FIRST_DELIVERY, S.AWAITING_TRAINING})


def _move(
    event: str,
    sources: set[EnrolmentStatus] | frozenset[EnrolmentStatus],
    target: EnrolmentStatus,
    permission: Permission = Permission.ENROLMENT_EDIT,
) -> Transition:
    return Transition(event, frozenset(str(s) for s in sources), str(target), permission)


TRANSITIONS = Transitions(
    "enrolment",
    [
        _move("find_suitable", {S.IDENTIFIED}, S.SUITABLE, Permission.SUITABILITY_ASSESS),
        _move("find_not_suitable", {S.IDENTIFIED, S.SUITABLE}, S.NOT_SUITABLE, Permission.SUITABILITY_ASSESS),
        _move("decline", {S.IDENTIFIED, S.SUITABLE}, S.DECLINED, Permission.SUITABILITY_ASSESS),
        _move("consent", {S.SUITABLE}, S.CONSENTED, Permission.CONSENT_RECORD),
        _move("send_registration", {S.CONSENTED, S.REGISTRATION_QUERIED, S.REGISTRATION_REJECTED}, S.REGISTRATION_SENT),
        _move("query_registration", {S.REGISTRATION_SENT}, S.REGISTRATION_QUERIED, Permission.REGISTRATION_ANSWER),
        _move("reject_registration", {S.REGISTRATION_SENT}, S.REGISTRATION_REJECTED, Permission.REGISTRATION_ANSWER),
        _move("acknowledge_registration", {S.REGISTRATION_SENT}, S.REGISTERED, Permission.REGISTRATION_ANSWER),
        _move("send_first_prescription", {S.REGISTERED}, S.AWAITING_FIRST_DELIVERY, Permission.PRESCRIPTION_SEND),
        _move("confirm_first_delivery", {S.AWAITING_FIRST_DELIVERY}, S.AWAITING_TRAINING, Permission.DELIVERY_RECORD),
        _move("activate", {S.AWAITING_FIRST_DELIVERY, S.AWAITING_TRAINING}, S.ACTIVE, Permission.VISIT_RECORD),
        _move("suspend", {S.ACTIVE}, S.SUSPENDED, Permission.ENROLMENT_SUSPEND),
        _move("resume", {S.SUSPENDED}, S.ACTIVE, Permission.ENROLMENT_SUSPEND),
        # A list that moves has paused people on it too, and somebody may fall ill while it does: the pause is a fact
        # of its own (Suspension), and the status says the transfer.
        _move("start_transfer", {S.ACTIVE, S.SUSPENDED}, S.TRANSFERRING),
        _move("suspend", {S.TRANSFERRING}, S.TRANSFERRING, Permission.ENROLMENT_SUSPEND),
        _move("resume", {S.TRANSFERRING}, S.TRANSFERRING, Permission.ENROLMENT_SUSPEND),
        _move("cancel_transfer", {S.TRANSFERRING}, S.ACTIVE),
        _move("cancel_transfer_while_paused", {S.TRANSFERRING}, S.SUSPENDED),
        _move("finish_transfer", {S.TRANSFERRING}, S.TRANSFERRED),
        _move("stop", {S.ACTIVE, S.SUSPENDED, S.TRANSFERRING}, S.STOPPED),
        _move("record_death", OPEN, S.DECEASED, Permission.DEATH_RECORD),
        _move("withdraw", BEFORE_ACTIVE, S.WITHDRAWN),
        _move("withdraw_consent", BEFORE_ACTIVE, S.WITHDRAWN, Permission.CONSENT_RECORD),
        _move("close", {S.REGISTRATION_REJECTED}, S.CLOSED),
    ],
)


class FundingStatus(models.TextChoices):
    """Where a funding approval is. Expiring and lapsed are derived from its last day."""

    REQUESTED = "REQUESTED", "Requested"
    APPROVED = "APPROVED", "Approved"
    REFUSED = "REFUSED", "Refused"
    NOT_REQUIRED = "NOT_REQUIRED", "Not required"
    RENEWED = "RENEWED", "Renewed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


F = FundingStatus
FUNDING = Transitions(
    "funding approval",
    [
        Transition("approve", frozenset({F.REQUESTED}), F.APPROVED, Permission.FUNDING_RECORD),
        Transition("refuse", frozenset({F.REQUESTED}), F.REFUSED, Permission.FUNDING_RECORD),
        Transition("waive", frozenset({F.REQUESTED}), F.NOT_REQUIRED, Permission.FUNDING_RECORD),
        Transition("renew", frozenset({F.APPROVED}), F.RENEWED, Permission.FUNDING_RECORD),
        Transition("withdraw", frozenset({F.REQUESTED, F.APPROVED}), F.WITHDRAWN, Permission.FUNDING_RECORD),
    ],
)


class VisitStatus(models.TextChoices):
    """Where a nurse's visit is."""

    PLANNED = "PLANNED", "Planned"
    BOOKED = "BOOKED", "Booked"
    DONE = "DONE", "Done"
    MISSED = "MISSED", "Missed"
    CANCELLED = "CANCELLED", "Cancelled"


V = VisitStatus
VISIT = Transitions(
    "visit",
    [
        Transition("book", frozenset({V.PLANNED, V.BOOKED, V.MISSED}), V.BOOKED, Permission.VISIT_RECORD),
        Transition("do", frozenset({V.PLANNED, V.BOOKED}), V.DONE, Permission.VISIT_RECORD),
        Transition("miss", frozenset({V.BOOKED}), V.MISSED, Permission.VISIT_RECORD),
        Transition("cancel", frozenset({V.PLANNED, V.BOOKED, V.MISSED}), V.CANCELLED, Permission.VISIT_RECORD),
    ],
)


class BulkTransferStatus(models.TextChoices):
    """How far a bulk transfer is."""

    PLANNED = "PLANNED", "Planned"
    RUNNING = "RUNNING", "Running"
    STOPPED = "STOPPED", "Stopped"
    DONE = "DONE", "Done"
    DISCARDED = "DISCARDED", "Discarded"


B = BulkTransferStatus
BULK_TRANSFER = Transitions(
    "bulk transfer",
    [
        Transition("start", frozenset({B.PLANNED, B.STOPPED}), B.RUNNING, Permission.TRANSFER_IN_BULK),
        Transition("stop", frozenset({B.RUNNING}), B.STOPPED, Permission.TRANSFER_IN_BULK),
        Transition("finish", frozenset({B.RUNNING}), B.DONE, Permission.TRANSFER_IN_BULK),
        Transition("discard", frozenset({B.PLANNED}), B.DISCARDED, Permission.TRANSFER_IN_BULK),
    ],
)
