"""A service in a browser: one tick re-tiers it and says who is affected; proposed, assessed, approved, live."""

import pytest
from playwright.sync_api import Browser, Page, expect

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment
from providers.actions import set_activities
from providers.actions.loading import load_activities
from providers.drafts import read_providers
from providers.models import HomecareService
from tests.desk.pages import treated
from tests.factories import NOON, EnrolmentFactory, MedicineFactory, PatientFactory, TreatmentFactory
from tests.journeys.conftest import expect_accessible, sign_in
from tests.journeys.test_accessible import faults_at
from tests.journeys.test_renewal import sign_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(people: None, noon: None) -> HomecareService:
    """Return a live low tech service with one patient on treatment and one not started."""
    by = User.objects.system("command")
    with acting(by=by):
        load_activities(read_providers())
        enrolment = treated("O'Brien")
        waiting = TreatmentFactory(patient=PatientFactory(family_name="Waiting"))
        EnrolmentFactory(treatment=waiting, service=enrolment.service, status="IDENTIFIED")
    lead = User.objects.get(username="grace")
    set_activities(
        service=enrolment.service, activities=["SELF_ADMINISTRATION"], reason="As specified", by=lead, at=NOON
    )
    return enrolment.service


def change_one_activity(page: Page, service: HomecareService) -> None:
    """Tick one activity, look at what it would do, and confirm it."""
    sign_in(page, "grace")
    page.get_by_role("link", name="Services", exact=True).first.click()
    page.get_by_role("link", name=service.name, exact=True).click()
    page.get_by_role("link", name="Change the activities").first.click()
    page.get_by_label("Administration by healthcare professional").check()
    page.get_by_role("button", name="Show the new tier").click()
    main = page.locator("main")
    expect(main).to_contain_text("The tier changes")
    expect(main).to_contain_text("Now: low tech (RPS/LPP)")
    expect(main).to_contain_text("Then: high tech (RPS/LPP)")
    expect(main).to_contain_text("2 patients affected: 1 on treatment, 1 not started")
    for name in ("O'BRIEN, Siobhan", "WAITING, Alex"):
        expect(main).to_contain_text(name)


def confirm(page: Page) -> None:
    page.get_by_label("Why", exact=True).fill("The provider's nurses give it from April")
    page.get_by_role("button", name="Change the activities").click()
    expect(page.get_by_role("status")).to_contain_text("is high tech (RPS/LPP)")
    expect(page.locator("#history")).to_contain_text("Why: The provider's nurses give it from April")
    expect(page.locator("#history")).to_contain_text("Low tech (RPS/LPP)")


def test_changing_one_activity_in_the_browser_re_tiers_and_lists_who_is_affected(
    page: Page, service: HomecareService
) -> None:
    change_one_activity(page, service)
    expect_accessible(page)
    page.get_by_role("button", name="Change the activities").click()
    page.get_by_role("alert").wait_for()  # the reason is missing
    expect_accessible(page)
    confirm(page)
    expect_accessible(page)
    service.refresh_from_db()
    assert service.tier == "HIGH"


def test_and_without_scripts(browser: Browser, live_server, service: HomecareService) -> None:
    window = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        opened = window.new_page()
        change_one_activity(opened, service)
        confirm(opened)
    finally:
        window.close()


def test_a_service_comes_to_life(page: Page, service: HomecareService) -> None:
    with acting(by=User.objects.system("command")):
        medicine = MedicineFactory()
    sign_in(page, "grace")
    page.goto("/services/")
    page.get_by_role("link", name="Propose a service").click()
    page.get_by_label("Provider", exact=True).select_option(label=str(service.provider))
    page.get_by_label("Name of the service").fill("Infusions at home")
    page.get_by_label(str(medicine), exact=True).check()
    for label, value in (("Buffer", "7"), ("Clinic's and pharmacy's time", "20"), ("Provider's time", "10")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Days between deliveries").fill("28")
    page.get_by_label("Who proposes it").fill("The gastroenterology team")
    page.get_by_role("button", name="Propose service").click()
    page.get_by_label("Intravenous infusion").check()
    page.get_by_role("button", name="Show the new tier").click()
    page.get_by_label("Why", exact=True).fill("As specified")
    page.get_by_role("button", name="Change the activities").click()
    page.get_by_role("link", name="Record the assessment").click()
    page.get_by_label("What the assessment found").fill("Nurses and cold chain are in place")
    page.get_by_role("button", name="Record assessment").click()
    sign_out(page)

    sign_in(page, "margaret")
    page.goto("/services/?status=ASSESSED")
    page.get_by_role("link", name="Infusions at home").click()
    page.get_by_role("link", name="Approve", exact=True).click()
    page.get_by_label("Which paper of which committee").fill("Homecare Committee, paper 7")
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("link", name="Take live").click()
    page.get_by_role("button", name="Take live").click()
    expect(page.get_by_role("status")).to_contain_text("Live. Patients can be enrolled on it.")
    assert HomecareService.objects.get(name="Infusions at home").status == "LIVE"


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        (
            "grace",
            [
                "/services/",
                "/services/?tier=NONE",
                "/services/propose/",
                "/services/{service}/",
                "/services/{service}/activities/",
                "/services/{service}/retier/?scheme=RPS&activity=INTRAVENOUS_INFUSION",
                "/services/{service}/patients/",
                "/services/{service}/terms/",
                "/services/{service}/charter/",
                "/services/{service}/choices/",
                "/services/{service}/medicines/",
                "/providers/",
                "/providers/{provider}/",
                "/providers/{provider}/capabilities/",
                "/providers/{provider}/stop-using/",
            ],
        ),
        ("margaret", ["/services/", "/services/{service}/", "/services/{service}/moves/close-to-new/"]),
        (
            "dilys",
            ["/services/{service}/", "/providers/{provider}/", "/patients/{patient}/", "/today/enrolments/?all=1"],
        ),
    ],
)
def test_the_pages_are_clean(page: Page, service: HomecareService, username: str, paths: list[str]) -> None:
    patient = Enrolment.objects.filter(service=service).values_list("patient_id", flat=True).first()
    ids = {"service": service.pk, "provider": service.provider_id, "patient": patient}
    sign_in(page, username)
    assert [fault for path in paths for fault in faults_at(page, path.format(**ids))] == []
