"""The board of who has not started: oldest first, by stage and owner, why each is stuck, on paper and as a file."""

import csv
import io
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from patients import actions
from patients.actions import pathway
from patients.models import Enrolment, PathwayClock, Registration, RegistrationQuery
from prescriptions import actions as prescriptions
from tests.desk.pages import browser, enrolled, person, text
from tests.desk.pathway.journeys import DAY, TODAY, moved, referred
from tests.factories import NOON

pytestmark = pytest.mark.django_db
ALL = "/not-started/?all=1"
TO_CONSENT = ("find_suitable", "consent")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def named(name: str, **given: object) -> Enrolment:
    return referred(treatment__patient__family_name=name, **given)


def board(query: str = "all=1", role: str = "TECHNICIAN") -> str:
    return text(browser(role).get(f"/not-started/?{query}"))


def test_the_oldest_stands_first() -> None:
    named("Second", days_ago=5)
    named("First", days_ago=30)
    shown = board()
    assert shown.index("FIRST, Alex") < shown.index("SECOND, Alex")
    assert "2 journeys not yet at a dose" in shown


def test_somebody_who_has_started_is_not_on_it() -> None:
    enrolled(treatment__patient__family_name="Treated")
    shown = board()
    assert "TREATED" not in shown
    assert "Everybody who was referred has started." in shown


def test_it_counts_by_whose_move_and_stage_with_links() -> None:
    referred(days_ago=3)
    moved(referred(), *TO_CONSENT, "send_registration")
    answer = browser().get(ALL)
    assert "Clinic 1 To assess 1 oldest 3 days" in text(answer)
    assert "Provider 1 Awaiting acknowledgement 1 oldest 14 days" in text(answer)
    assert "?stage=AWAITING_ACKNOWLEDGEMENT&amp;whose=PROVIDER" in answer.content.decode()


def test_it_says_why_each_is_stuck() -> None:
    moved(referred(service__needs_funding_approval=True), *TO_CONSENT)
    assert "Funding has not been asked for." in board()


def test_a_stopped_clock_and_a_bridge_are_shown() -> None:
    enrolment, by = referred(), person("TECHNICIAN")
    actions.stop_clock(enrolment=enrolment, from_on=TODAY - 3 * DAY, stop_reason="AWAITING_BLOODS", by=by, at=NOON)
    actions.record_bridging(
        enrolment=enrolment, supplied_on=TODAY, units=1, covers_until_on=TODAY + 9 * DAY, cause="BEFORE_START",
        cause_party="CLINIC", by=by, at=NOON,
    )  # fmt: skip
    shown = board()
    assert "14 days 10 days net · stopped · since Mon 16 Feb" in shown
    assert "Clock stopped since Fri 27 Feb: awaiting blood tests." in shown
    assert "Bridged by the hospital until Wed 11 Mar." in shown


def test_a_later_journey_is_on_it_and_says_what_it_is() -> None:
    enrolment, by = enrolled(), User.objects.system("command")
    with acting(by=by):
        pathway.start_clock(enrolment, began_on=TODAY - DAY, by=by, at=NOON, kind="DOSE_CHANGE")
    assert "dose change · since Sun 1 Mar Awaiting new prescription" in board()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("whose=CLINIC", {"TO ASSESS"}),
        ("stage=AWAITING_ACKNOWLEDGEMENT", {"SENT"}),
        ("kind=START", {"TO ASSESS", "SENT"}),
        ("kind=TRANSFER", set()),
        ("over=13", {"SENT"}),
        ("over=14", set()),
        ("specialty=1e9&whose=NOBODY2&over=x&all=1", {"TO ASSESS", "SENT"}),  # nonsense is left out
    ],
)
def test_filters_live_in_the_address(query: str, found: set[str]) -> None:
    named("To assess", days_ago=3)
    moved(named("Sent"), *TO_CONSENT, "send_registration")
    shown = board(query)
    assert {name for name in ("TO ASSESS", "SENT") if f"{name}, Alex" in shown} == found


def test_specialty_and_provider_narrow_it() -> None:
    one, other = named("One"), named("Other", treatment__clinic__specialty__name="Dermatology")
    for query in (f"provider={other.service.provider_id}", f"specialty={other.clinic.specialty_id}"):
        shown = board(query)
        assert "OTHER, Alex" in shown
        assert "ONE, Alex" not in shown
    assert one.clinic.specialty_id != other.clinic.specialty_id


