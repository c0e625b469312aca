"""A low-tech start in a real browser, from "could this patient have it at home?" to the first dose."""

import pytest
from playwright.sync_api import Page, expect

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions.content import approve_checklist, approve_consent_text
from patients.models import Consent, ConsentText, Enrolment, PathwayClock, SuitabilityChecklist
from providers.models import HomecareService
from tests.factories import NOON
from tests.journeys.conftest import sign_in
from tests.journeys.keyboard import Keyboard
from tests.journeys.referrals import ready_to_refer
from tests.journeys.test_assessing import answer_by_keyboard, choose, press
from tests.journeys.test_first_dose import Start
from tests.journeys.test_referral import TWO_MINUTES, refer_by_keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_PAGES = 8


@pytest.fixture
def ready(people: None, noon: None) -> None:
    """Have a hospital that refers, with its checklist and consent text approved and no funding to wait for."""
    ready_to_refer()
    margaret = User.objects.get(username="margaret")
    approve_checklist(checklist=SuitabilityChecklist.objects.get(), by=margaret, at=NOON)
    approve_consent_text(text=ConsentText.objects.get(), by=margaret, at=NOON)
    with acting(by=margaret):
        HomecareService.objects.filter(name="Oral medicines").update(needs_funding_approval=False)


def assess_choose_and_consent(page: Page, enrolment: Enrolment) -> None:
    """A specialist nurse assesses with the patient, offers the choice and takes consent."""
    page.goto(f"/enrolments/{enrolment.pk}/suitability/")
    answer_by_keyboard(page, concerns={})
    choose(page, "outcome", "SUITABLE")
    page.get_by_label("Suitability is reviewed on").fill("2027-03-01")
    press(page, "Record assessment")
    page.goto(f"/enrolments/{enrolment.pk}/choice/")
    for box in page.locator("input[name=points]").all():
        box.check()
    page.locator("input[name=leaflets]").first.check()
    if page.locator("[name=limits]").count():
        choose(page, "limits", "on")
    choose(page, "hospital_offered", "on")
    choose(page, "chosen", "HOMECARE")
    if page.locator("[name=style_ADMINISTRATION]").count():
        choose(page, "style_ADMINISTRATION", "SELF")
    press(page, "Record choice")
    page.goto(f"/enrolments/{enrolment.pk}/consent/")
    choose(page, "method", "IN_PERSON")
    press(page, "Record consent")


def test_a_low_tech_patient_from_referral_to_active(
    page: Page, ready: None, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(page, "dilys")
    technician = Keyboard(page)
    refer_by_keyboard(technician, medicine="bar", product="bar")
    enrolment = Enrolment.objects.select_related("service").get()
    assert (enrolment.service.name, enrolment.service.tier) == ("Oral medicines", "LOW")

    start = Start(page, enrolment)
    start.sign("siobhan")
    assess_choose_and_consent(page, enrolment)
    assert Consent.objects.get().sharing_with == enrolment.service.provider

    start.sign("dilys")
    start.open()
    technician.enter("Send the registration")
    technician.enter("Send it to")
    technician.to("How it goes")
    technician.press("Space")
    technician.enter("Send registration")
    with capsys.disabled():
        print(f"\n{technician.said('A new patient is referred, and registered with the provider')}")  # noqa: T201
    assert Enrolment.objects.get().status == "REGISTRATION_SENT"
    assert technician.seconds < TWO_MINUTES
    assert len(technician.pages) <= MOST_PAGES

    page.get_by_role("link", name="They acknowledged it").click()
    start.press("Record acknowledgement")
    start.sign("priya")
    start.record_regimen()
    start.sign("dilys")
    start.ask_and_record()
    start.sign("priya")
    start.screen()
    start.sign("dilys")
    start.send()
    start.deliver()
    start.take()

    assert Enrolment.objects.get().status == "ACTIVE"
    clock = PathwayClock.objects.get()
    assert (clock.end_reason, str(clock.ended_on)) == ("FIRST_DOSE", "2026-03-02")
    expect(page.get_by_text("Active").first).to_be_visible()
