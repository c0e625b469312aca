"""The patient page: who, how long the medicine lasts and why, and all that was done."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from patients.models import AccessibleNeed, PathwayClock, Representative
from tests.desk.pages import browser, text, treated
from tests.desk.pathway.journeys import moved, referred
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def page_of(enrolment, role: str = "TECHNICIAN") -> str:
    return text(browser(role).get(f"/patients/{enrolment.patient_id}/"))


def test_the_banner_names_the_patient_the_nhs_way() -> None:
    enrolment = treated(nhs_number="9990000026", nhs_number_status="VERIFIED")
    page = page_of(enrolment)
    for words in ("O'BRIEN, Siobhan", "14 Mar 1961 (64 years)", "999 000 0026", enrolment.patient.hospital_number):
        assert words in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"deceased": True}, "Deceased"),
        ({"restricted": True}, "Restricted record"),
        ({"do_not_contact": True}, "Do not contact this patient"),
        ({"interpreter_needed": True, "language": "Polish"}, "interpreter, Polish"),
    ],
)
def test_a_notice_cannot_be_overlooked(fields: dict[str, object], words: str) -> None:
    assert words in page_of(treated(**fields))


def test_needs_and_representatives_stand_in_the_banner() -> None:
    enrolment = treated()
    with acting(by=User.objects.system("command")):
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="BSL")
        Representative.objects.create(patient=enrolment.patient, kind="CARER", name="Pat Example", may_consent=False)
    page = page_of(enrolment)
    assert "British Sign Language" in page
    assert "Carer: Pat Example (may not consent)" in page


def test_the_page_says_why_the_dates() -> None:
    page = page_of(treated(units=2))
    assert "2 units counted on 2 March; doses on 3 and 17 March; the first dose without a unit is 31 March" in page


def test_unknown_stock_asks_for_a_count() -> None:
    from tests.desk.pages import enrolled

    assert "Nobody knows what is at home. Ask for a count." in page_of(enrolled())


def test_somebody_out_of_medicine_stands_out() -> None:
    enrolment = treated(units=0)
    with time_machine.travel(NOON.replace(day=4), tick=False):
        assert "Out of medicine since Tue 3 Mar" in page_of(enrolment)


@pytest.mark.parametrize(
    ("role", "words", "shown"),
    [
        ("TECHNICIAN", "Record a stock count", True),
        ("ADMINISTRATIVE_SUPPORT", "Record a stock count", False),
        ("AUDITOR", "Record a stock count", False),
        ("AUDITOR", "Who looked", True),
        ("TECHNICIAN", "Who looked", False),
        ("FINANCE", "Rheumatoid arthritis", False),
        ("SPECIALIST_NURSE", "Rheumatoid arthritis", True),
    ],
)
def test_the_page_shows_what_the_role_may(role: str, words: str, shown: bool) -> None:
    enrolment = treated()
    with acting(by=User.objects.system("command")):
        enrolment.treatment.indication = "Rheumatoid arthritis"
        enrolment.treatment.save()
    assert (words in page_of(enrolment, role)) is shown


def test_a_system_administrator_sees_no_patient() -> None:
    answer = browser("SYSTEM_ADMINISTRATOR").get(f"/patients/{treated().patient_id}/")
    assert answer.status_code == 403
    assert b"BRIEN" not in answer.content


def test_nobody_is_found_where_nobody_is() -> None:
    assert browser().get("/patients/999999/").status_code == 404


def test_looking_is_on_record() -> None:
    enrolment = treated()
    page_of(enrolment)
    entry = PatientAccess.objects.get()
    assert (entry.patient_ids, entry.view) == ([enrolment.patient_id], "patient")


def test_history_says_who_did_what() -> None:
    assert "Patient created by System (command)" in page_of(treated())


def test_a_script_in_a_name_stays_text() -> None:
    answer = browser().get(f"/patients/{treated('<script>alert(1)</script>').patient_id}/")
    assert "<SCRIPT>ALERT" not in answer.content.decode().upper()


def test_more_records_cost_no_more_queries() -> None:
    from deliveries import actions as deliveries
    from prescriptions import actions as prescriptions
    from tests.desk.pages import person
    from tests.prescriptions.test_actions import approved

    enrolment, technician = treated(units=1), person("TECHNICIAN")
    sent = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    client = browser()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/patients/{enrolment.patient_id}/")
        return len(captured)

    def deliver(at: dt.datetime) -> None:
        delivery = deliveries.plan_next(prescription=sent, by=technician, at=at)
        deliveries.record_delivered(
            delivery=delivery, delivered_on=at.date(), lines=[deliveries.Line(units=6)], by=technician, at=at
        )

    deliver(NOON)
    few = queries()
    deliver(NOON + dt.timedelta(days=1))
    assert queries() <= few  # the prescription is used up by now, and asks for less


def test_somebody_not_started_shows_the_stage_whose_move_it_is_and_the_next_act() -> None:
    enrolment = moved(referred(), "find_suitable", "consent", "send_registration")
    page = page_of(enrolment)
    assert "Awaiting acknowledgement since Mon 23 Feb, 7 days ago; 14 days on the clock." in page
    assert "on Mon 23 Feb; not acknowledged. Next: Provider. Chase the provider’s acknowledgement" in page
    assert "What happens next Provider : Chase the provider’s acknowledgement" in page


@pytest.mark.parametrize(("role", "where"), [("TECHNICIAN", "registration/"), ("AUDITOR", "")])
def test_the_next_act_is_one_press_away_for_those_who_may(role: str, where: str) -> None:
    enrolment = moved(referred(), "find_suitable", "consent", "send_registration")
    page = browser(role).get(f"/patients/{enrolment.patient_id}/").content.decode()
    assert f'<a href="/enrolments/{enrolment.pk}/{where}">Chase the provider’s acknowledgement</a>' in page


def test_where_nothing_is_waited_for_it_says_so() -> None:
    enrolment = referred()
    with acting(by=User.objects.system("command")):
        PathwayClock.objects.filter(enrolment=enrolment).update(ended_on=NOON.date(), end_reason="DECLINED")
    assert "What happens next Nothing is waited for." in page_of(enrolment)


@pytest.mark.parametrize(("role", "shown"), [("TECHNICIAN", True), ("SPECIALIST_NURSE", False)])
def test_somebody_on_treatment_can_be_transferred_from_here(role: str, shown: bool) -> None:
    enrolment = treated()
    page = browser(role).get(f"/patients/{enrolment.patient_id}/").content.decode()
    assert (f'href="/enrolments/{enrolment.pk}/transfer/"' in page) is shown