def test_the_last_filters_are_remembered_until_all_is_asked_for() -> None:
    client = browser()
    client.get("/not-started/?whose=CLINIC")
    assert client.get("/not-started/")["Location"] == "/not-started/?whose=CLINIC"
    client.get(ALL)
    assert client.get("/not-started/").status_code == 200


def test_pages_go_on_where_the_last_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homecare.desk.pathway.board_views.SIZE", 2)
    for number in range(5):
        named(f"P{number}", days_ago=20)
    seen, query = [], "all=1"
    for _ in range(3):
        shown = board(query)
        seen += [name for name in ("P0", "P1", "P2", "P3", "P4") if f"{name}, Alex" in shown]
        last = PathwayClock.objects.order_by("pk")[len(seen) - 1]
        query = f"after={last.began_on}_{last.pk}"
    assert seen == ["P0", "P1", "P2", "P3", "P4"]


def test_the_number_of_queries_does_not_grow() -> None:
    def asked() -> int:
        client = browser()
        client.get(ALL)
        with CaptureQueriesContext(connection) as seen:
            client.get(ALL)
        return len(seen)

    moved(referred(), *TO_CONSENT, "send_registration")
    before = asked()
    for _ in range(4):
        moved(referred(), *TO_CONSENT, "send_registration")
    assert asked() == before


def test_it_prints_many() -> None:
    referred()
    assert "Print this list" in board("print=1")


def test_the_file_says_who_made_it_and_by_which_filters_and_works_nothing_out() -> None:
    named("=1+1")
    answer = browser().get("/not-started/export/?whose=CLINIC")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Patient", "NHS number and date of birth", "Medicine"]
    assert rows[1][0].startswith("'=1+1")
    assert rows[-1][0].endswith("Filters: whose move Clinic.")
    assert PatientAccess.objects.filter(purpose="EXPORT", file_rows=1).exists()


def test_whoever_is_shown_is_on_record() -> None:
    enrolment = referred()
    board()
    assert enrolment.patient_id in PatientAccess.objects.latest("pk").patient_ids


def test_those_who_see_no_patients_see_no_board() -> None:
    assert browser("SYSTEM_ADMINISTRATOR").get(ALL).status_code == 403


def test_it_stands_in_the_menu() -> None:
    assert "Not started" in text(browser().get("/today/?all=1"))


@pytest.mark.parametrize(("role", "where"), [("TECHNICIAN", "registration/"), ("AUDITOR", "")])
def test_the_next_act_is_one_press_away_for_those_who_may(role: str, where: str) -> None:
    enrolment = moved(referred(), *TO_CONSENT, "send_registration")
    page = browser(role).get(ALL).content.decode()
    assert f'<a href="/enrolments/{enrolment.pk}/{where}">Provider</a>' in page


@pytest.mark.parametrize(
    ("question", "said"), [("Pen or syringe?", "Pen or syringe?"), ("Name the pen", "Name the pen.")]
)
def test_what_the_provider_asked_is_said_as_a_sentence(question: str, said: str) -> None:
    enrolment = moved(referred(), *TO_CONSENT, "send_registration", "query_registration")
    by = person("TECHNICIAN")
    with acting(by=by):
        sent = Registration.objects.create(
            enrolment=enrolment, patient_id=enrolment.patient_id, provider_id=enrolment.service.provider_id,
            reference=uuid.uuid4(), attempt=1, channel="EMAIL", sent_at=NOON, sent_by=by, as_sent={}, sha256="0" * 64,
            outcome="QUERIED", answered_at=NOON,
        )  # fmt: skip
        RegistrationQuery.objects.create(registration=sent, question=question, asked_at=NOON, asked_by=by)
    assert f"{enrolment.service.provider} asks: {said} " in board()


def test_a_first_prescription_that_was_asked_for_is_said_to_be() -> None:
    enrolment = moved(referred(), *TO_CONSENT, "send_registration", "acknowledge_registration")
    assert "No prescription has been signed." in board()
    prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=person("TECHNICIAN"), at=NOON)
    assert "Asked for on Mon 2 Mar; no prescription has been signed." in board()
