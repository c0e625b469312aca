"""A renewal by three people: asked for and recorded, screened, sent and delivered; by mouse, and without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from patients.models import Cover, Enrolment
from tests.desk.pages import treated
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enrolment(people: None, noon: None) -> Enrolment:
    return treated(units=1)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/accounts/login/")


def carry_through(page: Page, enrolment: Enrolment) -> None:
    """Walk a renewal from the patient's page to its delivery."""
    sign_in(page, "dilys")
    page.goto(f"/patients/{enrolment.patient_id}/")
    page.get_by_role("link", name="Ask for a prescription").click()
    page.get_by_label("We did").check()
    page.get_by_role("button", name="Ask the clinic").click()

    page.goto("/today/")
    page.get_by_role("link", name=enrolment.clinic.name).click()
    page.get_by_role("link", name="Record a signed prescription").click()
    page.get_by_label("Signed in ink").check()
    page.get_by_label("Deliveries", exact=True).fill("3")
    page.get_by_label("Units in each delivery").fill("4")
    page.get_by_role("button", name="Record prescription").click()
    expect(page.get_by_role("status")).to_contain_text("Prescription recorded as signed")
    sign_out(page)

    sign_in(page, "priya")
    page.goto("/today/to_screen/?all=1")
    page.get_by_role("link", name="Clinical pharmacist", exact=True).click()
    page.get_by_role("link", name="Screen it").click()
    page.get_by_label("Approved", exact=True).check()
    page.get_by_role("button", name="Record outcome").click()
    sign_out(page)

    sign_in(page, "dilys")
    page.goto("/today/to_send/?all=1")
    page.get_by_role("link", name="Homecare team", exact=True).click()
    page.get_by_role("link", name="Send it to the provider").click()
    page.get_by_role("button", name="Send prescription").click()
    page.get_by_role("link", name="Record that the provider has it").click()
    page.locator("main").get_by_role("button", name="Record").click()
    expect(page.get_by_text("Next: Provider, deliver")).to_be_visible()


def test_a_renewal_is_carried_through(page: Page, enrolment: Enrolment) -> None:
    before = Cover.objects.get(pk=enrolment.pk).script_cover_ends_on
    carry_through(page, enrolment)
    assert Cover.objects.get(pk=enrolment.pk).script_cover_ends_on > before


def test_and_without_scripts(browser: Browser, live_server, enrolment: Enrolment) -> None:
    window = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        carry_through(window.new_page(), enrolment)
    finally:
        window.close()
    assert enrolment.prescriptions.get().status == "ACKNOWLEDGED"
