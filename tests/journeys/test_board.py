"""From the board to an enrolment and its clock, in a real browser: found, opened, stopped, printed; clean to axe."""

import pytest
from playwright.sync_api import Page, expect

from homecare.accounts.models import User
from patients import actions
from patients.models import PathwayClock
from tests.desk.pathway.journeys import DAY, TODAY, moved, referred
from tests.factories import NOON
from tests.journeys.conftest import sign_in
from tests.journeys.test_accessible import faults_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(people: None, noon: None) -> PathwayClock:
    """Have one of each: to assess, sent and not acknowledged with a stopped clock, bridged and spoken with."""
    dilys = User.objects.get(username="dilys")
    referred(days_ago=3, treatment__patient__family_name="Newcomer")
    sent = moved(
        referred(days_ago=30, treatment__patient__family_name="Waiting", service__needs_funding_approval=True),
        "find_suitable", "consent", "send_registration",
    )  # fmt: skip
    actions.stop_clock(enrolment=sent, from_on=TODAY - 2 * DAY, stop_reason="ADMITTED", by=dilys, at=NOON)
    actions.record_contact(enrolment=sent, on=TODAY, made_by="PROVIDER", outcome="NO_ANSWER", by=dilys, at=NOON)
    actions.record_bridging(
        enrolment=sent, supplied_on=TODAY, units=2, cause="BEFORE_START", cause_party="CLINIC", cost_pence=70_000,
        by=dilys, at=NOON,
    )  # fmt: skip
    return PathwayClock.objects.get(enrolment=sent)


def test_a_clock_is_found_on_the_board_and_restarted(page: Page, waiting: PathwayClock) -> None:
    sign_in(page, "dilys")
    page.goto("/not-started/?all=1")
    page.get_by_role("link", name="Provider 1", exact=False).first.click()
    expect(page.get_by_text("NEWCOMER")).to_have_count(0)
    page.get_by_role("link", name="Awaiting acknowledgement").last.click()
    expect(page.get_by_role("heading", name="Awaiting acknowledgement")).to_be_visible()
    page.get_by_role("link", name="Restart the clock").click()
    page.get_by_label("Why it counts again").fill("Home again")
    page.get_by_role("button", name="Restart the clock").click()
    expect(page.get_by_text("Clock restarted.")).to_be_visible()
    expect(page.get_by_role("link", name="Stop the clock")).to_be_visible()


def test_the_pathways_pages_are_clean(page: Page, waiting: PathwayClock) -> None:
    sign_in(page, "dilys")
    enrolment = waiting.enrolment_id
    paths = [
        "/not-started/?all=1",
        "/not-started/?whose=PROVIDER&stage=AWAITING_ACKNOWLEDGEMENT",
        "/not-started/?kind=SWITCH",
        "/not-started/?print=1",
        "/today/not_started/?all=1",
        "/today/waiting_long/?all=1",
        f"/enrolments/{enrolment}/",
        *(f"/enrolments/{enrolment}/{deed}/" for deed in ("clock-stop", "clock-restart", "first-contact", "bridging")),
    ]
    assert [fault for path in paths for fault in faults_at(page, path)] == []
