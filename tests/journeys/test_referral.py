"""A technician refers a patient by the keyboard alone: counted, timed, and held against the two minutes of issue 3."""

from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page, expect

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk.referral.models import ReferralDraft
from medicines.models import Medicine
from patients.models import Enrolment, Patient
from tests.factories import NOON, PatientFactory, synthetic_nhs_number
from tests.journeys.conftest import expect_accessible, faults, sign_in
from tests.journeys.keyboard import Keyboard
from tests.journeys.referrals import ready_to_refer
from tests.journeys.test_accessible import faults_at
from tests.patients.referrals import BORN, mary, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCS = Path(__file__).parent.parent.parent / "docs" / "referral.md"
MOST_PAGES = 5
TWO_MINUTES = 120
WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def dilys(page: Page, people: None, noon: None) -> Page:
    ready_to_refer()
    sign_in(page, "dilys")
    return page


def refer_by_keyboard(keyboard: Keyboard, *, medicine: str = "ada", product: str = "am") -> None:
    """Walk from any page to the enrolment of a patient whom nobody knew."""
    keyboard.press("g")
    with keyboard.waiting():
        keyboard.press("r")
    keyboard.fill("NHS number", synthetic_nhs_number())
    keyboard.fill("Hospital number", "t771204")
    keyboard.fill("Family name", "okafor")
    keyboard.fill("Given name", "grace")
    keyboard.fill("Date of birth", "14 3 61")
    keyboard.enter()
    keyboard.pick("Sex", "f")
    keyboard.tick("NHS number checked")
    keyboard.fill("Telephone", "07700900461")
    keyboard.pick("Wishes to be contacted by", "t")
    keyboard.fill("Address line 1", "12 high street")
    keyboard.fill("Town", "chatham")
    keyboard.fill("Postcode", "me44aa")
    keyboard.fill("GP practice", "riverside surgery")
    keyboard.enter()
    keyboard.pick("Medicine", medicine)
    keyboard.enter("Continue")
    keyboard.pick("Product", product)
    keyboard.fill("Indication", "rheumatoid arthritis")
    keyboard.tick("Homecare service")
    keyboard.pick("Clinic", "rheumatology, dr r")
    keyboard.enter("Refer the patient")


def test_a_straightforward_patient_by_the_keyboard_alone(dilys: Page, capsys: pytest.CaptureFixture[str]) -> None:
    keyboard = Keyboard(dilys)
    refer_by_keyboard(keyboard)
    with capsys.disabled():
        print(f"\n{keyboard.said('A new patient is registered and referred')}")  # noqa: T201
    enrolment = Enrolment.objects.select_related("patient", "treatment__product", "clinic").get()
    assert (str(enrolment.patient), enrolment.status) == ("OKAFOR, Grace", "IDENTIFIED")
    assert enrolment.patient.nhs_number_status == "VERIFIED"
    assert enrolment.treatment.brand.startswith("Am")
    assert enrolment.clinic.name == "Rheumatology, Dr Raman"
    expect(dilys.get_by_role("status").first).to_contain_text("Referred for Adalimumab")
    counted = f"{keyboard.keys} keys, {keyboard.steps} steps, {len(keyboard.pages)} pages"
    assert counted in DOCS.read_text(), f"docs/referral.md says something else than {counted}"
    assert len(keyboard.pages) <= MOST_PAGES
    assert keyboard.seconds < TWO_MINUTES


def test_the_keys_are_listed_and_lead_there(dilys: Page) -> None:
    dilys.keyboard.press("?")
    expect(dilys.get_by_role("dialog", name="Keys")).to_contain_text("refer a patient")


def test_every_page_is_clean_wide_and_narrow_empty_and_in_error(dilys: Page) -> None:
    by = User.objects.get(username="dilys")
    known = registered(by)
    lacking = registered(by, hospital_number="T2", family_name="Patel", given_name="Peter", gp_practice="")
    with acting(by=by):
        ReferralDraft.objects.create(user=by, page="NEW_PATIENT", fields=[["family_name", "Evans"]], saved_at=NOON)
    medicine = Medicine.objects.get(name="Adalimumab").pk
    forms = ["/refer/new/", f"/refer/{lacking.pk}/details/", f"/refer/{known.pk}/?medicine={medicine}"]
    search = f"/refer/?family_name=Evens&given_name=Mary&date_of_birth={BORN:%d/%m/%Y}"
    found = []
    for path in ["/refer/", "/refer/?family_name=x", search, f"/refer/{known.pk}/", *forms]:
        dilys.set_viewport_size(WIDE)  # before the page comes: its menu folds and unfolds a moment after
        found += faults_at(dilys, path)
    dilys.set_viewport_size(WIDE)
    for path in forms:
        dilys.goto(path)
        dilys.locator("main form[method=post] button[type=submit]").first.click()
        dilys.get_by_role("alert").wait_for()
        found += faults(dilys)
    assert found == []


