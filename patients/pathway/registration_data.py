"""What of a registration is sent: the same data on paper, as JSON and as CSV, to the byte the same for the same form.

Minimum data: what a provider needs to know the patient, reach them, supply the medicine and do what the service
promises. Checked and not sent: suitability, funding, the hospital's notes, needs that were not shared, and the own
telephone and email of somebody who is not to be contacted.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from patients.pathway.registration_form import Address, Professional, RegistrationForm

VERSION = "1"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALLERGIES = "Not held by this system: see the prescription."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sending: which, when, from whom, and whom to call about it."""

    reference: str
    number: int
    sent_at: str
    trust: str
    call: str
    email: str
    answers: tuple[tuple[str, str], ...] = ()
    """The provider's questions to the attempt before, and what we answered."""


def as_data(form: RegistrationForm, attempt: Attempt) -> dict[str, Any]:
    """Return the registration as it is sent: text, whole numbers, yes and no, lists and nothing else."""
    return {
        "version": VERSION,
        "registration": {
            "reference": attempt.reference,
            "attempt": attempt.number,
            "sent_at": attempt.sent_at,
            "trust": attempt.trust,
            "call": attempt.call,
            "email": attempt.email,
            "answers": [{"question": question, "answer": answer} for question, answer in attempt.answers],
        },
        "patient": _patient(form),
        "contact": _contact(form),
        "treatment": _treatment(form),
        "service": _service(form),
        "delivery": _delivery(form),
        "consent": _consent(form),
    }


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return the data as JSON that is the same to the byte whatever order it comes in."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def sha256(data: Mapping[str, Any]) -> str:
    """Return the fingerprint of the data."""
    return hashlib.sha256(canonical(data)).hexdigest()


def flat(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the data as rows of a name and a value, in the order of the names: for a spreadsheet."""
    return list(_flat(data, ""))


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in sorted(value.items()):
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{name}.{number}")
    elif value is None:
        yield name, ""
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    else:
        yield name, str(value)


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _patient(form: RegistrationForm) -> dict[str, Any]:
    patient: dict[str, Any] = {
        "nhs_number": form.nhs_number or None,
        "nhs_number_status": form.nhs_number_status,
        "hospital_number": form.hospital_number,
        "family_name": form.family_name,
        "given_name": form.given_name,
        "date_of_birth": form.date_of_birth.isoformat(),
        "sex": form.sex,
        "gp_practice": form.gp_practice,
        "home_address": _address(form.home),
        "is_under_16": form.is_child,
    }
    if form.is_child and form.weight is not None:
        patient["weight_kg"] = _plain(form.weight.kilograms)
        patient["weighed_on"] = form.weight.weighed_on.isoformat()
    return patient


def _contact(form: RegistrationForm) -> dict[str, Any]:
    is_open = not form.do_not_contact
    return {
        "contact_representative_only": form.do_not_contact,
        "telephones": list(form.telephones) if is_open else [],
        "email": (form.email or None) if is_open else None,
        "preferred": form.preferred_contact,
        "language": form.language or "English",
        "interpreter_needed": form.interpreter_needed,
        "representatives": [
            {
                "kind": who.kind,
                "name": who.name,
                "telephone": who.telephone or None,
                "email": who.email or None,
                "has_parental_responsibility": who.has_parental_responsibility,
            }
            for who in form.contacts
        ],
        "accessible_needs": [{"kind": need.kind, "detail": need.detail} for need in form.needs if need.is_shared],
    }


def _treatment(form: RegistrationForm) -> dict[str, Any]:
    product, regimen = form.product, form.regimen
    return {
        "medicine": product.medicine,
        "brand": product.brand or None,
        "form": product.form or None,
        "strength": product.strength or None,
        "unit": product.unit or None,
        "storage": product.storage,
        "cytotoxic": product.is_cytotoxic,
        "indication": form.indication,
        "dose": regimen.dose if regimen else None,
        "frequency": regimen.frequency if regimen else None,
        "expected_start_on": _day(regimen.starts_on) if regimen else None,
        "allergies": ALLERGIES,
        "specialty": form.specialty,
        "clinic": form.clinic,
        "consultant": _professional(form.consultant),
        "prescriber": _professional(form.prescriber),
    }


def _service(form: RegistrationForm) -> dict[str, Any]:
    choice, service = form.choice, form.service
    return {
        "name": service.name,
        "provider": service.provider,
        "tier": service.tier or None,
        "training_needed": service.needs_training,
        "nurse_visits_needed": service.needs_nurse or (choice is not None and choice.administration == "NURSE"),
        "administration": (choice.administration if choice else "") or None,
        "device": (choice.device if choice else "") or None,
        "place": (choice.place if choice else "") or None,
        "slot": (choice.slot if choice else "") or None,
    }


def _delivery(form: RegistrationForm) -> dict[str, Any]:
    wishes = form.wishes
    return {
        "address": _address(form.deliver_to),
        "weekdays": [WEEKDAYS[number - 1] for number in wishes.weekdays] if wishes else [],
        "slot": wishes.slot if wishes else "ANY",
        "place": wishes.place if wishes else "HOME",
        "place_detail": (wishes.place_detail if wishes else "") or None,
        "away_from_on": _day(wishes.away_from_on) if wishes else None,
        "away_to_on": _day(wishes.away_to_on) if wishes else None,
    }


def _consent(form: RegistrationForm) -> dict[str, Any]:
    consent = form.consent
    return {
        "given_on": _day(consent.given_on) if consent else None,
        "given_as": consent.given_as if consent else None,
        "version": consent.version if consent else None,
    }


def _address(address: Address | None) -> dict[str, Any] | None:
    return dataclasses.asdict(address) if address else None


def _professional(who: Professional | None) -> dict[str, Any] | None:
    return {"name": who.name, "register": who.body or None, "number": who.number or None} if who else None


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
