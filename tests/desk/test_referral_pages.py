"""Referring a patient on screen: searched first, judged side by side, asked only what is missing, kept as a draft."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.models import PatientAccess
from patients import actions
from patients.models import Patient
from tests.desk.imports import full, import_rows
from tests.desk.pages import browser, person, text
from tests.desk.referral_pages import NUMBER, find, on_record, register
from tests.factories import NOON
from tests.patients.referrals import BORN, mary, registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def by() -> User:
    return person("TECHNICIAN")


@pytest.fixture
def client(by: User) -> Client:
    opened = Client()
    opened.force_login(by)
    return opened


# -- who is it? -------------------------------------------------------------------------------------------------------


def test_the_menu_leads_to_it(client: Client) -> None:
    assert 'href="/refer/"' in client.get("/account/roles/").content.decode()


@pytest.mark.parametrize("asked", [{"family_name": "Evans"}, {"given_name": "Mary"}, {"date_of_birth": "4 3 1961"}])
def test_too_little_to_find_somebody_by_is_said(client: Client, asked: dict[str, str]) -> None:
    assert "or the family name with the date of birth" in text(find(client, **asked))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"nhs_number": "999 281 440"}, "This has 9."),
        ({"family_name": "Evans", "date_of_birth": "31 2 1961"}, "Enter a date of birth, day first"),
        ({"family_name": "Evans", "date_of_birth": "3 3 2026"}, "cannot be in the future"),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, asked: dict[str, str], words: str) -> None:
    assert words in text(find(client, **asked))


@pytest.mark.parametrize("typed", ["999 281 4403", "9992814403", "999-281-4403"])
def test_an_nhs_number_finds_its_patient_and_never_opens_it_unasked(client: Client, typed: str) -> None:
    patient = on_record(nhs_number=NUMBER)
    answer = find(client, nhs_number=typed)
    assert answer.status_code == 200
    assert "Same NHS number" in text(answer)
    assert f'href="/refer/{patient.pk}/"' in answer.content.decode()


def test_what_agrees_and_what_differs_is_marked(client: Client) -> None:
    on_record(given_name="Martha", nhs_number=NUMBER)
    page = text(find(client, nhs_number="9992814430", family_name="Evans", given_name="Mary", date_of_birth="3/4/1961"))
    assert "NHS number 999 281 4430 999 281 4403 Nearly two characters change places" in page
    assert "Family name Evans Evans Same" in page
    assert "Given name Mary Martha Differs" in page
    assert "Date of birth 3 Apr 1961 4 Mar 1961 Nearly day and month change places" in page


def test_a_number_that_cannot_be_one_is_said_and_looked_for(client: Client) -> None:
    on_record(nhs_number=NUMBER)
    page = text(find(client, nhs_number="9992814430"))
    assert "999 281 4430 is no NHS number" in page
    assert "EVANS, Mary" in page


def test_nobody_like_that_goes_straight_to_the_form(client: Client) -> None:
    answer = find(client, nhs_number=NUMBER, family_name="Evans", given_name="Mary", date_of_birth="4/3/1961")
    assert answer["Location"].startswith("/refer/new/?")
    page = client.get(answer["Location"]).content.decode()
    assert re.search(r'name="nhs_number"[^>]*value="9992814403"', page)
    assert re.search(r'name="date_of_birth"[^>]*value="4/3/1961"', page)


def test_nobody_with_that_number_alone_says_so(client: Client) -> None:
    assert "Nobody on record matches" in text(find(client, nhs_number=NUMBER))


def test_a_look_alike_never_goes_straight_anywhere(client: Client) -> None:
    twin = on_record(given_name="Martha")
    answer = find(client, nhs_number=NUMBER, family_name="Evans", given_name="Mary", date_of_birth="4/3/1961")
    assert answer.status_code == 200
    assert "A different person: register a new patient" in text(answer)
    assert f"different_from={twin.pk}" in answer.content.decode()


def test_where_the_number_is_the_same_nobody_new_is_offered(client: Client) -> None:
    on_record(nhs_number=NUMBER)
    page = text(find(client, nhs_number=NUMBER, family_name="Patel", given_name="Anil", date_of_birth="1/1/1980"))
    assert "but the family name, the given name and the date of birth differ" in page
    assert "register a new patient" not in page


def test_deceased_and_restricted_patients_are_flagged(client: Client) -> None:
    gone = on_record(deceased=True, died_on=dt.date(2026, 1, 9))
    on_record(restricted=True)
    answer = find(client, family_name="Evans", date_of_birth="4/3/1961")
    assert "Deceased on 9 Jan 2026: cannot be referred" in text(answer)
    assert "Restricted record" in text(answer)
    assert f"/refer/{gone.pk}/" not in answer.content.decode()


@pytest.mark.parametrize("number", ["²", "9" * 30])
@pytest.mark.parametrize("name", ["draft", "different_from"])
def test_a_number_that_names_no_record_is_passed_over(client: Client, name: str, number: str) -> None:
    assert client.get("/refer/new/", {name: number}).status_code == 200


def test_those_shown_are_on_record_as_shown_and_nobody_else(client: Client, by: User) -> None:
    shown, _ = on_record(nhs_number=NUMBER), on_record(family_name="Jones", given_name="Peter")
    find(client, nhs_number=NUMBER, family_name="Evans", given_name="Mary", date_of_birth="4/3/1961")
    assert PatientAccess.objects.by_user(by.pk).latest("id").patient_ids == [shown.pk]


def test_looking_takes_as_many_queries_for_one_as_for_ten(client: Client) -> None:
    find(client)  # the first page of a session writes when it was
    counts = []
    for more in (1, 9):
        for _ in range(more):
            on_record()
        with CaptureQueriesContext(connection) as queries:
            find(client, family_name="Evans", given_name="Mary", date_of_birth="4/3/1961")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- somebody new -----------------------------------------------------------------------------------------------------


def test_a_new_patient_is_registered_as_typed_and_tidied(client: Client) -> None:
    answer = register(client)
    patient = Patient.objects.get()
    assert answer["Location"] == f"/refer/{patient.pk}/"
    assert str(patient) == "EVANS, Mary"
    assert (patient.hospital_number, patient.date_of_birth, str(patient.addresses.get())) == (
        "T004417", BORN, "1 High Street, ME4 4AA",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind"), [("07700 900123", "MOBILE"), ("01632 960 001", "LANDLINE"), ("+441632960001", "LANDLINE")]
)
def test_a_telephone_is_told_apart(client: Client, number: str, kind: str) -> None:
    register(client, telephone=number)
    assert Patient.objects.get().contact_points.get().kind == kind


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"telephone": ""}, "the provider rings before each delivery"),
        ({"telephone": "ring her sister"}, "with its area code"),
        ({"postcode": ""}, "Enter the postcode."),
        ({"postcode": "ME4"}, "Enter a full UK postcode"),
        ({"nhs_number": "9992814404"}, "its check digit does not fit"),
        ({"hospital_number": ""}, "Enter the hospital number."),
        ({"gp_practice": ""}, "or write that the patient has none"),
        ({"sex": ""}, "Say which sex"),
        ({"other_telephone": "07700 900124"}, "Both are of one kind"),
        ({"interpreter_needed": "on"}, "the language that the interpreter speaks"),
        ({"speaker_name": "Jo Evans"}, "what authority the representative has"),
        ({"speaker_telephone": "01632960001"}, "the representative's name"),
        ({"preferred_contact": "EMAIL"}, "the email address by which"),
    ],
)
def test_a_form_that_lacks_something_says_what(client: Client, changes: dict[str, str], words: str) -> None:
    answer = register(client, **changes)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Patient.objects.exists()


def test_further_needs_are_kept(client: Client) -> None:
    register(
        client, language="Polish", interpreter_needed="on", needs=["LARGE_PRINT", "BSL"], needs_detail="18 point",
        speaker_name="Jo Evans", speaker_kind="DESIGNATED", speaker_telephone="01632 960 001", speaker_may_consent="on",
    )  # fmt: skip
    patient = Patient.objects.get()
    assert sorted(patient.accessible_needs.values_list("kind", flat=True)) == ["BSL", "LARGE_PRINT"]
    assert patient.representatives.get().telephone == "+441632960001"


def test_a_look_alike_is_judged_before_anybody_new_is_on_record(client: Client) -> None:
    twin = on_record(given_name="Martha")
    first = register(client)
    assert (first.status_code, Patient.objects.count()) == (422, 1)
    assert "A different person from EVANS, Martha" in text(first)
    register(client, different_from=[twin.pk])
    assert Patient.objects.count() == 2
    newest = Patient.objects.latest("pk")
    reason = Patient.history.filter(id=newest.pk).latest("history_id").history_change_reason
    assert reason == f"Judged a different person from the records {twin.pk}."


def test_somebody_who_was_first_is_named_with_a_way_to_the_record(client: Client, by: User) -> None:
    first = registered(by, nhs_number=NUMBER)
    answer = register(client, family_name="Patel", given_name="Anil", date_of_birth="1/1/1980")
    assert f"{by} registered it" in text(answer)
    assert f'href="/refer/{first.pk}/"' in answer.content.decode()


def written(hospital_number: str) -> list[dict[str, Any]]:
    """Return all that is written of a person, without keys and days of writing."""
    patient = Patient.objects.select_related("recipient").get(hospital_number=hospital_number)
    without = {"id", "patient_id", "recipient_id", "starts_on", "version"}
    rows = [patient, patient.recipient, *patient.contact_points.order_by("kind"), *patient.addresses.all()]
    return [
        {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in without}
        for row in rows
    ]


@pytest.mark.usefixtures("reference")
def test_what_a_register_brings_and_what_a_referral_writes_is_the_same_person(by: User) -> None:
    with transaction.atomic():
        import_rows(full())
        imported = written("M1")
        transaction.set_rollback(True)
    person_ = mary(
        nhs_number="9990000018", hospital_number="M1", family_name="Evans", given_name="Yusuf",
        date_of_birth=dt.date(1940, 8, 29), gp_practice="", preferred_contact="SMS",
        contacts=(("MOBILE", "+447700900272"), ("EMAIL", "yusuf@example.com")),
    )  # fmt: skip
    actions.register_patient(person=person_, by=by, at=NOON)
    assert written("M1") == imported


# -- what is missing --------------------------------------------------------------------------------------------------


def test_a_known_patient_is_asked_only_what_is_missing(client: Client, by: User) -> None:
    patient = registered(by, gp_practice="")
    answer = client.get(f"/refer/{patient.pk}/", follow=True)
    assert "The provider needs the GP practice." in text(answer)
    names = re.findall(r'name="(\w+)"', answer.content.decode().partition("<main")[2])
    assert set(names) == {"csrfmiddlewaretoken", "gp_practice"}
    client.post(f"/refer/{patient.pk}/details/", {"gp_practice": "The Surgery"})
    assert Patient.objects.get().gp_practice == "The Surgery"


def test_a_patient_of_whom_nothing_is_missing_is_asked_nothing(client: Client, by: User) -> None:
    assert client.get(f"/refer/{registered(by).pk}/details/")["Location"] == f"/refer/{registered_one().pk}/"


def registered_one() -> Patient:
    return Patient.objects.get()


def test_an_address_that_is_missing_needs_its_postcode(client: Client, by: User) -> None:
    patient = registered(by, address=None)
    answer = client.post(f"/refer/{patient.pk}/details/", {"line_1": "1 High Street"})
    assert (answer.status_code, "Enter the postcode." in text(answer)) == (422, True)


def test_somebody_who_may_not_change_patients_is_told_who_can(by: User) -> None:
    patient = registered(by, gp_practice="")
    answer = browser("CLINICAL_PHARMACIST").get(f"/refer/{patient.pk}/details/")
    assert answer.status_code == 403
    assert "Before the referral somebody must record the GP practice." in text(answer)
    assert "technician" in text(answer)
