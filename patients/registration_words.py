"""A registration's data in words, section by section: what stands on the screen before it is sent, and on paper."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homecare.core import words
from patients.models import AccessibleNeed, Choice, Consent, DeliveryPreference, Patient, Representative
from patients.pathway.registration_data import VERSION, flat
from providers import styles

NONE = "not recorded"
ANSWERED = "Your queries, answered"


@dataclass(frozen=True)
class Section:
    """A part of the form: its title, and each fact with its name."""

    title: str
    rows: tuple[tuple[str, str], ...]


def sections(data: Mapping[str, Any]) -> list[Section]:
    """Return the form in words, in the order of the form; one of another version as it is."""
    if data.get("version") != VERSION:
        return [Section("As it was sent", tuple(flat(data)))]
    answers = [
        row
        for number, one in enumerate(data["registration"]["answers"], start=1)
        for row in ((f"You asked ({number})", one["question"]), (f"Our answer ({number})", one["answer"]))
    ]
    found = [
        Section("Patient", tuple(_patient(data["patient"]))),
        Section("How to reach them", tuple(_contact(data["contact"]))),
        Section("Treatment", tuple(_treatment(data["treatment"]))),
        Section("Service", tuple(_service(data["service"]))),
        Section("Delivery", tuple(_delivery(data["delivery"]))),
        Section("Consent", tuple(_consent(data["consent"]))),
    ]
    return [Section(ANSWERED, tuple(answers)), *found] if answers else found


Rows = Iterable[tuple[str, str]]


def _patient(patient: Mapping[str, Any]) -> Rows:
    number = words.nhs_number(patient["nhs_number"])
    if patient["nhs_number"]:
        number += f" ({_label(Patient.NhsNumberStatus, patient['nhs_number_status']).lower()})"
    yield "Name", words.person(patient["family_name"], patient["given_name"])
    yield "NHS number", number
    yield "Hospital number", patient["hospital_number"]
    yield "Date of birth", _born(patient)
    yield "Sex", _label(Patient.Sex, patient["sex"])
    yield "GP practice", patient["gp_practice"] or NONE
    if patient["home_address"]:
        yield "Home address", address(patient["home_address"])
    if "weight_kg" in patient:
        yield "Weight", f"{patient['weight_kg']} kg on {_day(patient['weighed_on'])}"


def _born(patient: Mapping[str, Any]) -> str:
    return _day(patient["date_of_birth"]) + (" (under 16)" if patient["is_under_16"] else "")


def _contact(contact: Mapping[str, Any]) -> Rows:
    if contact["contact_representative_only"]:
        yield "Contact", "Do not contact the patient: speak with the representative"
    yield "Telephone", ", ".join(contact["telephones"]) or "none"
    if contact["email"]:
        yield "Email", contact["email"]
    yield "Prefers", _label(Patient.PreferredContact, contact["preferred"])
    yield "Language", contact["language"] + (", interpreter needed" if contact["interpreter_needed"] else "")
    for who in contact["representatives"]:
        yield _label(Representative.Kind, who["kind"]), _representative(who)
    for need in contact["accessible_needs"]:
        detail = f" ({need['detail']})" if need["detail"] else ""
        yield "Needs", _label(AccessibleNeed.Kind, need["kind"]) + detail


def _representative(who: Mapping[str, Any]) -> str:
    right = "has parental responsibility" if who["has_parental_responsibility"] else ""
    return ", ".join(part for part in (who["name"], who["telephone"], who["email"], right) if part)


def _treatment(treatment: Mapping[str, Any]) -> Rows:
    product = " ".join(part for part in (treatment["strength"], (treatment["form"] or "").lower()) if part)
    yield "Medicine", treatment["medicine"]
    yield "Brand", treatment["brand"] or "none stated"
    yield "Product", product or NONE
    yield "Storage", treatment["storage"] + (", cytotoxic" if treatment["cytotoxic"] else "")
    yield "Indication", treatment["indication"] or NONE
    yield "Dose", " ".join(part for part in (treatment["dose"], treatment["frequency"]) if part) or "as prescribed"
    if treatment["expected_start_on"]:
        yield "Expected to start", _day(treatment["expected_start_on"])
    yield "Allergies", treatment["allergies"]
    yield "Clinic", f"{treatment['clinic']} ({treatment['specialty']})"
    yield "Consultant", _professional(treatment["consultant"])
    yield "Prescriber", _professional(treatment["prescriber"])


def _service(service: Mapping[str, Any]) -> Rows:
    yield "Service", service["name"]
    yield "Provider", service["provider"]
    yield "Tier", service["tier"] or "not set"
    yield "Training visit", "needed" if service["training_needed"] else "not needed"
    yield "Nurse visits", "needed" if service["nurse_visits_needed"] else "not needed"
    if service["administration"]:
        yield "Who gives it", _label(Choice.Administration, service["administration"])
    for kind, name in (("DEVICE", "Device"), ("PLACE", "Place"), ("SLOT", "Time of day")):
        if service[kind.lower()]:
            yield name, styles.words(kind, service[kind.lower()])


def _delivery(delivery: Mapping[str, Any]) -> Rows:
    yield "Deliver to", address(delivery["address"]) if delivery["address"] else NONE
    if delivery["place"] != "HOME" or delivery["place_detail"]:
        place = _label(DeliveryPreference.Place, delivery["place"])
        yield "Leave with", ": ".join(part for part in (place, delivery["place_detail"]) if part)
    yield "Days", ", ".join(delivery["weekdays"]) or "any"
    yield "Time of day", _label(DeliveryPreference.Slot, delivery["slot"])
    if delivery["away_from_on"]:
        until = f" to {_day(delivery['away_to_on'])}" if delivery["away_to_on"] else ""
        yield "Away", f"from {_day(delivery['away_from_on'])}{until}"


def _consent(consent: Mapping[str, Any]) -> Rows:
    given = _day(consent["given_on"]) if consent["given_on"] else NONE
    yield "Consent to share", f"given on {given}" if consent["given_on"] else NONE
    if consent["given_as"]:
        yield "Given by", _label(Consent.GivenAs, consent["given_as"])
    if consent["version"]:
        yield "Text agreed to", f"version {consent['version']}"


def address(parts: Mapping[str, Any]) -> str:
    """Say an address on one line."""
    return ", ".join(parts[name] for name in ("line_1", "line_2", "town", "postcode") if parts[name])


def _professional(who: Mapping[str, Any] | None) -> str:
    if not who:
        return NONE
    number = " ".join(part for part in (who["register"], who["number"]) if part)
    return f"{who['name']} ({number})" if number else str(who["name"])


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def _day(iso: str) -> str:
    return words.birth_day(dt.date.fromisoformat(iso))