def fill_in(page: Page) -> None:
    """Describe somebody new, on the page of a new patient."""
    new = mary()
    for label, words in (
        ("NHS number (optional)", new.nhs_number), ("Hospital number", "T771204"), ("Family name", "Evans"),
        ("Given name", "Mary"), ("Date of birth", "4 3 1961"), ("Telephone", "07700900123"),
        ("Address line 1", "1 High Street"), ("Postcode", "ME4 4AA"), ("GP practice", "The Surgery"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Sex").select_option("FEMALE")


def test_a_twin_is_judged_by_somebody_before_she_is_registered(dilys: Page) -> None:
    with acting(by=User.objects.system("command")):
        PatientFactory(family_name="Evans", given_name="Martha", date_of_birth=BORN)
    dilys.goto("/refer/new/")
    fill_in(dilys)
    dilys.get_by_role("button", name="Register and choose treatment").click()
    expect(dilys.get_by_role("table", name="EVANS, Martha")).to_contain_text("Same")
    expect_accessible(dilys)
    assert Patient.objects.count() == 1
    dilys.get_by_label("A different person from EVANS, Martha").check()
    dilys.get_by_role("button", name="Register and choose treatment").click()
    expect(dilys.get_by_role("status")).to_contain_text("EVANS, Mary is on record")


def test_a_draft_is_finished_another_day(dilys: Page) -> None:
    dilys.goto("/refer/new/")
    fill_in(dilys)
    dilys.get_by_role("button", name="Save and finish later").click()
    expect(dilys.get_by_role("status")).to_contain_text("kept for you under My drafts")
    dilys.get_by_role("link", name="EVANS, Mary").click()
    expect(dilys.get_by_label("GP practice")).to_have_value("The Surgery")
    dilys.get_by_role("button", name="Register and choose treatment").click()
    expect(dilys.get_by_role("heading", name="Refer for which medicine?")).to_be_visible()
    assert not ReferralDraft.objects.exists()


def test_back_shows_what_was_asked_and_asks_for_nothing_twice(dilys: Page) -> None:
    dilys.goto("/refer/")
    dilys.get_by_label("Family name (optional)").fill("Evans")
    dilys.get_by_label("Given name (optional)").fill("Mary")
    dilys.get_by_label("Date of birth (optional)").fill("4/3/1961")
    dilys.locator("main").get_by_role("button", name="Find").click()
    fill_in(dilys)
    dilys.get_by_role("button", name="Register and choose treatment").click()
    dilys.get_by_role("heading", name="Refer for which medicine?").wait_for()
    dilys.go_back()
    expect(dilys.get_by_role("heading", name="Register a new patient")).to_be_visible()
    expect(dilys.get_by_label("Family name")).to_have_value("Evans")
    dilys.go_forward()
    expect(dilys.get_by_role("heading", name="Refer for which medicine?")).to_be_visible()
    assert Patient.objects.count() == 1


def idle(page: Page, context: BrowserContext, *, minutes: int) -> None:
    """Let minutes pass in which nothing happens, for the service and for the window."""
    key = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    session = SessionStore(session_key=key)
    session["active_at"] -= minutes * 60
    session.save()
    page.clock.fast_forward(minutes * 60 * 1000)


def test_what_was_typed_before_a_time_out_is_there_again(page: Page, people: None, context: BrowserContext) -> None:
    sign_in(page, "dilys")
    page.clock.install()
    page.goto("/refer/new/?family_name=Evans")
    fill_in(page)
    page.get_by_text("Language, accessible information and representative").click()
    page.get_by_label("Large print").check()
    idle(page, context, minutes=13)
    page.get_by_role("button", name="Sign out now").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Username").fill("dilys")
    page.get_by_label("Password", exact=True).fill("homecare-demo")
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("GP practice")).to_have_value("The Surgery")
    expect(page.get_by_label("Large print")).to_be_visible()
    expect(page.get_by_label("Large print")).to_be_checked()
