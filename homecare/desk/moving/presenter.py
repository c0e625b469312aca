"""What the page of one transfer says: what would follow, and what both providers hold, side by side."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from deliveries.models import Delivery
from deliveries.states import DeliveryStatus
from homecare.accounts.models import User
from homecare.core import words
from homecare.navigation import address_of
from patients.actions import transfer_carrying
from patients.cover import actions as cover
from patients.models import Enrolment, ProviderNotice, Transfer
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import AT_PROVIDER, IN_PHARMACY


@dataclass(frozen=True, slots=True)
class Side:
    """One provider's part of a transfer."""

    provider: str
    service: str
    status: str
    enrolment_id: int
    href: str


def sides(transfer: Transfer, user: User, *, today: dt.date) -> tuple[Side, Side]:
    """Return the old and the new side."""
    return _side(transfer.from_enrolment), _side(transfer.to_enrolment)


def _side(enrolment: Enrolment) -> Side:
    service = enrolment.service
    return Side(
        str(service.provider),
        service.name,
        enrolment.get_status_display(),
        enrolment.pk,
        address_of("enrolment", enrolment.pk) or "",
    )


def comparison(transfer: Transfer, user: User, *, today: dt.date) -> list[tuple[str, list[str], list[str]]]:
    """Return what each provider holds and is waited for, in rows: the label, the old one's, the new one's."""
    old, new = (_held(enrolment, user, today) for enrolment in (transfer.from_enrolment, transfer.to_enrolment))
    return [(label, old[label], new[label]) for label in old]


def _held(enrolment: Enrolment, user: User, today: dt.date) -> dict[str, list[str]]:
    return {
        "Prescriptions": _prescriptions(enrolment, user, today),
        "Deliveries to come": _deliveries(enrolment, user, today),
        "Asked of the clinic": _renewals(enrolment, user),
        "Still to be acknowledged": _notices(enrolment, user),
    }


def _prescriptions(enrolment: Enrolment, user: User, today: dt.date) -> list[str]:
    held = Prescription.objects.visible_to(user).filter(
        enrolment=enrolment, status__in=sorted(str(s) for s in AT_PROVIDER | IN_PHARMACY)
    )
    return [_prescription(prescription, today) for prescription in held.order_by("signed_on", "pk")]


def _prescription(prescription: Prescription, today: dt.date) -> str:
    left = words.count(prescription.remaining, "delivery", "deliveries")
    until = f" until {words.day(prescription.last_valid_on, today=today)}" if prescription.last_valid_on else ""
    return f"{left} of {prescription.units_each} left{until} ({prescription.get_status_display().lower()})"


def _deliveries(enrolment: Enrolment, user: User, today: dt.date) -> list[str]:
    rows = Delivery.objects.visible_to(user).expected().filter(enrolment=enrolment).order_by("sequence")
    return [_delivery(delivery, today) for delivery in rows]


def _delivery(delivery: Delivery, today: dt.date) -> str:
    day = delivery.booked_on or delivery.planned_on
    when = words.day(day, today=today) if day else "no day yet"
    on_its_way = ": record it when it comes" if delivery.status == DeliveryStatus.DISPATCHED else ""
    return f"{when} ({delivery.get_status_display().lower()}){on_its_way}"


def _renewals(enrolment: Enrolment, user: User) -> list[str]:
    rows = RenewalRequest.objects.visible_to(user).open().filter(enrolment=enrolment)
    return [renewal.get_status_display() for renewal in rows]


def _notices(enrolment: Enrolment, user: User) -> list[str]:
    rows = ProviderNotice.objects.visible_to(user).unanswered().filter(enrolment=enrolment).order_by("raised_at")
    return [notice.get_kind_display() for notice in rows]


def home_facts(enrolment: Enrolment, today: dt.date) -> list[tuple[str, str]]:
    """Return how long the medicine at home lasts, whoever gave it."""
    answer = cover.answer_now(enrolment, on=today)
    if answer.units_on_hand is None:
        return [("At home", "not known: count what is there")]
    first = answer.first_uncovered_dose_on
    return [
        ("At home", words.count(answer.units_on_hand, "unit") + (", assumed" if answer.assumed else "")),
        ("First dose without medicine", _far(first, today) if first else "none in sight"),
    ]


def _far(day: dt.date, today: dt.date) -> str:
    return f"{words.day(day, today=today)}, {words.distance(day, today=today)}"


def facts(enrolment: Enrolment, user: User, *, today: dt.date) -> list[tuple[str, str]]:
    """Return what is to be known before a transfer begins."""
    return [
        ("Medicine", str(enrolment.medicine)),
        ("Provider now", str(enrolment.service.provider)),
        ("Clinic", str(enrolment.clinic)),
        *home_facts(enrolment, today),
        ("It still holds", "; ".join(_prescriptions(enrolment, user, today)) or "no prescription"),
        ("Deliveries to come", "; ".join(_deliveries(enrolment, user, today)) or "none"),
    ]


def consequences(enrolment: Enrolment, user: User) -> tuple[str, ...]:
    """Say what follows from beginning a transfer."""
    provider = enrolment.service.provider
    return (
        "A new enrolment is made with the service that you choose. Regimen, choice, wishes and suitability go along.",
        "The patient’s consent to share with the new provider is asked for anew; nothing goes to it before.",
        f"{provider} is told. Until the first dose from the new provider this enrolment answers for the patient: its"
        " dates count what either provider gives, and it alone asks for prescriptions.",
        f"If {provider} supplies nothing more, what it holds is cancelled now, and a prescription for the new"
        " provider is asked for.",
        "With the first dose from the new provider this enrolment ends: what is left here is cancelled, what is at"
        " home is counted once, and blood tests go on.",
        *transfer_carrying.to_agree_again(enrolment),
    )


def to_agree_again(transfer: Transfer) -> list[str]:
    """Say what the new provider must agree to or provide anew."""
    return transfer_carrying.to_agree_again(transfer.from_enrolment)


def after_calling_off(transfer: Transfer) -> tuple[str, ...]:
    """Say what follows from calling a transfer off."""
    old, new = transfer.from_enrolment.service.provider, transfer.to_enrolment.service.provider
    said: list[Any] = [
        f"The enrolment with {new} is withdrawn, with what was asked for or written for it.",
        f"The patient stays with {old}, which is told.",
    ]
    if not transfer.old_provider_supplies:
        said.append(f"What {old} held was cancelled when the transfer began, and stays cancelled: ask for it anew.")
    return tuple(said)
