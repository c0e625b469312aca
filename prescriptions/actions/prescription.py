"""Prescriptions: recorded as signed, clinically screened, sent, acknowledged, used up. We record; we never sign."""

import datetime as dt
import uuid
from dataclasses import dataclass

from homecare.accounts.models import Practitioner, User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients import actions as patients
from patients.actions import first_dose, pathway
from patients.cover import actions as cover
from patients.cover.legal_life import last_valid_on
from patients.models import Consent, Enrolment, Transfer
from patients.models.sharing import sharing_of
from patients.pathway.milestones import Milestone
from patients.pathway.sharing import GivenConsent, refusal_to_send, was_withdrawn
from patients.pathway.stages import Open
from patients.states import ENDED
from prescriptions.actions.renewal import move_renewal
from prescriptions.models import ClinicalScreen, Prescription, PrescriptionStatusChange, RenewalRequest
from prescriptions.states import AT_PROVIDER, PRESCRIPTION_TRANSITIONS, PrescriptionStatus, RenewalStatus

LIMITED_SCHEDULES = {"2", "3", "4"}  # valid for 28 days (domain.md 4.2)
ONE_DELIVERY_SCHEDULES = {"2", "3"}
# What a prescription waits for after each move, where that decides whose move a journey is.
WAITS_FOR = {
    "submit": Open.PRESCRIPTION_TO_SCREEN,
    "amend": Open.PRESCRIPTION_TO_SCREEN,
    "approve": Open.PRESCRIPTION_TO_SEND,
    "query": "",
    "reject": "",
    "send": "",
}


def move(*, prescription: Prescription, event: str, by: User, at: dt.datetime, reason: str = "") -> Prescription:
    """Move a prescription as its table allows, and the clock of a journey that waits for it. Only actions call this."""
    moved = moves.move(prescription, table=PRESCRIPTION_TRANSITIONS, event=event, by=by, at=at, reason=reason)
    if event in WAITS_FOR:
        pathway.prescription_waits(moved.enrolment_id, code=WAITS_FOR[event], by=by, at=at)
    if event == "send":
        pathway.supplied(
            moved.enrolment_id,
            Milestone.FIRST_PRESCRIPTION_SENT,
            on=local_day(at),
            signed_on=moved.signed_on,
            by=by,
            at=at,
        )
    return moved


@dataclass(frozen=True, kw_only=True)
class SignedPrescription:
    """What is written on a signed prescription, as somebody reads it from the paper or the clinic's system."""

    signed_on: dt.date
    prescriber: Practitioner | None
    prescribed_by: User | None
    artefact: str
    deliveries: int
    units_each: int
    interval_days: int
    dose_text: str = ""
    not_before_on: dt.date | None = None


@action
def record_signed(
    *, renewal: RenewalRequest, signed: SignedPrescription, by: User, at: dt.datetime, reason: str = ""
) -> Prescription:
    """Record that a prescriber signed the prescription a renewal asked for, and submit it to pharmacy.

    It is for the provider that the patient is with, or is moving to where theirs supplies nothing more. Refused: a
    signature dated in the future, no deliveries or units, or more than one delivery of a Schedule 2 or 3 controlled
    drug (domain.md 4.2).
    """
    _check_signed(renewal, signed, today=local_day(at))
    enrolment = _supplied_under(renewal.enrolment)
    schedule = enrolment.medicine.controlled_drug_schedule
    move_renewal(renewal=renewal, event="prescribe", by=by, at=at, reason=reason)
    prescription = Prescription.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        provider_id=enrolment.service.provider_id,
        renewal=renewal,
        product_id=enrolment.treatment.product_id,
        reference=uuid.uuid4(),
        status=PrescriptionStatus.SIGNED,
        artefact=signed.artefact,
        signed_on=signed.signed_on,
        not_before_on=signed.not_before_on,
        last_valid_on=last_valid_on(
            issued_on=signed.signed_on, not_before_on=signed.not_before_on, controlled=schedule in LIMITED_SCHEDULES
        ),
        prescriber=signed.prescriber,
        prescribed_by=signed.prescribed_by,
        deliveries=signed.deliveries,
        units_each=signed.units_each,
        interval_days=signed.interval_days,
        dose_text=signed.dose_text,
        wet_original_received_on=local_day(at) if signed.artefact == Prescription.Artefact.WET_INK_ORIGINAL else None,
    )
    PrescriptionStatusChange.objects.create(
        prescription=prescription, event="sign", to_status=prescription.status, at=at, by=by, reason=reason
    )
    return move(prescription=prescription, event="submit", by=by, at=at)


def _supplied_under(enrolment: Enrolment) -> Enrolment:
    """Return what a new prescription is for: the new enrolment, where the old provider supplies nothing more."""
    moving = Transfer.objects.under_way().filter(from_enrolment=enrolment, old_provider_supplies=False).first()
    return moving.to_enrolment if moving else enrolment


