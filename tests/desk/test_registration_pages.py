"""A registration on screen: what is missing first, then sent, asked about, answered, acknowledged, and its files."""

import hashlib
from collections.abc import Iterator

import pytest
import time_machine

from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from patients.actions.registration import query_registration, reject_registration
from patients.models import Enrolment, Patient, Registration
from tests.desk.pages import browser, text
from tests.factories import NOON
from tests.patients.registrations import person, ready, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def status_of(registration: Registration) -> str:
    return Enrolment.objects.get(pk=registration.enrolment_id).status


def page_of(enrolment: Enrolment, role: str = "TECHNICIAN") -> str:
    return text(browser(role).get(f"/enrolments/{enrolment.pk}/registration/"))


def test_what_is_missing_stands_first_each_with_a_link_to_mend_it() -> None:
    enrolment = ready(by=person(), gp_practice="", sex="UNKNOWN")
    page = browser().get(f"/enrolments/{enrolment.pk}/registration/")
    words = text(page)
    assert "1 thing is missing before it can be sent" in words
    assert "Enter the GP practice" in words
    assert "It can go without, but the provider may ask Sex is not recorded." in words
    assert "Send it to" not in words
    assert "Mend it" in words


def test_a_full_form_shows_exactly_what_is_sent_and_offers_to_send_it() -> None:
    enrolment = ready(by=person())
    words = page_of(enrolment)
    assert f"Send it to {enrolment.service.provider}" in words
    for said in ("What is sent", "1 Mill Road, Chatham, ME4 1AA", "Imraldi", "Rheumatoid arthritis"):
        assert said in words


def test_the_preview_is_what_then_goes() -> None:
    from patients.registration_words import sections

    enrolment, client = ready(by=person()), browser()
    before = text(client.get(f"/enrolments/{enrolment.pk}/registration/"))
    client.post(f"/enrolments/{enrolment.pk}/registration/send/", {"channel": "PORTAL"})
    for section in sections(Registration.objects.get().as_sent):
        for name, value in section.rows:
            assert f"{name} {value}" in before


def test_it_is_sent_then_acknowledged() -> None:
    enrolment, client = ready(by=person()), browser()
    answer = client.post(f"/enrolments/{enrolment.pk}/registration/send/", {"channel": "EMAIL"}, follow=True)
    registration = Registration.objects.get()
    assert f"Registration sent to {enrolment.service.provider}." in text(answer)
    assert "Next: Provider, acknowledge, query or reject" in text(answer)
    client.post(f"/registrations/{registration.pk}/acknowledge/", {"provider_reference": "HN-77"})
    assert status_of(registration) == "REGISTERED"
    assert "Their reference HN-77" in page_of(enrolment)


def test_sending_an_incomplete_one_says_everything_that_is_missing() -> None:
    enrolment = ready(by=person(), gp_practice="")
    answer = browser().post(f"/enrolments/{enrolment.pk}/registration/send/", {"channel": "EMAIL"})
    assert answer.status_code == 422
    assert "so it was not sent. Enter the GP practice" in text(answer)


def test_a_query_is_answered_and_sent_again() -> None:
    registration, client = sent(by=person()), browser()
    client.post(f"/registrations/{registration.pk}/query/", {"question": "Which pen?"})
    query = registration.queries.get()
    assert "Which pen?" in page_of(registration.enrolment)
    client.post(f"/registration-queries/{query.pk}/answer/", {"answer": "The 40 mg one"})
    client.post(f"/enrolments/{registration.enrolment_id}/registration/send/", {"channel": "EMAIL"})
    words = page_of(registration.enrolment)
    assert "You asked (1) Which pen? Our answer (1) The 40 mg one" in words
    assert "Attempt 2: waiting" in words


def test_a_rejected_one_is_closed() -> None:
    registration, client = sent(by=person()), browser()
    client.post(f"/registrations/{registration.pk}/reject/", {"reason": "No such service"})
    assert "Why: No such service" in page_of(registration.enrolment)
    client.post(f"/enrolments/{registration.enrolment_id}/registration/close/", {"reason": "Stays with us"})
    assert status_of(registration) == "CLOSED"


