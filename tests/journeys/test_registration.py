"""A registration as a technician takes it: mended, sent, queried, answered, sent again, acknowledged."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from homecare.accounts.models import User
from patients.models import Enrolment, Registration
from tests.journeys.conftest import expect_accessible, sign_in
from tests.patients.registrations import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = 390


@pytest.fixture
def enrolment(people: None, noon: None) -> Enrolment:
    return ready(by=User.objects.get(username="dilys"), gp_practice="", sex="UNKNOWN")


def carry_through(page: Page, enrolment: Enrolment, *, look: bool) -> None:
    """Walk a registration from what is missing to its acknowledgement."""

    def looked(page: Page, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        if look:
            expect_accessible(page)

    sign_in(page, "dilys")
    page.goto(f"/enrolments/{enrolment.pk}/registration/")
    expect(page.get_by_role("heading", name="1 thing is missing before it can be sent")).to_be_visible()
    looked(page, "Registration with")
    page.get_by_role("link", name=re.compile("Mend it.*GP practice")).click()
    looked(page, "Patient's details")
    page.get_by_label("GP practice").fill("Mill Road Surgery")
    page.get_by_role("group", name="Sex").get_by_label("Female").check()
    page.get_by_role("button", name="Save details").click()

    expect(page.get_by_text("Nothing that must be there is missing.")).to_be_visible()
    page.get_by_role("link", name=f"Send it to {enrolment.service.provider}").click()
    looked(page, "Send the registration")
    page.get_by_label("Secure email").check()
    page.get_by_role("button", name="Send registration").click()
    expect(page.get_by_text("Next: Provider, acknowledge, query or reject")).to_be_visible()
    looked(page, "Registration with")

    page.get_by_role("link", name="They asked something").click()
    page.get_by_label("What the provider asks").fill("Which pen?")
    page.get_by_role("button", name="Record query").click()
    looked(page, "Registration with")
    page.get_by_role("link", name="Answer the query").click()
    page.get_by_label("Our answer").fill("The 40 mg one")
    page.get_by_role("button", name="Record answer").click()
    page.get_by_role("link", name="Send it again").click()
    page.get_by_role("button", name="Send registration").click()

    page.get_by_role("link", name="They acknowledged it").click()
    looked(page, "Record the acknowledgement")
    page.get_by_label("The provider's reference for the patient").fill("HN-77")
    page.get_by_role("button", name="Record acknowledgement").click()
    expect(page.get_by_text("Their reference HN-77")).to_be_visible()
    looked(page, "Registration with")


def test_a_registration_is_carried_through(page: Page, enrolment: Enrolment) -> None:
    carry_through(page, enrolment, look=True)
    assert Enrolment.objects.get(pk=enrolment.pk).status == "REGISTERED"
    last = Registration.objects.latest("attempt")
    assert last.as_sent["registration"]["answers"] == [{"question": "Which pen?", "answer": "The 40 mg one"}]


def test_and_without_scripts(browser: Browser, live_server, enrolment: Enrolment) -> None:
    window = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        carry_through(window.new_page(), enrolment, look=False)
    finally:
        window.close()
    assert Enrolment.objects.get(pk=enrolment.pk).status == "REGISTERED"


def test_the_form_is_downloaded(page: Page, enrolment: Enrolment) -> None:
    carry_through(page, enrolment, look=False)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("PDF.*attempt 2")).click()
    download = waiting.value
    assert download.suggested_filename.endswith("-2.pdf")
    assert download.path().read_bytes().startswith(b"%PDF-")


def test_it_fits_a_telephone(page: Page, enrolment: Enrolment) -> None:
    sign_in(page, "dilys")
    page.set_viewport_size({"width": NARROW, "height": 844})
    page.goto(f"/enrolments/{enrolment.pk}/registration/")
    page.wait_for_function(f"document.documentElement.scrollWidth <= {NARROW}", timeout=5_000)
