"""Every page, for every role that sees it, empty, typical and in error: no fault that axe can find (WCAG 2.2 AA)."""

import pytest
from playwright.sync_api import Page

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.desk import deeds
from prescriptions import actions as prescriptions
from tests.desk.pages import enrolled, person, treated
from tests.factories import NOON
from tests.journeys.conftest import expect_accessible, faults, sign_in
from tests.prescriptions.test_actions import approved, submitted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 390, "height": 844}
QUEUES = [
    "prescriptions_needed",
    "to_screen",
    "to_send",
    "registrations_waiting",
    "registrations_to_mend",
    "blood_tests_overdue",
    "consents_missing",
    "restarts_expected",
    "providers_to_tell",
    "messages_to_settle",
    "imports_to_review",
    "soon_without",
    "without_next_prompt",
    "without_next_test",
    "enrolments",
]
SHARED = [
    "/account/roles/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/password/change/",
    "/nothing/",
]


def settled_width(page: Page) -> int:
    """Return the page's width: the menu folds itself a moment after the window has become narrow."""
    for _ in range(50):
        width = int(page.evaluate("document.documentElement.scrollWidth"))
        if width <= NARROW["width"]:
            break
        page.wait_for_timeout(100)  # not wait_for_function: the page's own policy lets nobody evaluate a string
    return width


def faults_at(page: Page, path: str) -> list[str]:
    """Return what axe finds wrong with a page, and whether it is wider than a telephone."""
    page.goto(path)
    page.set_viewport_size({"width": 1280, "height": 900})
    found = faults(page)
    page.set_viewport_size(NARROW)
    width = settled_width(page)
    return found + ([f"{path}: {width} px wide on a telephone"] if width > NARROW["width"] else [])


@pytest.fixture
def hospital(people: None, noon: None) -> dict[str, int]:
    """Have somebody in every queue, somebody with every notice, and a prescription at each step."""
    dilys, priya = User.objects.get(username="dilys"), User.objects.get(username="priya")
    waiting = treated("Waiting", units=1)
    renewal = prescriptions.open_renewal(enrolment=waiting, asked_by="PHARMACY", by=dilys, at=NOON)
    to_screen = submitted(treated("Screen"), dilys)
    to_send = approved(treated("Send"), dilys, priya)
    sent = prescriptions.send(prescription=approved(treated("Sent"), dilys, priya), by=dilys, at=NOON)
    silent = treated("Silent", consent=False)
    noticed = treated(
        "Noticed", units=0, restricted=True, do_not_contact=True, interpreter_needed=True, language="Polish"
    )
    unknown = enrolled()
    paused, died = treated("Paused"), treated("Died")
    deeds.suspend(enrolment=paused, starts_on=NOON.date(), suspension_reason="INFECTION", by=dilys, at=NOON)
    deeds.record_death(patient=died.patient, died_on=NOON.date(), by=dilys, at=NOON)
    with acting(by=User.objects.system("command")):
        person("TECHNICIAN")
    return {
        "waiting": waiting.patient_id,
        "enrolment": waiting.pk,
        "silent": silent.pk,
        "noticed": noticed.patient_id,
        "unknown": unknown.patient_id,
        "paused": paused.pk,
        "died": died.patient_id,
        "renewal": renewal.pk,
        "to_screen": to_screen.pk,
        "to_send": to_send.pk,
        "sent": sent.pk,
    }


def test_signing_in_is_clean(page: Page, people: None) -> None:
    found = faults_at(page, "/accounts/login/")
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert found + faults_at(page, page.url) == []


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        ("dilys", [*SHARED, *(f"/today/{queue}/?all=1" for queue in QUEUES), "/patients/", "/imports/", "/messages/"]),
        ("margaret", ["/overview/"]),
        ("karl", ["/people/", "/today/"]),
    ],
)
def test_empty_pages_are_clean(page: Page, people: None, username: str, paths: list[str]) -> None:
    sign_in(page, username)
    assert [fault for path in paths for fault in faults_at(page, path)] == []


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        (
            "dilys",
            [
                *(f"/today/{queue}/?all=1" for queue in QUEUES),
                "/patients/{waiting}/",
                "/patients/{noticed}/",
                "/patients/{unknown}/",
                "/patients/?q=s",
                "/patients/?q=siobhan",
                "/renewals/{renewal}/",
                "/renewals/{renewal}/answer/",
                "/renewals/{renewal}/signed/",
                "/prescriptions/{to_send}/",
                "/prescriptions/{to_send}/send/",
                "/prescriptions/{sent}/",
                "/prescriptions/{sent}/acknowledge/",
                "/prescriptions/{sent}/delivered/",
                "/prescriptions/{sent}/failed/",
                "/prescriptions/{sent}/cancel/",
                "/prescriptions/{to_screen}/screen/",
                "/enrolments/{silent}/consent/",
                "/enrolments/{enrolment}/withdraw-consent/",
                "/enrolments/{enrolment}/count/",
                "/enrolments/{enrolment}/suspend/",
                "/enrolments/{enrolment}/stop/",
                "/enrolments/{enrolment}/leave-homecare/",
                "/enrolments/{enrolment}/preferences/",
                "/enrolments/{enrolment}/collections/",
                "/enrolments/{enrolment}/collections/ask/",
                "/enrolments/{paused}/restart/",
                "/enrolments/{paused}/resume/",
                "/patients/{waiting}/address/",
                "/patients/{waiting}/contact/",
                "/patients/{waiting}/representative/",
                "/notices/",
                "/collections/",
                "/enrolments/{enrolment}/ask/",
                "/patients/{waiting}/death/",
            ],
        ),
        ("raman", ["/enrolments/{enrolment}/dose-change/"]),
        ("grace", ["/patients/{died}/", "/patients/{died}/death/mistaken/"]),
        ("priya", ["/prescriptions/{to_screen}/", "/prescriptions/{to_screen}/screen/", "/today/"]),
        ("margaret", ["/overview/", "/patients/{waiting}/", "/today/"]),
        ("tom", ["/overview/", "/patients/{waiting}/"]),
        ("ines", ["/patients/{waiting}/", "/today/"]),
        ("owen", ["/patients/{waiting}/", "/today/"]),
        ("karl", ["/people/", "/patients/{waiting}/"]),
    ],
)
def test_pages_at_work_are_clean(page: Page, hospital: dict[str, int], username: str, paths: list[str]) -> None:
    sign_in(page, username)
    assert [fault for path in paths for fault in faults_at(page, path.format(**hospital))] == []


@pytest.mark.parametrize(
    "deed", ["enrolments/{silent}/consent", "renewals/{renewal}/signed", "prescriptions/{sent}/delivered"]
)
def test_refused_forms_are_clean(page: Page, hospital: dict[str, int], deed: str) -> None:
    sign_in(page, "dilys")
    page.goto(f"/{deed.format(**hospital)}/")
    page.locator("main").get_by_role("button").first.click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    expect_accessible(page)


def test_at_twice_the_size_nothing_is_cut_off(page: Page, hospital: dict[str, int]) -> None:
    sign_in(page, "dilys")
    page.set_viewport_size({"width": 640, "height": 450})  # 1,280 px at 200 %
    for path in ("/today/", f"/patients/{hospital['waiting']}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
