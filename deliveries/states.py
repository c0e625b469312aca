"""What may follow what for a delivery (domain.md 11.4)."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class DeliveryStatus(models.TextChoices):
    """Where a delivery is."""

    PLANNED = "PLANNED", "Planned"
    CONTACT_DUE = "CONTACT_DUE", "Contact due"
    CONTACTING = "CONTACTING", "Contacting patient"
    UNABLE_TO_CONTACT = "UNABLE_TO_CONTACT", "Unable to contact"
    DEFERRED = "DEFERRED", "Deferred by patient"
    BOOKED = "BOOKED", "Booked"
    PREPARING = "PREPARING", "Preparing"
    DISPATCHED = "DISPATCHED", "Dispatched"
    DELIVERED_FULL = "DELIVERED_FULL", "Delivered in full"
    DELIVERED_PART = "DELIVERED_PART", "Delivered in part"
    FAILED = "FAILED", "Failed"
    REFUSED = "REFUSED", "Refused"
    RETURNED = "RETURNED", "Returned"
    CANCELLED = "CANCELLED", "Cancelled"


D = DeliveryStatus
BEFORE_DISPATCH = frozenset(
    {D.PLANNED, D.CONTACT_DUE, D.CONTACTING, D.UNABLE_TO_CONTACT, D.DEFERRED, D.BOOKED, D.PREPARING}
)
EXPECTED = BEFORE_DISPATCH | {D.DISPATCHED, D.FAILED}
UNDER_WAY = frozenset({D.BOOKED, D.PREPARING, D.DISPATCHED})  # arranged with the patient, at an address
DELIVERED = frozenset({D.DELIVERED_FULL, D.DELIVERED_PART})


def _move(event: str, sources: set[DeliveryStatus] | frozenset[DeliveryStatus], target: DeliveryStatus) -> Transition:
    return Transition(event, frozenset(str(s) for s in sources), str(target), Permission.DELIVERY_RECORD)


TRANSITIONS = Transitions(
    "delivery",
    [
        _move("contact", {D.PLANNED, D.CONTACT_DUE, D.UNABLE_TO_CONTACT, D.DEFERRED}, D.CONTACTING),
        _move("give_up_contact", {D.CONTACTING}, D.UNABLE_TO_CONTACT),
        _move("defer", {D.CONTACTING, D.BOOKED}, D.DEFERRED),
        _move("book", {D.PLANNED, D.CONTACT_DUE, D.CONTACTING, D.UNABLE_TO_CONTACT, D.DEFERRED, D.FAILED}, D.BOOKED),
        _move("prepare", {D.BOOKED}, D.PREPARING),
        _move("dispatch", {D.BOOKED, D.PREPARING}, D.DISPATCHED),
        _move("deliver_full", EXPECTED, D.DELIVERED_FULL),
        _move("deliver_part", EXPECTED, D.DELIVERED_PART),
        _move("fail", BEFORE_DISPATCH | {D.DISPATCHED}, D.FAILED),
        _move("refuse", {D.DISPATCHED}, D.REFUSED),
        _move("return", {D.DISPATCHED, D.FAILED, D.REFUSED}, D.RETURNED),
        _move("cancel", BEFORE_DISPATCH | {D.FAILED}, D.CANCELLED),
    ],
)