def test_pressed_twice_it_is_sent_once() -> None:
    enrolment, client = ready(by=person()), browser()
    answers = [client.post(f"/enrolments/{enrolment.pk}/registration/send/", {"channel": "EMAIL"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "recorded this as registration sent at 12:00" in text(answers[1])
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("pdf", "application/pdf"), ("json", "application/json"), ("csv", "text/csv; charset=utf-8")],
)
def test_a_file_is_given_and_who_took_it_is_on_record(kind: str, content_type: str) -> None:
    registration = sent(by=person())
    answer = browser().get(f"/registrations/{registration.pk}/form.{kind}")
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert registration.patient.family_name not in answer["Content-Disposition"]
    look = PatientAccess.objects.latest("pk")
    assert look.patient_ids == [registration.patient_id]
    assert look.file_sha256 == hashlib.sha256(answer.content).hexdigest()


def test_the_json_has_the_fingerprint_on_record() -> None:
    registration = sent(by=person())
    content = browser().get(f"/registrations/{registration.pk}/form.json").content
    assert hashlib.sha256(content).hexdigest() == registration.sha256


def test_no_cell_of_the_csv_is_a_formula() -> None:
    registration = sent(by=person(), given_name="=cmd|' /C calc'!A0")
    content = browser().get(f"/registrations/{registration.pk}/form.csv").content.decode("utf-8-sig")
    assert "patient.given_name,'=cmd|" in content
    assert "contact.telephones.1,'+447700900123" in content


@pytest.mark.parametrize("kind", ["exe", "html", "PDF"])
def test_there_is_no_other_file(kind: str) -> None:
    assert browser().get(f"/registrations/{sent(by=person()).pk}/form.{kind}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("AUDITOR", 200), ("PRESCRIBER", 200), ("FINANCE", 403), ("ADMINISTRATIVE_SUPPORT", 403),
     ("SYSTEM_ADMINISTRATOR", 403)],
)  # fmt: skip
def test_a_file_names_the_indication_so_it_is_for_those_who_may_read_it(role: str, status: int) -> None:
    assert browser(role).get(f"/registrations/{sent(by=person()).pk}/form.pdf").status_code == status


@pytest.mark.parametrize(
    ("role", "is_shown"), [("FINANCE", False), ("ADMINISTRATIVE_SUPPORT", False), ("AUDITOR", True)]
)
def test_what_is_clinical_is_for_those_who_may_read_it(role: str, is_shown: bool) -> None:
    by = person()
    asked = sent(by=by)
    query_registration(registration=asked, question="Is it for arthritis?", by=by, at=NOON)
    rejected = reject_registration(registration=sent(by=by), reason="Weight too low", by=by, at=NOON)
    assert ("Is it for arthritis?" in page_of(asked.enrolment, role)) is is_shown
    assert ("Rheumatoid" in page_of(asked.enrolment, role)) is is_shown
    assert ("Weight too low" in page_of(rejected.enrolment, role)) is is_shown


@pytest.mark.parametrize("role", ["FINANCE", "AUDITOR", "ADMINISTRATIVE_SUPPORT", "PRESCRIBER", "CHIEF_PHARMACIST"])
def test_who_may_not_send_is_not_offered_it(role: str) -> None:
    enrolment = ready(by=person())
    assert "Send it to" not in page_of(enrolment, role)
    assert browser(role).get(f"/enrolments/{enrolment.pk}/registration/send/").status_code == 403


def test_hostile_values_are_shown_as_they_are() -> None:
    page = browser().get(f"/enrolments/{ready(by=person(), given_name='<script>alert(1)</script>').pk}/registration/")
    assert b"<script>alert(1)" not in page.content


def test_one_who_is_not_there_is_not_found() -> None:
    client = browser()
    for path in ("/enrolments/1/registration/", "/registrations/1/query/", "/registration-queries/1/answer/"):
        assert client.get(path).status_code == 404


def test_an_enrolment_registered_before_says_so() -> None:
    with acting(by=person()):
        enrolment = ready(by=person())
        Enrolment.objects.filter(pk=enrolment.pk).update(status="ACTIVE")
        Patient.objects.filter(pk=enrolment.patient_id).update(gp_practice="")
    assert "No registration was sent from here." in page_of(enrolment)


def test_what_is_missing_is_mended_on_its_page_and_one_comes_back() -> None:
    enrolment, client = ready(by=person(), gp_practice=""), browser()
    page = client.get(f"/enrolments/{enrolment.pk}/registration/").content.decode()
    address = f"/enrolments/{enrolment.pk}/registration/patient/"
    assert f'href="{address}"' in page
    given = {"gp_practice": "Mill Road Surgery", "sex": "FEMALE", "preferred_contact": "SMS"}
    answer = client.post(address, given, follow=True)
    assert "Nothing that must be there is missing." in text(answer)


def test_a_treatment_is_mended_on_its_page() -> None:
    enrolment, client = ready(by=person()), browser()
    address = f"/enrolments/{enrolment.pk}/registration/treatment/"
    assert "Rheumatoid arthritis" in client.get(address).content.decode()
    treatment = enrolment.treatment
    given = {"product": treatment.product_id, "indication": "Psoriasis", "prescriber": treatment.consultant_id}
    assert "Psoriasis" in text(client.post(address, given, follow=True))


def test_an_open_query_is_answered_before_sending_is_offered() -> None:
    by = person()
    registration = sent(by=by)
    query_registration(registration=registration, question="Which pen?", by=by, at=NOON)
    words = page_of(registration.enrolment)
    assert "Answer the query" in words
    assert "Send it again" not in words
    assert "Our answer (1) not answered yet" in words
