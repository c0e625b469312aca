"""The form on paper: what was sent, in words, on one page, and nothing in it is obeyed."""

import re

import pytest

from patients.models import Registration
from patients.registration_print import as_json, as_pdf
from patients.registration_words import sections
from tests.factories import NOON
from tests.patients.registrations import person, sent

pytestmark = pytest.mark.django_db


def words_of(registration: Registration) -> dict[str, str]:
    return {name: value for section in sections(registration.as_sent) for name, value in section.rows}


def kept(**fields: object) -> Registration:
    return Registration.objects.get(pk=sent(by=person(), **fields).pk)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_form_is_one_page_of_pdf_with_its_title() -> None:
    pdf = as_pdf(kept(), printed_by="Dilys", at=NOON)
    assert pdf.startswith(b"%PDF-")
    assert b"Homecare registration" in pdf
    assert pages(pdf) == 1


def test_the_same_form_printed_again_is_the_same_to_the_byte() -> None:
    registration = kept()
    first, second = (as_pdf(registration, printed_by="Dilys", at=NOON) for _ in range(2))
    assert first == second


def test_it_says_who_what_and_where() -> None:
    registration = kept()
    said = words_of(registration)
    assert said["Name"] == f"{registration.patient.family_name.upper()}, Alex"
    assert said["Date of birth"] == "14 Mar 1961"
    assert said["Deliver to"] == "1 Mill Road, Chatham, ME4 1AA"
    assert said["Telephone"] == "+447700900123"
    assert said["Brand"] == "Imraldi"
    assert said["Prescriber"] == "Dr Example (GMC 1234567)"
    assert said["Given by"] == "The patient"
    assert said["Allergies"] == "Not held by this system: see the prescription."


@pytest.mark.parametrize(
    "name",
    ['#read("/etc/passwd")', "$x^2$ *bold* _it_", "\\", "Zoë 🦄", "</script>", "=cmd|' /C calc'!A0", "\u202eabc"],
)
def test_hostile_names_are_printed_and_not_obeyed(name: str) -> None:
    assert as_pdf(kept(given_name=name), printed_by=name, at=NOON).startswith(b"%PDF-")


def test_the_data_is_given_as_it_was_sent() -> None:
    import hashlib

    registration = kept()
    assert hashlib.sha256(as_json(registration)).hexdigest() == registration.sha256


def test_one_of_another_version_is_said_as_it_is() -> None:
    registration = kept()
    registration.as_sent = {"family_name": "Example", "telephones": ["1", "2"]}
    assert words_of(registration) == {"family_name": "Example", "telephones.1": "1", "telephones.2": "2"}
    assert as_pdf(registration, printed_by="Dilys", at=NOON).startswith(b"%PDF-")