def _check_signed(renewal: RenewalRequest, signed: SignedPrescription, *, today: dt.date) -> None:
    if signed.signed_on > today:
        raise Refused("The signature is dated in the future. Enter the day on which it was signed.")
    if signed.deliveries < 1 or signed.units_each < 1:
        raise Refused("A prescription gives at least one delivery of at least one unit.")
    schedule = renewal.enrolment.medicine.controlled_drug_schedule
    if schedule in ONE_DELIVERY_SCHEDULES and signed.deliveries > 1:
        raise Refused(f"A Schedule {schedule} controlled drug is not repeatable: one delivery only.")


@action
def screen(*, prescription: Prescription, outcome: str, by: User, at: dt.datetime, reason: str = "") -> ClinicalScreen:
    """Record a pharmacist's clinical check: a query or rejection says why.

    Nobody screens what they prescribed, or recorded as signed (in an earlier role, or with no prescriber named).
    """
    require(by, Permission.PRESCRIPTION_SCREEN)
    prescriber = prescription.prescriber
    signed_by = prescription.status_changes.filter(event="sign").values_list("by_id", flat=True)
    if by.pk in {prescription.prescribed_by_id, prescriber and prescriber.user_id, *signed_by}:
        raise Refused(
            "You prescribed this, or recorded it as signed. Another pharmacist must screen it.", code="own_prescription"
        )
    event = {
        ClinicalScreen.Outcome.APPROVED: "approve",
        ClinicalScreen.Outcome.APPROVED_WITH_AMENDMENT: "approve",
        ClinicalScreen.Outcome.QUERIED: "query",
        ClinicalScreen.Outcome.REJECTED: "reject",
    }[ClinicalScreen.Outcome(outcome)]
    if event != "approve" and not reason.strip():
        raise Refused("Say what is to be answered or why it is rejected, so that the prescriber can act on it.")
    move(prescription=prescription, event="screen", by=by, at=at)
    moved = move(prescription=prescription, event=event, by=by, at=at, reason=reason)
    if event == "reject" and moved.renewal is not None and moved.renewal.status == RenewalStatus.PRESCRIBED:
        move_renewal(renewal=moved.renewal, event="prescribe_again", by=by, at=at, reason=reason)
    return ClinicalScreen.objects.create(
        prescription=moved, outcome=outcome, screened_by=by, screened_at=at, note=reason
    )


@action
def answer_query(*, prescription: Prescription, by: User, at: dt.datetime, reason: str) -> Prescription:
    """Record how the prescriber answered the pharmacist's query; the prescription goes back to be screened."""
    if not reason.strip():
        raise Refused("Say what the prescriber answered.")
    return move(prescription=prescription, event="amend", by=by, at=at, reason=reason)


@action
def send(
    *, prescription: Prescription, by: User, at: dt.datetime, purchase_order_number: str = "", reason: str = ""
) -> Prescription:
    """Send a screened prescription to its provider: it appears in the provider's API, and the cover counts on it.

    Somebody's first one moves their enrolment on. Refused: one no longer valid, for somebody who died or withdrew
    consent, for a provider they have left, or a first one while what must come before it is missing.
    """
    _check_may_be_shared(prescription)
    if prescription.last_valid_on is not None and prescription.last_valid_on < local_day(at):
        raise Refused(
            f"This prescription was last valid on {prescription.last_valid_on:%-d %B %Y}. Ask for a new one.",
            code="expired",
        )
    moved = move(prescription=prescription, event="send", by=by, at=at, reason=reason)
    moved.sent_at, moved.purchase_order_number = at, purchase_order_number
    moved.save(update_fields=["sent_at", "purchase_order_number"])
    if moved.renewal is not None and moved.renewal.status == RenewalStatus.PRESCRIBED:
        move_renewal(renewal=moved.renewal, event="close", by=by, at=at)
    first_dose.confirm_prescription_sent(enrolment_id=moved.enrolment_id, sent_on=local_day(at), by=by, at=at)
    write_remaining(moved.enrolment_id, on=local_day(at))
    return moved


def _check_may_be_shared(prescription: Prescription) -> None:
    """Ask again at the last moment: much may have happened since it was signed. A withdrawal under way is waited for.

    A consent that nobody has recorded yet stops what is new, and not the supply of those read from a register; one that
    was withdrawn stops both.
    """
    enrolment = Enrolment.objects.select_related("patient", "service__provider").get(pk=prescription.enrolment_id)
    consents = list(Consent.objects.select_for_update(no_key=True).filter(enrolment=enrolment))
    if enrolment.patient.deceased:
        raise Refused("The patient has died. Cancel the prescription.", code="deceased")
    if was_withdrawn(tuple(GivenConsent(consent.withdrawn_on is not None) for consent in consents)):
        raise Refused(
            "The patient has withdrawn consent, so nothing is shared with the provider. Cancel the prescription,"
            " or record their consent if they have agreed again.",
            code="consent_withdrawn",
        )
    if enrolment.service.provider_id != prescription.provider_id:
        raise Refused(
            f"This prescription is for {prescription.provider}, and the patient is with"
            f" {enrolment.service.provider} now. Cancel it and ask for a new one.",
            code="another_provider",
        )
    moving = Transfer.objects.under_way().filter(from_enrolment=enrolment, old_provider_supplies=False).first()
    if moving is not None:
        raise Refused(
            f"{prescription.provider} supplies nothing more: the patient is moving to"
            f" {moving.to_enrolment.service.provider}. Cancel this prescription and ask for one there.",
            code="another_provider",
        )
    refused = refusal_to_send(sharing_of(enrolment))
    if refused:
        raise Refused(refused, code="may_not_be_shared")
    if enrolment.status in ENDED:
        raise Refused(
            f"This enrolment has ended ({enrolment.get_status_display().lower()}). Cancel the prescription.",
            code="ended",
        )


