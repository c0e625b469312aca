"""Today: the lights, the queues, the filters, and who may see them."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from homecare.core import heartbeat
from homecare.desk.today import safety_net
from homecare.desk.today.models import RememberedFilter
from homecare.messaging.models import MessageBatch
from prescriptions import actions as prescriptions
from tests.desk.pages import TODAY, browser, enrolled, person, text, treated
from tests.desk.pathway.journeys import referred
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def asked_for(name: str, *, units: int):
    enrolment = treated(name, units=units)
    prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=person("TECHNICIAN"), at=NOON)
    return enrolment


def test_the_most_urgent_prescription_stands_on_top() -> None:
    for name, units in (("Later", 4), ("Sooner", 1), ("Between", 2)):
        asked_for(name, units=units)
    page = text(browser().get("/today/"))
    places = [page.index(name) for name in ("SOONER, Siobhan", "BETWEEN, Siobhan", "LATER, Siobhan")]
    assert places == sorted(places)


def test_a_row_says_who_what_by_when_and_whose_move() -> None:
    enrolment = asked_for("O'Brien", units=1)
    page = text(browser().get("/today/"))
    for words in ("O'BRIEN, Siobhan", "14 Mar 1961", "Tue 17 Mar", "in 15 days", enrolment.clinic.name, "tier not set"):
        assert words in page


def test_a_late_date_says_how_late() -> None:
    asked_for("O'Brien", units=0)
    page = browser().get("/today/").content.decode()
    assert "Late: " in page
    assert "working days late" in page


def test_pages_go_on_where_the_last_one_ended(settings) -> None:
    from homecare.desk.today import views

    names = [f"Number{n}" for n in range(5)]
    for n, name in enumerate(names):
        asked_for(name, units=n)
    client, seen, address = browser(), [], "/today/prescriptions_needed/?all=1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "SIZE", 2)
        while address:
            html = client.get(address).content.decode()
            seen += [name for name in names if f"{name.upper()}, " in html]
            _, _, rest = html.partition('rel="next"')
            href = html.partition('" rel="next"')[0].rpartition('href="')[2] if rest else ""
            address = href.replace("&amp;", "&")
    assert seen == names


@pytest.mark.parametrize(("queue", "words"), [("to_screen", "Clinical pharmacist"), ("to_send", "Homecare team")])
def test_a_prescription_stands_in_the_queue_of_whose_move_it_is(queue: str, words: str) -> None:
    from tests.prescriptions.test_actions import approved, submitted

    enrolment, technician = treated(), person("TECHNICIAN")
    if queue == "to_screen":
        submitted(enrolment, technician)
    else:
        approved(enrolment, technician, person("CLINICAL_PHARMACIST"))
    assert words in text(browser().get(f"/today/{queue}/?all=1"))


def test_consents_missing_are_listed() -> None:
    treated("Consented")
    treated("Silent", consent=False)
    page = text(browser().get("/today/consents_missing/"))
    assert "SILENT, Siobhan" in page
    assert "CONSENTED" not in page


def test_an_enrolment_that_nothing_will_ask_about_lights_up() -> None:
    enrolled()
    page = text(browser().get("/today/without_next_prompt/?all=1"))
    assert "1 active enrolments with no next prompt" in page


def test_an_enrolment_with_a_prompt_to_come_does_not() -> None:
    treated()
    assert "0 active enrolments with no next prompt" in text(browser().get("/today/"))


@pytest.mark.parametrize(("seconds", "words"), [(149, "All running"), (180, "Stopped")])
def test_a_part_that_stopped_is_red_within_three_minutes(seconds: int, words: str) -> None:
    for part in heartbeat.PARTS:
        heartbeat.beat(part, at=NOON - dt.timedelta(seconds=seconds if part == "worker" else 0))
    assert words in text(browser().get("/today/"))


def test_an_empty_queue_says_so() -> None:
    assert "Nobody waits for a prescription. Looked at Mon 2 Mar, 12:00" in text(browser().get("/today/"))


def test_filters_keep_only_what_matches() -> None:
    mine, other = asked_for("Mine", units=1), asked_for("Other", units=1)
    page = text(browser().get(f"/today/?provider={mine.service.provider_id}"))
    assert "MINE, " in page
    assert "OTHER, " not in page
    assert other.service.provider_id != mine.service.provider_id


def test_filters_are_remembered_for_the_user() -> None:
    client, enrolment = browser(), asked_for("Mine", units=1)
    client.get(f"/today/?medicine={enrolment.medicine_id}")
    assert client.get("/today/")["Location"] == f"/today/?medicine={enrolment.medicine_id}"


def test_filters_can_be_cleared() -> None:
    client, enrolment = browser(), asked_for("Mine", units=1)
    client.get(f"/today/?medicine={enrolment.medicine_id}")
    client.get("/today/?all=1")
    assert client.get("/today/").status_code == 200


@pytest.mark.parametrize(
    "nonsense", ["specialty=%27%3B--", "provider=999999999999999999999", "tier=WIZARD", "after=x_y", "medicine=٣"]
)
def test_nonsense_in_the_address_means_everything(nonsense: str) -> None:
    assert browser().get(f"/today/?{nonsense}").status_code == 200
    assert not RememberedFilter.objects.exclude(query="").exists()


def test_paper_says_which_filter_was_on_and_who_printed_it() -> None:
    enrolment = asked_for("Mine", units=1)
    page = text(browser().get(f"/today/?provider={enrolment.service.provider_id}&print=1"))
    assert "Medicine: All medicines" in page
    assert f"Specialty: All specialties; Provider: {enrolment.service.provider.name}; " in page
    assert "Printed by Person" in page


def test_who_was_shown_is_on_record() -> None:
    enrolment = asked_for("Mine", units=1)
    browser().get("/today/")
    assert PatientAccess.objects.get().patient_ids == [enrolment.patient_id]


def test_a_formula_in_a_name_stays_text_in_the_export() -> None:
    asked_for('=HYPERLINK("http://evil.example.com")', units=1)
    content = browser().get("/today/prescriptions_needed/export/").content.decode("utf-8-sig")
    assert "\n\"'=HYPERLINK" in content.replace("\r\n", "\n")


def test_an_export_says_who_made_it_and_is_on_record() -> None:
    asked_for("Mine", units=1)
    content = browser().get("/today/prescriptions_needed/export/").content.decode("utf-8-sig")
    assert "on 02 Mar 2026 at 12:00. Filters: none." in content
    assert PatientAccess.objects.get().purpose == "EXPORT"


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("SYSTEM_ADMINISTRATOR", "/today/", 403),
        ("SYSTEM_ADMINISTRATOR", "/today/prescriptions_needed/export/", 403),
        ("AUDITOR", "/today/", 200),
        ("AUDITOR", "/today/imports_to_review/", 403),
        ("FINANCE", "/today/messages_to_settle/", 403),
        ("TECHNICIAN", "/today/nothing/", 404),
    ],
)
def test_who_may_see_a_queue(role: str, path: str, status: int) -> None:
    assert browser(role).get(path).status_code == status


@pytest.mark.parametrize(
    "queue", ["prescriptions_needed", "blood_tests_overdue", "consents_missing", "without_next_prompt", "enrolments"]
)
def test_more_patients_cost_no_more_queries(queue: str) -> None:
    client = browser()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/today/{queue}/?all=1").status_code == 200
        return len(captured)

    def grow(number: int) -> None:
        for n in range(number):
            asked_for(f"Number{n}", units=n % 3)
            treated(f"Silent{n}", consent=False)
            enrolled()

    grow(1)
    queries()
    few = queries()
    grow(4)
    assert queries() == few


def test_the_day_on_top_is_londons(clock) -> None:
    clock.move_to(dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC))
    assert "Thursday 2 July 2026" in text(browser().get("/today/"))
    assert dt.date(2026, 3, 2) == TODAY


def test_messages_that_wait_for_a_second_person_light_up() -> None:
    with acting(by=User.objects.system("command")):
        MessageBatch.objects.create(
            purpose="BLOOD_TEST_DUE",
            day=dt.date(2026, 3, 2),
            status=MessageBatch.Status.HELD,
            planned_count=7,
            held_count=7,
            planned_by=User.objects.system("sweep"),
            planned_at=NOON,
        )
        technician = UserFactory()
    found = safety_net.lights(technician, at=NOON, tallies={}, address=lambda name: name)
    assert ("7", "messages wait for a second person") in [(light.figure, light.words) for light in found]


def test_those_who_have_not_started_are_a_queue_with_the_board_behind_it() -> None:
    referred(days_ago=5, treatment__patient__family_name="Waiting")
    answer = browser().get("/today/not_started/?all=1")
    assert "Not started 1 oldest 5 days" in text(answer)
    assert "WAITING, Alex" in text(answer)
    assert 'href="/not-started/?all=1"' in answer.content.decode()


@pytest.mark.parametrize(("days_ago", "colour"), [(28, "green"), (29, "amber")])
def test_a_light_says_who_was_referred_long_ago(days_ago: int, colour: str) -> None:
    referred(days_ago=days_ago)
    html = browser().get("/today/?all=1").content.decode()
    light = html[: html.index("referred over 28 days ago and not started")]
    assert light.rindex(f"app-light--{colour}") > light.rindex("<li")


@pytest.mark.parametrize(
    ("role", "words"), [("TECHNICIAN", "Prescriptions needed, today"), ("CLINICAL_PHARMACIST", "To screen, today")]
)
def test_today_opens_on_what_the_role_does_first(role: str, words: str) -> None:
    assert words in text(browser(role).get("/today/"))
