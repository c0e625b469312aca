"""By keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from homecare.accounts.models import User
from prescriptions import actions as prescriptions
from tests.desk.pages import treated
from tests.factories import NOON
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def today(page: Page, people: None, noon: None) -> Page:
    by = User.objects.get(username="dilys")
    for name, units in (("Sooner", 1), ("Later", 3)):
        prescriptions.open_renewal(enrolment=treated(name, units=units), asked_by="PHARMACY", by=by, at=NOON)
    sign_in(page, "dilys")
    return page


def test_slash_finds_a_patient(today: Page) -> None:
    today.keyboard.press("/")
    today.keyboard.type("later")
    today.keyboard.press("Enter")
    expect(today.get_by_role("region", name="Patient")).to_contain_text("LATER, Siobhan")


def test_j_and_k_move_and_enter_opens(today: Page) -> None:
    for key in ("j", "j", "k", "j"):
        today.keyboard.press(key)
    today.keyboard.press("Enter")
    expect(today.get_by_role("region", name="Patient")).to_contain_text("LATER, Siobhan")


def test_a_question_mark_lists_the_keys(today: Page) -> None:
    today.keyboard.press("?")
    expect(today.get_by_role("dialog", name="Keys")).to_be_visible()
    today.keyboard.press("Escape")
    expect(today.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_letters_typed_in_a_field_are_letters(today: Page) -> None:
    today.keyboard.press("/")
    today.keyboard.type("j/k?")
    expect(today.locator("#header-search")).to_have_value("j/k?")


def test_the_first_stop_skips_to_the_content(today: Page) -> None:
    today.keyboard.press("Tab")
    expect(today.get_by_role("link", name="Skip to main content")).to_be_focused()
    today.keyboard.press("Enter")
    assert today.url.endswith("#maincontent")


def test_a_chosen_filter_applies_itself_and_stands_in_the_address(today: Page) -> None:
    today.get_by_label("Specialty").select_option(label="Rheumatology")
    today.wait_for_url("**specialty=*")
    expect(today.get_by_label("Specialty")).to_have_value(today.url.partition("specialty=")[2].partition("&")[0])
