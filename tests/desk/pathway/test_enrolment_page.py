"""An enrolment's own page: where its journey is, whose move it is, how long it took, and the deeds on its clock."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients import actions
from patients.actions import pathway
from patients.models import BridgingSupply, ClockStop, ContactAttempt, Enrolment
from patients.states import EnrolmentStatus
from tests.desk.pages import browser, enrolled, person, text
from tests.desk.pathway.journeys import DAY, TODAY, clock_of, moved, referred
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TO_CONSENT = ("find_suitable", "consent")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def page(enrolment: Enrolment, role: str = "TECHNICIAN") -> str:
    return text(browser(role).get(f"/enrolments/{enrolment.pk}/"))


def test_it_says_the_stage_whose_move_it_is_and_since_when() -> None:
    shown = page(moved(referred(), *TO_CONSENT, "send_registration"))
    assert "Awaiting acknowledgement Provider Since Mon 23 Feb, 7 days ago." in shown
    assert "on Mon 23 Feb; not acknowledged." in shown
    assert "Next: Chase the provider’s acknowledgement" in shown


def test_it_says_how_long_gross_and_net() -> None:
    enrolment = referred()
    actions.stop_clock(
        enrolment=enrolment, from_on=TODAY - 3 * DAY, stop_reason="ADMITTED", by=person("TECHNICIAN"), at=NOON
    )
    shown = page(enrolment)
    assert "Gross 14 days 10 working days Net of stops 10 days 8 working days State Stopped patient admitted" in shown
    assert "Clock stopped since Fri 27 Feb: patient admitted." in shown
    assert "Restart the clock" in shown


@pytest.mark.parametrize("address", ["/enrolments/{}/", "/not-started/", "/patients/{}/"])
def test_who_may_see_nothing_clinical_is_not_told_why_a_clock_stands(address: str) -> None:
    enrolment = referred()
    actions.stop_clock(
        enrolment=enrolment, from_on=TODAY - 3 * DAY, stop_reason="INFECTION", by=person("TECHNICIAN"), at=NOON
    )
    path = address.format(enrolment.patient_id if "patients" in address else enrolment.pk)
    assert "infection" in text(browser("TECHNICIAN").get(path)).lower()
    assert "infection" not in text(browser("FINANCE").get(path)).lower()


def test_the_steps_stand_in_order_with_what_is_done_and_what_is_to_come() -> None:
    shown = page(moved(referred(), *TO_CONSENT))
    steps = shown[shown.index("Steps") :]
    order = [
        "Found suitable",
        "Consented",
        "Registration to complete now: homecare team",
        "Awaiting first dose",
    ]
    assert [steps.index(words) for words in order] == sorted(steps.index(words) for words in order)
    assert "Registration queried" not in steps


def test_what_the_service_asks_for_stands_with_how_far_it_is() -> None:
    shown = page(referred(service__needs_funding_approval=True))
    assert "Funding approval Open Funding has not been asked for Commissioner" in shown


@pytest.mark.parametrize("status", ["ACTIVE", "STOPPED"])
def test_an_enrolment_without_a_clock_has_its_page(status: str) -> None:
    assert "No clock runs" in page(enrolled(status=status))


def test_a_finished_journey_says_so() -> None:
    enrolment = moved(referred(), "find_not_suitable")
    shown = page(enrolment)
    assert "Ended on Mon 23 Feb: not suitable" in shown
    assert "Stop the clock" not in shown


def test_a_provider_sees_none_and_a_stranger_is_not_found() -> None:
    enrolment = referred()
    assert browser("SYSTEM_ADMINISTRATOR").get(f"/enrolments/{enrolment.pk}/").status_code == 403
    assert browser().get("/enrolments/999999/").status_code == 404


def test_a_reader_gets_no_deeds() -> None:
    assert "Stop the clock" not in page(referred(), "AUDITOR")


def test_notes_are_for_those_who_may_read_them() -> None:
    enrolment = referred()
    actions.stop_clock(
        enrolment=enrolment, from_on=TODAY, stop_reason="INFECTION", reason="Shingles", by=person("TECHNICIAN"), at=NOON
    )
    assert "Shingles" in page(enrolment)
    assert "Shingles" not in page(enrolment, "FINANCE")


def test_the_number_of_queries_does_not_grow() -> None:
    enrolment = moved(referred(), *TO_CONSENT, "send_registration")

    def asked() -> int:
        client = browser()
        client.get(f"/enrolments/{enrolment.pk}/")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(f"/enrolments/{enrolment.pk}/")
        return len(seen)

    before = asked()
    for days in range(3):
        actions.record_contact(
            enrolment=enrolment, on=TODAY - days * DAY, made_by="PROVIDER", outcome="NO_ANSWER",
            by=person("TECHNICIAN"), at=NOON,
        )  # fmt: skip
        actions.stop_clock(
            enrolment=enrolment, from_on=TODAY - days * DAY, to_on=TODAY - days * DAY, stop_reason="ADMITTED",
            by=person("TECHNICIAN"), at=NOON,
        )  # fmt: skip
    assert asked() == before


# -- deeds -----------------------------------------------------------------------------------------------------------


def test_a_clock_is_stopped_and_restarted() -> None:
    enrolment, client = referred(), browser()
    answer = client.post(
        f"/enrolments/{enrolment.pk}/clock-stop/", {"from_on": "2026-02-27", "stop_reason": "AWAITING_BLOODS"}
    )
    assert answer["Location"] == f"/enrolments/{enrolment.pk}/"
    assert clock_of(enrolment).is_stopped
    client.post(f"/enrolments/{enrolment.pk}/clock-restart/", {"restarts_on": "2026-03-02", "reason": "Results came"})
    assert ClockStop.objects.get().to_on == dt.date(2026, 3, 1)


def test_a_refusal_stands_at_the_top() -> None:
    answer = browser().post(
        f"/enrolments/{referred().pk}/clock-restart/", {"restarts_on": "2026-03-02", "reason": "Results came"}
    )
    assert answer.status_code == 422
    assert "This clock is running. There is nothing to restart." in text(answer)


def test_a_contact_is_recorded() -> None:
    enrolment = referred()
    given = {"on": "2026-03-02", "made_by": "PROVIDER", "outcome": "REACHED"}
    browser().post(f"/enrolments/{enrolment.pk}/first-contact/", given)
    assert ContactAttempt.objects.get(enrolment=enrolment).outcome == "REACHED"
    assert "spoke with the patient Provider" in page(enrolment)


def test_a_bridging_supply_is_recorded_with_its_cost_in_pence() -> None:
    enrolment = referred()
    given = {
        "supplied_on": "2026-03-02", "units": "2", "covers_until_on": "2026-03-20", "cause": "BEFORE_START",
        "cause_party": "PROVIDER", "cost": "704.55",
    }  # fmt: skip
    browser().post(f"/enrolments/{enrolment.pk}/bridging/", given)
    assert BridgingSupply.objects.get(enrolment=enrolment).cost_pence == 70_455
    shown = page(enrolment)
    assert "Bridged by the hospital until Fri 20 Mar." in shown
    assert "2 units until Fri 20 Mar Until the first delivery: provider, £704.55" in shown


def test_the_next_dose_is_recorded() -> None:
    enrolment, by = enrolled(), User.objects.system("command")
    with acting(by=by):
        pathway.start_clock(enrolment, began_on=TODAY - DAY, by=by, at=NOON, kind="RESUMPTION")
    assert (
        f'href="/enrolments/{enrolment.pk}/first-dose/"'
        in browser().get(f"/enrolments/{enrolment.pk}/").content.decode()
    )
    browser().post(f"/enrolments/{enrolment.pk}/first-dose/", {"taken_on": "2026-03-02"})
    assert "Next dose on Mon 2 Mar" in page(enrolment)


@pytest.mark.parametrize("deed", ["clock-stop", "clock-restart", "first-contact", "bridging"])
def test_a_reader_may_not(deed: str) -> None:
    assert browser("AUDITOR").get(f"/enrolments/{referred().pk}/{deed}/").status_code == 403


def test_every_status_has_a_page() -> None:
    for status in EnrolmentStatus:
        assert browser().get(f"/enrolments/{enrolled(status=status).pk}/").status_code == 200


def test_a_step_that_was_passed_over_is_not_said_to_be_done() -> None:
    shown = page(moved(referred(service__needs_funding_approval=True), *TO_CONSENT, "send_registration"))
    steps = shown[shown.index("Steps") : shown.index("What this start requires")]
    assert "Choice recorded" in steps
    assert "Funding approved" not in steps


def test_the_title_says_the_state_only_where_no_stage_is_said() -> None:
    waiting = page(moved(referred(), *TO_CONSENT, "send_registration", "acknowledge_registration"))
    assert "· registered" not in waiting
    assert "· active" in page(enrolled())
