"""Deeds on deliveries: planned, booked, delivered with batch and expiry, failed with cause and party."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from deliveries.models import Delivery, DeliveryLine, DeliveryStatusChange
from deliveries.states import DELIVERED, TRANSITIONS, DeliveryStatus
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import first_dose, pathway
from patients.actions.addresses import delivered_to
from patients.actions.collecting import ask_for_late_medicine
from patients.cover import actions as cover
from patients.pathway.milestones import Milestone
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription
from prescriptions.states import AT_PROVIDER

# What a move of a delivery may say of it.
SAID = (
    "delivered_on",
    "failed_on",
    "failure_cause",
    "failure_note",
    "recipient_name",
    "proof_reference",
    "booked_on",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Units of one batch that were handed over."""

    units: int
    batch_number: str = ""
    expires_on: dt.date | None = None


def move(*, delivery: Delivery, event: str, by: User, at: dt.datetime, reason: str = "") -> Delivery:
    """Move a delivery as its table allows, with what was said of it. Only actions call this."""

    def say(locked: Delivery) -> tuple[str, ...]:
        for field in SAID:
            setattr(locked, field, getattr(delivery, field))
        if event != "book":
            return SAID
        # What changes later is never applied to it in silence: it goes where it was booked to.
        day = locked.booked_on or local_day(at)
        locked.address_text = delivered_to(locked.patient_id, on=day, enrolment_id=locked.enrolment_id)
        return (*SAID, "address_text")

    return moves.move(delivery, table=TRANSITIONS, event=event, by=by, at=at, reason=reason, also=say)


@action
def plan_next(*, prescription: Prescription, by: User, at: dt.datetime, planned_on: dt.date | None = None) -> Delivery:
    """Return the prescription's next delivery, made if there is none under way. Refused when all were made."""
    require(by, Permission.DELIVERY_RECORD)
    locked = Prescription.objects.select_for_update().get(pk=prescription.pk)
    waiting = Delivery.objects.expected().filter(prescription=locked).order_by("sequence").first()
    if waiting is not None:
        return waiting
    _check_may_deliver(locked)
    delivery = Delivery.objects.create(
        prescription=locked,
        enrolment_id=locked.enrolment_id,
        patient_id=locked.patient_id,
        provider_id=locked.provider_id,
        reference=uuid.uuid4(),
        sequence=(Delivery.objects.filter(prescription=locked).count() + 1),
        planned_on=planned_on,
    )
    DeliveryStatusChange.objects.create(delivery=delivery, event="plan", to_status=delivery.status, at=at, by=by)
    return delivery


@action
def book(*, delivery: Delivery, booked_on: dt.date, by: User, at: dt.datetime, reason: str = "") -> Delivery:
    """Record that a delivery is booked with the patient for a day; it keeps the address that holds on that day.

    Refused: a day that is past.
    """
    if booked_on < local_day(at):
        raise Refused("A delivery is booked for today or later. One that was made is recorded as delivered.")
    delivery.booked_on = booked_on
    return move(delivery=delivery, event="book", by=by, at=at, reason=reason)


def _check_may_deliver(prescription: Prescription) -> None:
    if prescription.status not in AT_PROVIDER:
        raise Refused(
            f"This prescription is {prescription.get_status_display().lower()}: nothing can be delivered on it.",
            code="prescription_not_at_provider",
        )
    if prescription.remaining == 0:
        raise Refused("Every delivery of this prescription has been made.", code="exhausted")


