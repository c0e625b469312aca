"""The pages of changes: each done on screen, refused in words, shown where it matters, kept from who may not."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk import deeds
from patients import actions as patients
from patients.models import (
    Collection,
    ContactPoint,
    DeliveryPreference,
    Enrolment,
    Patient,
    PatientAddress,
    ProviderNotice,
    Representative,
    Suspension,
    Treatment,
)
from tests.desk.changing.ends import DAY, everything
from tests.desk.pages import TODAY, browser, enrolled, person, text, treated
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def paused(name: str = "Paused", *, starts_on: dt.date = TODAY, restarts_on: dt.date | None = None) -> Enrolment:
    enrolment = treated(name)
    patients.suspend(
        enrolment=enrolment, starts_on=starts_on, suspension_reason="INFECTION", expected_restart_on=restarts_on,
        by=person("SPECIALIST_NURSE"), at=NOON,
    )  # fmt: skip
    return enrolment


# -- pauses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "restarts", "is_listed", "is_late"),
    [
        (0, 7, True, False),
        (0, 8, False, False),
        (-30, -1, True, True),
        (-30, 0, True, False),
        (-21, None, True, False),
        (-20, None, False, False),
        (-90, None, True, False),
    ],
)
def test_who_is_asked_about_before_a_restart(starts: int, restarts: int | None, is_listed: bool, is_late: bool) -> None:
    paused(starts_on=TODAY + starts * DAY, restarts_on=None if restarts is None else TODAY + restarts * DAY)
    page = browser().get("/today/restarts_expected/?all=1")
    assert ("PAUSED, Siobhan" in text(page)) is is_listed
    assert ("app-late" in page.content.decode()) is is_late


def test_nobody_who_is_back_is_asked_about() -> None:
    enrolment = paused(restarts_on=TODAY + 3 * DAY)
    browser().post(f"/enrolments/{enrolment.pk}/resume/", {"restarts_on": str(TODAY + DAY)})
    assert "PAUSED" not in text(browser().get("/today/restarts_expected/?all=1"))


def test_another_day_for_the_restart_takes_it_off_the_list() -> None:
    enrolment, client = paused(restarts_on=TODAY + 3 * DAY), browser("SPECIALIST_NURSE")
    client.post(f"/enrolments/{enrolment.pk}/restart/", {"expected_restart_on": str(TODAY + 60 * DAY)})
    assert Suspension.objects.get().expected_restart_on == TODAY + 60 * DAY
    assert "PAUSED" not in text(client.get("/today/restarts_expected/?all=1"))
    assert ProviderNotice.objects.filter(kind="SUSPENSION").count() == 2


@pytest.mark.parametrize("days", [-1, 0])
def test_a_restart_is_not_put_off_to_a_day_that_is_past(days: int) -> None:
    enrolment = paused(starts_on=TODAY - 9 * DAY)
    answer = browser().post(f"/enrolments/{enrolment.pk}/restart/", {"expected_restart_on": str(TODAY + days * DAY)})
    assert "Enter a day to come." in text(answer)


@pytest.mark.parametrize(
    ("page", "field"), [("restart", "expected_restart_on"), ("resume", "restarts_on"), ("suspend", "starts_on")]
)
def test_a_mistyped_year_is_refused_since_nobody_would_be_reminded(page: str, field: str) -> None:
    enrolment = treated("Mary") if page == "suspend" else paused(starts_on=TODAY - 9 * DAY)
    sent = {field: str(TODAY.replace(year=TODAY.year + 36)), "suspension_reason": "INFECTION"}
    assert "Check the year." in text(browser().post(f"/enrolments/{enrolment.pk}/{page}/", sent))


def test_a_restart_that_is_past_is_red_on_the_patient_page() -> None:
    enrolment = paused(starts_on=TODAY - 9 * DAY, restarts_on=TODAY - DAY)
    assert "Resume it, or give another day." in text(browser().get(f"/patients/{enrolment.patient_id}/"))


def test_the_queue_takes_as_many_queries_however_long_it_is() -> None:
    client = browser()
    address = "/today/restarts_expected/?all=1"
    paused(restarts_on=TODAY + DAY)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(5):
        paused(restarts_on=TODAY + DAY)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


# -- ends -------------------------------------------------------------------------------------------------------------


def test_a_page_that_ends_says_what_is_on_the_road() -> None:
    one = everything(status="DISPATCHED")
    for address in (
        f"/enrolments/{one.enrolment.pk}/stop/",
        f"/enrolments/{one.enrolment.pk}/leave-homecare/",
        f"/patients/{one.enrolment.patient_id}/death/",
    ):
        page = text(browser().get(address))
        assert f"Telephone {one.delivery.provider} now: only they can stop it." in page
        assert "Fridge F1" in page


def test_homecare_is_left_on_screen() -> None:
    one = everything()
    client = browser("CLINICAL_PHARMACIST")
    client.post(
        f"/enrolments/{one.enrolment.pk}/leave-homecare/", {"ended_on": str(TODAY), "reason": "Moves to clinic"}
    )
    assert Treatment.objects.get(pk=one.enrolment.treatment_id).supply_route == "HOSPITAL"
    assert "the hospital supplies this treatment" in text(client.get(f"/patients/{one.enrolment.patient_id}/"))


def test_a_stop_for_another_reason_says_which() -> None:
    answer = browser().post(f"/enrolments/{treated().pk}/stop/", {"ended_on": str(TODAY), "stop_reason": "OTHER"})
    assert "Say why the treatment stopped." in text(answer)


def test_a_reason_to_stop_is_shown_in_words() -> None:
    enrolment, client = treated(), browser()
    client.post(f"/enrolments/{enrolment.pk}/stop/", {"ended_on": str(TODAY), "stop_reason": "SECONDARY_FAILURE"})
    assert "it stopped working" in text(client.get(f"/patients/{enrolment.patient_id}/"))


def test_after_a_death_the_page_is_gentle() -> None:
    one = everything(status="DISPATCHED")
    client = browser()
    address = f"/patients/{one.enrolment.patient_id}/"
    client.post(f"{address}death/", {"died_on": str(TODAY), "reason": "The GP rang"})
    page = text(client.get(address))
    assert "This patient has died on 2 Mar 2026. Nothing is sent to them, and nobody rings them." in page
    for words in ("What happens next", "Record consent", "Change an address", "Record a death", "Leave homecare"):
        assert words not in page
    assert "Stop it now and ring us." in page


def test_a_mistaken_death_is_taken_back_on_screen() -> None:
    one = everything()
    deeds.record_death(patient=one.enrolment.patient, died_on=TODAY, by=person("TECHNICIAN"), at=NOON)
    client, address = browser("HOMECARE_LEAD"), f"/patients/{one.enrolment.patient_id}/"
    assert "Recorded by mistake" in text(client.get(address))
    client.post(f"{address}death/mistaken/", {"reason": "The son rang"})
    assert not Patient.objects.get(pk=one.enrolment.patient_id).deceased


# -- the patient ------------------------------------------------------------------------------------------------------


def test_an_address_is_changed_and_what_is_booked_is_named() -> None:
    one, client = everything(), browser("ADMINISTRATIVE_SUPPORT")
    address = f"/patients/{one.enrolment.patient_id}/address/"
    assert "It keeps that address: telephone" in text(client.get(address))
    client.post(
        address, {"use": "HOME", "line_1": "2 New Row", "postcode": "SA1 1AA", "starts_on": str(TODAY + 9 * DAY)}
    )
    assert PatientAddress.objects.get().starts_on == TODAY + 9 * DAY
    page = text(client.get(f"/patients/{one.enrolment.patient_id}/"))
    assert "2 New Row, SA1 1AA from Wed 11 Mar" in page


def test_the_delivery_address_is_given_up() -> None:
    patient = treated().patient
    for use in ("HOME", "DELIVERY"):
        PatientAddress.objects.create(patient=patient, use=use, line_1=f"{use} Row")
    client = browser()
    assert "Stop using the delivery address" in text(client.get(f"/patients/{patient.pk}/address/"))
    client.post(f"/patients/{patient.pk}/address/end/", {"ends_on": str(TODAY)})
    assert PatientAddress.objects.get(use="DELIVERY").ends_on == TODAY


def test_a_number_is_changed_and_messages_go_to_it() -> None:
    patient = treated().patient
    given = {"kind": "MOBILE", "value": "+447700900999", "is_usable": "on", "safe_to_message": "on"}
    browser("ADMINISTRATIVE_SUPPORT").post(f"/patients/{patient.pk}/contact/", given)
    patient.refresh_from_db()
    assert patient.recipient.mobile == "+447700900999"
    assert ContactPoint.objects.get(patient=patient, ended_on=None).value == "+447700900999"


def test_a_representative_is_added_and_changed() -> None:
    patient, client = treated().patient, browser()
    given = {"kind": "CARER", "name": "Jo", "telephone": "01632 960111", "may_be_contacted": "on"}
    client.post(f"/patients/{patient.pk}/representative/", given)
    who = Representative.objects.get(patient=patient)
    assert "Change Jo" in text(client.get(f"/patients/{patient.pk}/representative/"))
    client.post(f"/representatives/{who.pk}/", given | {"may_consent": "on"})
    who.refresh_from_db()
    assert who.may_consent


# -- wishes and collections -------------------------------------------------------------------------------------------


def test_wishes_are_recorded_and_answered() -> None:
    enrolment, client = treated(), browser()
    address = f"/enrolments/{enrolment.pk}/preferences/"
    client.post(address, {"weekdays": ["1", "3"], "slot": "EVENING", "place": "HOME"})
    client.post(f"{address}answer/", {"answer": "CANNOT", "answered_on": str(TODAY), "reason": "No evenings"})
    assert DeliveryPreference.objects.get().weekdays == [1, 3]
    page = text(client.get(f"/patients/{enrolment.patient_id}/"))
    assert "Monday, Wednesday; evening" in page
    assert "cannot, 2 March 2026: No evenings" in page


def test_there_is_no_answer_where_there_are_no_wishes() -> None:
    assert browser().get(f"/enrolments/{treated().pk}/preferences/answer/").status_code == 404


def test_a_collection_is_asked_for_arranged_and_done() -> None:
    one, client = everything(name="Home"), browser()
    address = f"/enrolments/{one.enrolment.pk}/collections/"
    assert "Nothing waits to be collected from this home." in text(client.get(address))
    client.post(f"{address}ask/", {"what": f"EQUIPMENT-{one.fridge.pk}", "reason": "Ring first"})
    collection = Collection.objects.get()
    client.post(f"/collections/{collection.pk}/arrange/", {"arranged_for_on": str(TODAY + DAY)})
    page = text(client.get("/collections/"))
    for words in ("HOME, Siobhan", "Fridge F1 (provider)", "Ring first", "Tue 3 Mar"):
        assert words in page
    client.post(f"/collections/{collection.pk}/done/", {"done_on": str(TODAY)})
    assert "Nothing waits to be collected." in text(client.get("/collections/"))


def test_after_a_death_collections_ask_for_care() -> None:
    one, client = everything(), browser()
    deeds.record_death(patient=one.enrolment.patient, died_on=TODAY, by=person("TECHNICIAN"), at=NOON)
    assert "Ring the family with care" in text(client.get(f"/enrolments/{one.enrolment.pk}/collections/"))
    assert "has died: ring the family with care" in text(client.get("/collections/"))


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("TECHNICIAN", "enrolments/{e}/dose-change", 403),
        ("PRESCRIBER", "enrolments/{e}/dose-change", 200),
        ("PRESCRIBER", "patients/{p}/death", 200),
        ("ADMINISTRATIVE_SUPPORT", "patients/{p}/death", 403),
        ("TECHNICIAN", "patients/{p}/death/mistaken", 403),
        ("CHIEF_PHARMACIST", "patients/{p}/death/mistaken", 200),
        ("ADMINISTRATIVE_SUPPORT", "patients/{p}/address", 200),
        ("AUDITOR", "patients/{p}/address", 403),
        ("AUDITOR", "enrolments/{e}/collections", 200),
        ("AUDITOR", "enrolments/{e}/collections/ask", 403),
        ("SYSTEM_ADMINISTRATOR", "collections", 403),
    ],
)
def test_who_may_come(role: str, page: str, status: int) -> None:
    enrolment = enrolled()
    address = page.format(e=enrolment.pk, p=enrolment.patient_id)
    assert browser(role).get(f"/{address}/").status_code == status


def test_collections_take_as_many_queries_however_many_wait() -> None:
    client = browser()
    with acting(by=User.objects.system("command")):
        Collection.objects.create(enrolment=enrolled(), kind="SHARPS", asked_on=TODAY)
    client.get("/collections/")
    with CaptureQueriesContext(connection) as few:
        client.get("/collections/")
    for _ in range(5):
        Collection.objects.create(enrolment=enrolled(), kind="SHARPS", asked_on=TODAY)
    with CaptureQueriesContext(connection) as many:
        client.get("/collections/")
    assert len(many) == len(few)
