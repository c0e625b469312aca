"""The pages of a start: each record listed, each deed done from its page, what is required said, refusals in words."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import equipment, funding
from patients.actions.equipment import Thing
from patients.actions.pathway import start_clock
from patients.models import (
    Adaptation,
    CarePlan,
    Enrolment,
    Equipment,
    EscalationProtocol,
    FundingApproval,
    RegimenPhase,
    Visit,
)
from prescriptions import actions as prescriptions
from prescriptions.models import RenewalRequest
from tests.desk.pages import browser, text, treated
from tests.factories import NOON, EnrolmentFactory
from tests.patients.starts import (
    TODAY,
    days,
    delivered,
    fortnightly,
    one_of_everything,
    registered,
    sent,
    somebody,
    status_of,
    trained,
)

pytestmark = pytest.mark.django_db
DAY = TODAY.isoformat()
SOON = (TODAY + dt.timedelta(days=30)).isoformat()


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def post(client: Client, path: str, **given: object) -> str:
    """Do a deed and return where it led; fail with the words of the page if it was refused."""
    answer = client.post(path, given)
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def approved(enrolment: Enrolment, *, last: dt.date) -> FundingApproval:
    by = somebody()
    asked = funding.request_funding(
        enrolment=enrolment, system="BLUETEQ", purpose="INITIATION", requested_on=TODAY, by=by, at=NOON
    )
    return funding.approve_funding(approval=asked, reference="BT-9", decided_on=TODAY, expires_on=last, by=by, at=NOON)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("funding", "this service does not ask for an approval"),
        ("visits", "No visit is planned."),
        ("care-plan", "No plan is written."),
        ("escalation-protocol", "No protocol is in force."),
        ("adaptations", "No work on the home is planned."),
        ("equipment", "No equipment stands at this patient's home."),
        ("regimen", "No regimen is recorded."),
    ],
)
def test_an_empty_list_says_so(path: str, words: str) -> None:
    assert words in text(browser().get(f"/enrolments/{registered().pk}/{path}/"))


@pytest.mark.parametrize(
    ("activity", "path", "words"),
    [
        ("TRAINING_AND_COMPETENCY", "visits", "Open Training, with a signed competency"),
        ("ADMINISTERED_BY_PROFESSIONAL", "visits", "Open Nurse visit booked"),
        ("BESPOKE_SOLUTION", "care-plan", "Open Individual care plan, approved by a pharmacist"),
        ("CLINICAL_PROTOCOL", "escalation-protocol", "Open Clinical protocol with its escalation contact"),
        ("HOME_ADAPTATION", "adaptations", "Open Adaptation of the home"),
        ("EQUIPMENT_INSTALLED", "adaptations", "Open Equipment installed"),
        ("REFRIGERATION_PROVIDED", "equipment", "Open Fridge at home"),
        ("SELF_ADMINISTRATION", "regimen", "Open Regimen"),
    ],
)
def test_each_page_says_what_is_required(activity: str, path: str, words: str) -> None:
    assert words in text(browser().get(f"/enrolments/{registered(activity).pk}/{path}/"))


def test_funding_is_asked_for_approved_and_continued() -> None:
    enrolment, client = registered(), browser()
    page = f"/enrolments/{enrolment.pk}/funding/"
    asked = {"system": "BLUETEQ", "purpose": "INITIATION", "requested_on": DAY}
    assert post(client, f"{page}request/", **asked) == page
    approval = FundingApproval.objects.get()
    post(client, f"/funding/{approval.pk}/approve/", reference="BT-1", decided_on=DAY, expires_on=SOON)
    found = text(client.get(page))
    assert "Funding runs out on 1 April 2026." in found
    assert "Approved" in found
    post(client, f"/funding/{approval.pk}/renew/", reference="BT-2", decided_on=DAY, expires_on="2027-04-01")
    assert set(FundingApproval.objects.values_list("status", flat=True)) == {"RENEWED", "APPROVED"}


@pytest.mark.parametrize(("deed", "after"), [("refuse", "REFUSED"), ("waive", "NOT_REQUIRED")])
def test_funding_is_refused_or_waived(deed: str, after: str) -> None:
    enrolment, client = registered(), browser()
    asked = {"system": "IFR", "purpose": "INITIATION", "requested_on": DAY}
    post(client, f"/enrolments/{enrolment.pk}/funding/request/", **asked)
    approval = FundingApproval.objects.get()
    post(client, f"/funding/{approval.pk}/{deed}/", decided_on=DAY, reason="The panel said so")
    approval.refresh_from_db()
    assert approval.status == after


def test_whoever_comes_second_is_told_who_was_first() -> None:
    approval = approved(registered(), last=days(400).date())
    answer = browser().post(f"/funding/{approval.pk}/approve/", {"reference": "BT-2", "decided_on": DAY})
    assert answer.status_code == 422
    assert f"{somebody()} recorded this as approved at 12:00." in text(answer)


@pytest.mark.parametrize(
    ("last", "is_listed", "words"),
    [
        (61, False, ""),
        (60, True, "Clinic ask for it to continue"),
        (0, True, "today"),
        (-1, True, "yesterday"),
    ],
)
def test_funding_that_runs_out_is_on_todays_list(last: int, is_listed: bool, words: str) -> None:
    with time_machine.travel(NOON - dt.timedelta(days=10), tick=False):
        enrolment = treated("Fundington")
        by, at = somebody(), NOON - dt.timedelta(days=10)
        asked = funding.request_funding(
            enrolment=enrolment, system="ICB", purpose="INITIATION", requested_on=at.date(), by=by, at=at
        )
        funding.approve_funding(
            approval=asked, reference="I-1", decided_on=at.date(), expires_on=days(last).date(), by=by, at=at
        )
    found = text(browser().get("/today/funding_running_out/?all=1"))
    assert ("FUNDINGTON" in found) is is_listed
    assert words in found


def test_funding_of_an_ended_treatment_is_on_no_list() -> None:
    enrolment = treated("Fundington")
    approved(enrolment, last=days(10).date())
    browser().post(f"/enrolments/{enrolment.pk}/stop/", {"ended_on": DAY, "stop_reason": "REMISSION"})
    assert "FUNDINGTON" not in text(browser().get("/today/funding_running_out/?all=1"))


def test_a_renewal_says_that_funding_runs_out() -> None:
    enrolment = treated()
    approved(enrolment, last=days(10).date())
    renewal = prescriptions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=somebody(), at=NOON)
    assert "Funding runs out on 12 March 2026" in text(browser("PRESCRIBER").get(f"/renewals/{renewal.pk}/"))


def test_a_visit_is_planned_booked_missed_and_booked_again() -> None:
    enrolment, client = registered("TRAINING_AND_COMPETENCY"), browser("SPECIALIST_NURSE")
    page = f"/enrolments/{enrolment.pk}/visits/"
    assert post(client, f"{page}plan/", kind="TRAINING") == page
    visit = Visit.objects.get()
    post(client, f"/visits/{visit.pk}/book/", booked_on=DAY, nurse_name="Nurse Adair")
    assert "Training booked for 2 March 2026" in text(client.get(page))
    post(client, f"/visits/{visit.pk}/missed/", reason="Nobody at home")
    post(client, f"/visits/{visit.pk}/book/", booked_on=SOON)
    assert "Nobody at home" not in text(client.get(page))


def test_training_that_is_done_meets_the_requirement() -> None:
    enrolment, client = registered("TRAINING_AND_COMPETENCY"), browser()
    post(client, f"/enrolments/{enrolment.pk}/visits/plan/", kind="TRAINING")
    given = {"done_on": DAY, "outcome": "COMPETENT", "competency_signed_on": DAY, "person_trained": "The patient"}
    post(client, f"/visits/{Visit.objects.get().pk}/done/", **given)
    found = text(client.get(f"/enrolments/{enrolment.pk}/visits/"))
    assert "Met Training, with a signed competency" in found
    assert "Competency signed on 2 March 2026" in found


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("MORE_NEEDED", "another visit is planned. Book it."), ("CANNOT", "offer a nurse or a carer")],
)
def test_what_follows_from_training_is_said(outcome: str, words: str) -> None:
    enrolment, client = registered("TRAINING_AND_COMPETENCY"), browser()
    post(client, f"/enrolments/{enrolment.pk}/visits/plan/", kind="TRAINING")
    post(client, f"/visits/{Visit.objects.get().pk}/done/", done_on=DAY, outcome=outcome)
    assert words in text(client.get(f"/enrolments/{enrolment.pk}/visits/"))


def test_a_plan_is_written_by_one_and_approved_by_another() -> None:
    enrolment, pharmacist = registered("BESPOKE_SOLUTION"), browser("CLINICAL_PHARMACIST")
    page = f"/enrolments/{enrolment.pk}/care-plan/"
    post(pharmacist, f"{page}write/", text="Two bags at night.\n\nCall us if a line is red.", review_due_on=SOON)
    plan = CarePlan.objects.get()
    assert "Approve" not in text(pharmacist.get(page)).replace("Approved by", "")  # its author is not offered it
    refused = pharmacist.post(f"/care-plans/{plan.pk}/approve/")
    assert "You wrote this plan. Another pharmacist must approve it." in text(refused)
    other = browser("CLINICAL_PHARMACIST")
    post(other, f"/care-plans/{plan.pk}/approve/")
    found = text(other.get(page))
    assert "Met Individual care plan" in found
    assert "Call us if a line is red." in found


@pytest.mark.parametrize("path", ["care-plan", "escalation-protocol"])
@pytest.mark.parametrize(("role", "status"), [("FINANCE", 403), ("ADMINISTRATIVE_SUPPORT", 403), ("AUDITOR", 200)])
def test_clinical_pages_are_for_those_who_may_read_them(path: str, role: str, status: int) -> None:
    assert browser(role).get(f"/enrolments/{registered().pk}/{path}/").status_code == status


def test_a_protocol_is_recorded_and_ended() -> None:
    enrolment, client = registered("CLINICAL_PROTOCOL"), browser()
    page = f"/enrolments/{enrolment.pk}/escalation-protocol/"
    post(
        client,
        f"{page}agree/",
        name="Home infusion",
        version="3",
        contact_name="On-call registrar",
        contact_telephone="01632 960123",
        agreed_on=DAY,
    )
    assert "01632 960123" in text(client.get(page))
    protocol = EscalationProtocol.objects.get()
    post(client, f"/escalation-protocols/{protocol.pk}/end/", ended_on=DAY, reason="Oral now")
    assert "Open Clinical protocol" in text(client.get(page))


def test_work_on_a_home_is_planned_and_completed() -> None:
    enrolment, client = registered("HOME_ADAPTATION"), browser()
    page = f"/enrolments/{enrolment.pk}/adaptations/"
    post(client, f"{page}plan/", kind="ADAPTATION", description="Second basin", planned_on=SOON)
    assert "0 of 1 completed, planned for 1 April 2026" in text(client.get(page))
    post(client, f"/adaptations/{Adaptation.objects.get().pk}/days/", completed_on=DAY)
    assert "Met Adaptation of the home" in text(client.get(page))


def test_equipment_is_recorded_serviced_and_collected() -> None:
    enrolment, client = registered("REFRIGERATION_PROVIDED"), browser()
    page = f"/enrolments/{enrolment.pk}/equipment/"
    fridge = {"kind": "FRIDGE", "owner": "PROVIDER", "serial_number": "F-7", "delivered_on": DAY}
    post(client, f"{page}add/", **fridge, service_due_on=SOON)
    assert "Met Fridge at home" in text(client.get(page))
    found = Equipment.objects.get()
    post(client, f"/equipment/{found.pk}/change/", **fridge, service_due_on="2027-04-01")
    post(client, f"/equipment/{found.pk}/collected/", collected_on=DAY)
    assert "Collected" in text(client.get(page))


def test_the_same_serial_number_is_refused_in_words() -> None:
    fridge = {"kind": "FRIDGE", "owner": "PROVIDER", "serial_number": "F-7", "delivered_on": DAY}
    post(browser(), f"/enrolments/{registered().pk}/equipment/add/", **fridge)
    answer = browser().post(f"/enrolments/{registered().pk}/equipment/add/", fridge)
    assert "Fridge F-7 is on record at a home already" in text(answer)


@pytest.mark.parametrize(("due", "is_listed"), [(-5, True), (30, True), (31, False)])
def test_services_that_are_due_are_a_list_of_today(due: int, is_listed: bool) -> None:
    thing = Thing(kind="PUMP", owner="TRUST", serial_number="P-1", service_due_on=days(due).date())
    found = equipment.record_equipment(enrolment=treated("Pumpley"), thing=thing, by=somebody(), at=NOON)
    assert ("PUMPLEY" in text(browser().get("/today/equipment_to_service/?all=1"))) is is_listed
    equipment.collect_equipment(equipment=found, collected_on=TODAY, by=somebody(), at=NOON)
    assert "PUMPLEY" not in text(browser().get("/today/equipment_to_service/?all=1"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pattern": "EVERY_DAYS", "every_days": "14"}, "every 14 days"),
        ({"pattern": "CYCLE", "cycle_on": "14", "cycle_off": "7"}, "14 days on, 7 days off"),
        ({"pattern": "WEEKDAYS", "weekdays": ["0", "3"]}, "Monday and Thursday"),
        ({"pattern": "DOSES_ON", "doses_on": "2 March 2026\n16/03/2026"}, "2 doses"),
    ],
)
def test_a_regimen_of_each_pattern_is_recorded(given: dict[str, object], words: str) -> None:
    enrolment, client = registered(), browser("CLINICAL_PHARMACIST")
    page = f"/enrolments/{enrolment.pk}/regimen/"
    post(client, f"{page}record/", starts_on=DAY, units_per_dose="1", dose_text="40 mg", **given)
    found = text(client.get(page))
    assert words in found
    assert "Met Regimen" in found


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pattern": "EVERY_DAYS"}, "Say every how many days a dose is due."),
        ({"pattern": "DOSES_ON", "doses_on": "soon"}, "“soon” is not a day."),
    ],
)
def test_a_regimen_that_is_not_whole_is_refused(given: dict[str, object], words: str) -> None:
    path = f"/enrolments/{registered().pk}/regimen/record/"
    answer = browser("CLINICAL_PHARMACIST").post(path, {"starts_on": DAY, "units_per_dose": "1", **given})
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_part_of_a_regimen_is_changed_where_it_stands() -> None:
    enrolment, client = registered(), browser("PRESCRIBER")
    phase = fortnightly(enrolment)
    assert "every 14 days" in text(client.get(f"/enrolments/{enrolment.pk}/regimen/"))
    changed = {"starts_on": SOON, "units_per_dose": "2", "pattern": "EVERY_DAYS", "every_days": "7"}
    post(client, f"/regimen/{phase.pk}/change/", **changed)
    found = RegimenPhase.objects.get(enrolment=enrolment)
    assert (found.pk, found.starts_on.isoformat(), found.units_per_dose) == (phase.pk, SOON, 2)


def test_a_regimen_of_somebody_on_treatment_is_not_changed_here() -> None:
    with acting(by=User.objects.system("command")):
        enrolment = EnrolmentFactory()
    found = text(browser("PRESCRIBER").get(f"/enrolments/{enrolment.pk}/regimen/"))
    assert "On treatment: a change of dose is recorded as such" in found
    assert "Record the regimen" not in found


def test_the_first_prescription_is_asked_for_and_then_opened() -> None:
    enrolment, client = registered(), browser()
    page = f"/enrolments/{enrolment.pk}/first-prescription/"
    assert "Ask for the prescription" in text(client.get(page))
    post(client, page, asked_by="PHARMACY")
    renewal = RenewalRequest.objects.get()
    assert client.get(page)["Location"] == f"/renewals/{renewal.pk}/"
    assert "The first supply: the patient has not begun" in text(client.get(f"/renewals/{renewal.pk}/"))


def test_the_first_delivery_opens_the_prescription_that_is_to_be_delivered() -> None:
    enrolment, client = registered(), browser()
    page = f"/enrolments/{enrolment.pk}/first-delivery/"
    assert client.get(page)["Location"] == f"/enrolments/{enrolment.pk}/first-prescription/"
    prescription = sent(enrolment)
    assert client.get(page)["Location"] == f"/prescriptions/{prescription.pk}/"


def test_the_first_dose_is_recorded_and_its_page_says_what_is_missing() -> None:
    enrolment, client = registered("TRAINING_AND_COMPETENCY"), browser()
    fortnightly(enrolment)
    delivered(sent(enrolment))
    page = f"/enrolments/{enrolment.pk}/first-dose/"
    assert "Still required Training, with a signed competency" in text(client.get(page))
    refused = client.post(page, {"taken_on": DAY})
    assert "The first dose cannot be recorded yet." in text(refused)
    trained(enrolment)
    assert post(client, page, taken_on=DAY) == f"/enrolments/{enrolment.pk}/"
    assert status_of(enrolment) == "ACTIVE"


def test_the_same_page_records_the_next_dose_that_a_clock_waits_for() -> None:
    enrolment, client = treated(), browser("SPECIALIST_NURSE")
    page = f"/enrolments/{enrolment.pk}/first-dose/"
    assert "No dose is waited for" in text(client.post(page, {"taken_on": DAY}))
    with acting(by=somebody()):
        start_clock(enrolment, began_on=TODAY, by=somebody(), at=NOON, kind="DOSE_CHANGE")
    assert "Waits since 2 March 2026, dose change" in text(client.get(page))
    assert post(client, page, taken_on=DAY) == f"/enrolments/{enrolment.pk}/"


@pytest.mark.parametrize(
    "path", ["funding", "visits", "care-plan", "escalation-protocol", "adaptations", "equipment", "regimen"]
)
def test_a_list_takes_as_many_queries_however_long(path: str) -> None:
    enrolment, client = registered(), browser("CLINICAL_PHARMACIST")
    fortnightly(enrolment)
    address = f"/enrolments/{enrolment.pk}/{path}/"
    numbers = []
    for _ in range(3):
        one_of_everything(enrolment, by=somebody())
        FundingApproval.objects.update(status="REFUSED")
        Equipment.objects.update(serial_number="")
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        numbers.append(len(asked))
    assert numbers[1] == numbers[2]