@action
def record_delivered(
    *,
    delivery: Delivery,
    delivered_on: dt.date,
    lines: Sequence[Line],
    by: User,
    at: dt.datetime,
    in_full: bool = True,
    recipient_name: str = "",
    proof_reference: str = "",
    reason: str = "",
) -> Delivery:
    """Record what reached the patient: lines with batch and expiry become facts, and the cover moves.

    The first delivery moves an enrolment on: to training where that is required, else to the first dose.
    Refused: a day in the future, a day before the prescription was signed, no lines, or a day that has a delivery
    of this prescription already: it was told twice (by the provider and by hand, or by pressing twice), and counted
    twice it would hide that the medicine runs out.
    """
    _check_delivered(delivery, delivered_on, lines, today=local_day(at))
    _check_told_once(delivery, delivered_on)
    delivery.delivered_on, delivery.recipient_name, delivery.proof_reference = (
        delivered_on,
        recipient_name,
        proof_reference,
    )
    moved = move(delivery=delivery, event="deliver_full" if in_full else "deliver_part", by=by, at=at, reason=reason)
    _write_lines(moved, lines, by=by, at=at)
    prescriptions.delivered(prescription=moved.prescription, by=by, at=at)
    first_dose.confirm_delivery(enrolment_id=moved.enrolment_id, delivered_on=delivered_on, by=by, at=at)
    ask_for_late_medicine(moved.enrolment_id, by=by, at=at)
    pathway.supplied(
        moved.enrolment_id,
        Milestone.FIRST_DELIVERY,
        on=delivered_on,
        signed_on=moved.prescription.signed_on,
        by=by,
        at=at,
    )
    return moved


def _write_lines(delivery: Delivery, lines: Sequence[Line], *, by: User, at: dt.datetime) -> None:
    """Write what was handed over, each line as a fact that the cover counts."""
    assert delivery.delivered_on is not None
    for line in lines:
        row = DeliveryLine.objects.create(
            delivery=delivery,
            product_id=delivery.prescription.product_id,
            units=line.units,
            batch_number=line.batch_number,
            expires_on=line.expires_on,
        )
        cover.add_delivery(
            enrolment_id=delivery.enrolment_id,
            on=delivery.delivered_on,
            units=line.units,
            expires_on=line.expires_on,
            delivery_line=row.pk,
            by=by,
            at=at,
        )


def _check_delivered(delivery: Delivery, delivered_on: dt.date, lines: Sequence[Line], *, today: dt.date) -> None:
    if delivered_on > today:
        raise Refused("A delivery cannot be reported before it happens. Enter the day on which it was received.")
    signed_on = delivery.prescription.signed_on
    if signed_on is not None and delivered_on < signed_on:
        raise Refused(f"The prescription was signed on {signed_on:%-d %B %Y}: nothing was delivered on it before that.")
    if not lines or any(line.units < 1 for line in lines):
        raise Refused("Say what was delivered: at least one line, each of at least one unit.")


def _check_told_once(delivery: Delivery, delivered_on: dt.date) -> None:
    prescription = Prescription.objects.select_for_update().get(pk=delivery.prescription_id)  # one teller at a time
    others = Delivery.objects.filter(prescription=prescription).exclude(pk=delivery.pk)
    if others.filter(status__in=sorted(str(s) for s in DELIVERED), delivered_on=delivered_on).exists():
        raise Refused(
            f"A delivery of this prescription on {delivered_on:%-d %B %Y} is on record already. "
            "If more came on that day than it says, record a stock count.",
            code="already_recorded",
        )


@action
def record_failed(
    *, delivery: Delivery, failed_on: dt.date, cause: str, by: User, at: dt.datetime, reason: str = ""
) -> Delivery:
    """Record that a delivery failed, on which day and by whose cause. The cover does not count it."""
    if failed_on > local_day(at):
        raise Refused("A delivery cannot have failed in the future.")
    if cause not in Delivery.FailureCause.values:
        raise Refused("Say whose the failure was: " + ", ".join(Delivery.FailureCause.labels) + ".")
    delivery.failed_on, delivery.failure_cause, delivery.failure_note = failed_on, cause, reason
    return move(delivery=delivery, event="fail", by=by, at=at, reason=reason)


@action
def cancel_expected(*, enrolment_id: int, by: User, at: dt.datetime, reason: str) -> int:
    """Cancel every delivery of an enrolment that has not left. Returns how many.

    What is on its way is left to a person.
    """
    waiting = Delivery.objects.expected().exclude(status=DeliveryStatus.DISPATCHED).filter(enrolment_id=enrolment_id)
    cancelled = list(waiting)
    for delivery in cancelled:
        move(delivery=delivery, event="cancel", by=by, at=at, reason=reason)
    return len(cancelled)
