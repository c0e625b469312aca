"""Somebody who was referred is assessed, offered a choice and consents, by keyboard; another one declines."""

from typing import Any

import pytest
from playwright.sync_api import Page

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import pathway
from patients.models import AccessibleNeed, ContactPoint, Enrolment, PatientAddress
from providers.models import ProviderCapability, ServiceStyle
from tests.factories import NOON
from tests.journeys.conftest import expect_accessible, sign_in
from tests.journeys.test_accessible import faults_at
from tests.patients.assessing import again, content, referred, speaks_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(people: None, noon: None) -> Enrolment:
    """Have somebody referred of whom the record knows something, with a service that offers choices."""
    content()
    enrolment = referred(patient={"family_name": "Waiting"})
    with acting(by=User.objects.system("command")):
        ContactPoint.objects.create(patient=enrolment.patient, kind="MOBILE", value="+447700900123")
        PatientAddress.objects.create(patient=enrolment.patient, line_1="1 Mill Road", postcode="ME4 1AA")
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="BRAILLE")
        provider = enrolment.service.provider
        ProviderCapability.objects.create(provider=provider, need="BRAILLE", offered=False, source="They said so")
        for kind, value in (("ADMINISTRATION", "SELF"), ("SLOT", "MORNING"), ("SLOT", "EVENING")):
            ServiceStyle.objects.create(service=enrolment.service, kind=kind, value=value)
        pathway.refresh(enrolment, by=User.objects.system("command"), at=NOON)
    return enrolment


def answer_by_keyboard(page: Page, *, concerns: dict[str, str]) -> None:
    """Answer each question with the arrow keys: yes, or what is given for its code."""
    good = {"FIRST_DOSE", "SAFEGUARDING", "TRAVEL", "ALLERGY", "NEEDLES"}  # a yes is a concern here
    names = page.locator("input[type=radio][name^=answer_]").evaluate_all(
        "inputs => [...new Set(inputs.map(input => input.name))]"
    )
    for name in names:
        code = name.removeprefix("answer_")
        wanted = concerns.get(code, "NO" if code in good else "YES")
        page.locator(f"input[name={name}][value=YES]").focus()
        page.keyboard.press("Space")
        for _ in range(["YES", "NO", "NOT_KNOWN"].index(wanted)):
            page.keyboard.press("ArrowDown")


def choose(page: Page, name: str, value: str) -> None:
    """Tick a choice by keyboard."""
    page.locator(f"[name={name}][value='{value}']").focus()
    page.keyboard.press("Space")


def press(page: Page, button: str) -> None:
    """Press a button by keyboard, and wait for the page that follows."""
    page.get_by_role("button", name=button, exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_referral_to_consent_by_keyboard(page: Page, waiting: Enrolment) -> None:
    sign_in(page, "siobhan")
    page.goto(f"/enrolments/{waiting.pk}/")
    page.get_by_role("link", name="Assess whether homecare is suitable").click()

    # Assessed: what the record knows is filled in; braille is a concern that somebody must meet.
    assert page.locator("input[name=answer_TELEPHONE][value=YES]").is_checked()
    assert page.locator("input[name=answer_ACCESSIBLE][value=NO]").is_checked()
    answer_by_keyboard(page, concerns={"ACCESSIBLE": "NO"})
    choose(page, "outcome", "SUITABLE")
    press(page, "Record assessment")
    page.get_by_role("alert").get_by_text("These answers are a concern or not known").wait_for()
    expect_accessible(page)
    choose(page, "outcome", "SUITABLE_WITH_ADJUSTMENTS")
    page.get_by_label("Adjustments that make it suitable").fill("The hospital sends braille.")
    press(page, "Record assessment")
    page.get_by_text("Assessment recorded.").wait_for()
    assert again(waiting).status == "SUITABLE"

    # Offered: what the provider cannot do stands first, and is told.
    page.goto(f"/enrolments/{waiting.pk}/choice/")
    assert page.get_by_role("heading", name="Tell the patient first").is_visible()
    for box in page.locator("input[name=points]").all():
        box.focus()
        page.keyboard.press("Space")
    page.locator("input[name=leaflets]").first.focus()
    page.keyboard.press("Space")
    choose(page, "limits", "on")
    choose(page, "hospital_offered", "on")
    choose(page, "chosen", "HOMECARE")
    choose(page, "reasons", "TRAVEL")
    choose(page, "style_SLOT", "EVENING")
    press(page, "Record choice")
    page.get_by_text("Choice recorded.").wait_for()
    made = waiting.choices.get()
    assert (made.slot, made.limits_told) == ("EVENING", f"{waiting.service.provider} cannot send letters in braille")

    # Consent: the words are read, and who took it is filled in.
    page.goto(f"/enrolments/{waiting.pk}/consent/")
    page.get_by_text("Read this to the patient, word for word").wait_for()
    choose(page, "method", "IN_PERSON")
    press(page, "Record consent")
    page.get_by_text("Consent recorded.").wait_for()
    assert again(waiting).status == "CONSENTED"
    assert waiting.consents.get().sharing_with == waiting.service.provider


def test_a_patient_declines(page: Page, waiting: Enrolment) -> None:
    sign_in(page, "dilys")
    page.goto(f"/enrolments/{waiting.pk}/suitability/")
    choose(page, "outcome", "DECLINED")
    press(page, "Record assessment")
    page.get_by_role("alert").get_by_text("Say why the patient declined.").wait_for()
    page.get_by_label("Reason, if it is not suitable").fill("Likes to see the nurses.")
    press(page, "Record assessment")
    page.get_by_text("Declined by patient").first.wait_for()
    now = again(waiting)
    assert (now.status, now.treatment.supply_route, now.treatment.is_ended) == ("DECLINED", "HOSPITAL", False)


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        (
            "dilys",
            [
                "/enrolments/{enrolment}/suitability/",
                "/enrolments/{enrolment}/choice/",
                "/enrolments/{enrolment}/consent/",
                "/enrolments/{enrolment}/withdraw-consent/",
                "/enrolments/{enrolment}/handover/",
                "/enrolments/{enrolment}/charter/",
                "/enrolments/{enrolment}/charter/?style=EASY_READ",
                "/patients/{patient}/",
                "/patients/{patient}/accessible/",
                "/patients/{patient}/young-person/",
                "/patients/{patient}/weight/",
                "/patients/{patient}/competence/",
                "/patients/{patient}/adult-service/",
                "/patients/{patient}/representatives/add/",
                "/representatives/{representative}/end/",
                "/reviews/",
                "/texts/",
            ],
        ),
        ("margaret", ["/texts/", "/texts/checklists/{checklist}/", "/texts/consent/{text}/"]),
        ("grace", ["/texts/consent/add/", "/texts/leaflets/add/", "/texts/leaflets/{leaflet}/retire/"]),
    ],
)
def test_the_pages_are_clean(page: Page, waiting: Enrolment, username: str, paths: list[str]) -> None:
    from patients.models import ConsentText, InformationLeaflet, SuitabilityChecklist

    ids: dict[str, Any] = {
        "enrolment": waiting.pk,
        "patient": waiting.patient_id,
        "representative": speaks_for(waiting.patient).pk,
        "checklist": SuitabilityChecklist.objects.get().pk,
        "text": ConsentText.objects.get().pk,
        "leaflet": InformationLeaflet.objects.earliest("pk").pk,
    }
    sign_in(page, username)
    assert [fault for path in paths for fault in faults_at(page, path.format(**ids))] == []