@action
def acknowledge(
    *, prescription: Prescription, by: User, at: dt.datetime, provider_reference: str = "", reason: str = ""
) -> Prescription:
    """Record that the provider has the prescription and will supply it."""
    moved = move(prescription=prescription, event="acknowledge", by=by, at=at, reason=reason)
    moved.acknowledged_at, moved.provider_reference = at, provider_reference
    moved.save(update_fields=["acknowledged_at", "provider_reference"])
    return moved


@action
def record_original(
    *, prescription: Prescription, received_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Prescription:
    """Record that the original in ink of a scanned copy arrived."""
    require(by, Permission.PRESCRIPTION_RECORD)
    locked = Prescription.objects.select_for_update().get(pk=prescription.pk)
    locked.wet_original_received_on = received_on
    locked.save(update_fields=["wet_original_received_on"])
    return locked


@action
def delivered(*, prescription: Prescription, by: User, at: dt.datetime, reason: str = "") -> Prescription:
    """Count one delivery as made: the first puts the prescription in use, the last exhausts it.

    One that had left before its prescription was cancelled is counted, and the prescription stays cancelled.
    """
    locked = Prescription.objects.select_for_update().get(pk=prescription.pk)
    if locked.remaining == 0:
        raise Refused("Every delivery of this prescription has been made.", code="exhausted")
    if locked.status == PrescriptionStatus.CANCELLED:
        locked.deliveries_made += 1
        locked.save(update_fields=["deliveries_made"])
        write_remaining(locked.enrolment_id, on=local_day(at))
        return locked
    if locked.status != PrescriptionStatus.IN_USE:
        locked = move(prescription=locked, event="first_delivery", by=by, at=at)
    locked.deliveries_made += 1
    locked.save(update_fields=["deliveries_made"])
    if locked.remaining == 0:
        locked = move(prescription=locked, event="exhaust", by=by, at=at)
    write_remaining(locked.enrolment_id, on=local_day(at))
    return locked


@action
def cancel(
    *, prescription: Prescription, by: User, at: dt.datetime, reason: str, tells_provider: bool = True
) -> Prescription:
    """Cancel a prescription, with a reason; the cover no longer counts on it.

    A provider that has it is told, unless a notice of the deed that this is part of says so already. The request that
    it answered is open again: answered by nothing, it would keep the sweep from ever asking.
    """
    if not reason.strip():
        raise Refused("Say why the prescription is cancelled.")
    is_at_provider = prescription.status in AT_PROVIDER
    moved = move(prescription=prescription, event="cancel", by=by, at=at, reason=reason)
    if moved.renewal is not None and moved.renewal.status == RenewalStatus.PRESCRIBED:
        move_renewal(renewal=moved.renewal, event="ask_again", by=by, at=at, reason=reason)
    write_remaining(moved.enrolment_id, on=local_day(at))
    if is_at_provider and tells_provider:
        patients.raise_notice(
            enrolment=moved.enrolment,
            kind="CANCELLATION",
            detail=f"Cancel {in_words(moved)}. Deliver nothing more on it, and confirm that it is cancelled.",
            effective_on=local_day(at),
            by=by,
            at=at,
        )
    return moved


def in_words(prescription: Prescription) -> str:
    """Name a prescription as its provider knows it."""
    day = prescription.signed_on
    signed = f" signed on {day:%-d %B %Y}" if day else ""
    reference = f" (your reference {prescription.provider_reference})" if prescription.provider_reference else ""
    return f"the prescription for {prescription.enrolment.medicine}{signed}{reference}"


def write_remaining(enrolment_id: int, *, on: dt.date) -> None:
    """Write what the prescriptions at the provider still give into cover, and move its dates.

    Several at once (the old one's last delivery beside the new one) are read as one: the deliveries of all that
    give the same quantity as the newest, until the newest's last valid day. Others are left out: the cautious way.
    """
    held = [
        p
        for p in Prescription.objects.at_provider().filter(enrolment_id=enrolment_id).order_by("signed_on", "pk")
        if p.remaining
    ]
    if not held:
        cover.set_remaining_supply(enrolment_id=enrolment_id, supply=None, on=on)
        return
    newest = held[-1]
    remaining = sum(p.remaining for p in held if p.units_each == newest.units_each)
    cover.set_remaining_supply(
        enrolment_id=enrolment_id,
        supply=cover.Supply(
            remaining=remaining, units_each=newest.units_each, last_valid_on=newest.last_valid_on or on
        ),
        on=on,
    )
