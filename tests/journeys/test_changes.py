"""Changes as people live them: a pause with its reminder, and a death on the day for which a delivery was booked."""

import datetime as dt

import pytest
import time_machine
from playwright.sync_api import Page, expect

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.desk.sweep.actions import sweep
from homecare.messaging.models import OutboxMessage, Recipient
from patients.models import Collection, Enrolment, PathwayClock, ProviderNotice
from prescriptions.models import RenewalRequest
from tests.desk.changing.ends import Everything, everything
from tests.desk.pages import TODAY, treated
from tests.factories import NOON
from tests.journeys.conftest import expect_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/accounts/login/")


def swept(at: dt.datetime) -> int:
    """Run the sweep; return how many renewals it opened."""
    return sweep(by=User.objects.system("sweep"), at=at).opened


def test_a_pause_is_told_reminded_of_and_ended(page: Page, people: None) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        enrolment = treated("Pausing", units=1)
        patient = f"/patients/{enrolment.patient_id}/"
        pause(page, patient)
        tell(page, enrolment)

        clock.move_to(NOON + 20 * DAY)
        assert swept(NOON + 20 * DAY) == 0, "nothing is asked for while treatment is paused"
        assert not OutboxMessage.objects.exists()
        sign_in(page, "dilys")
        page.goto("/today/restarts_expected/?all=1")
        expect(page.get_by_text("Nobody’s treatment is due to restart.")).to_be_visible()

        clock.move_to(NOON + 24 * DAY)
        sign_in(page, "dilys")
        page.goto("/today/restarts_expected/?all=1")
        expect(page.get_by_text("in 6 days")).to_be_visible()
        expect_accessible(page)

        clock.move_to(NOON + 31 * DAY)
        sign_in(page, "dilys")
        page.goto(patient)
        expect(page.get_by_text("Resume it, or give another day.")).to_be_visible()
        expect_accessible(page)
        page.get_by_role("link", name="Resume").click()
        page.get_by_role("button", name="Resume treatment").click()
        expect(page.get_by_role("status")).to_contain_text("Treatment resumed")
        page.goto(f"/enrolments/{enrolment.pk}/")
        expect(page.get_by_role("heading", name="Clock: resumption")).to_be_visible()
        expect_accessible(page)
    assert PathwayClock.objects.running().get(enrolment=enrolment).kind == "RESUMPTION"


def pause(page: Page, patient: str) -> None:
    """Pause a treatment until 1 April, as a nurse."""
    sign_in(page, "siobhan")
    page.goto(patient)
    page.get_by_role("link", name="Pause", exact=True).click()
    expect_accessible(page)
    page.get_by_label("Infection").check()
    page.get_by_label("Expected to restart on").fill("2026-04-01")
    page.get_by_role("button", name="Pause treatment").click()
    expect(page.get_by_role("status")).to_contain_text("Treatment paused")
    sign_out(page)


def tell(page: Page, enrolment: Enrolment) -> None:
    """Tell the provider by telephone, and record that it knows, as a technician."""
    sign_in(page, "dilys")
    page.goto("/today/providers_to_tell/?all=1")
    page.get_by_role("link", name="Homecare team").click()
    expect(page.get_by_text("Expected to restart on 1 April 2026.")).to_be_visible()
    expect_accessible(page)
    page.get_by_label("PAUSING").check()
    page.get_by_role("button", name="Told by telephone just now").click()
    expect(page.get_by_role("heading", name="You told 1 notice by telephone?")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("button", name="Yes, record it").click()
    page.get_by_role("link", name="They know").click()
    page.get_by_label("Who at the provider acknowledged it").fill("Sam at the desk")
    page.get_by_role("button", name="Record acknowledgement").click()
    expect(page.get_by_text("Every provider acknowledged what it was told.")).to_be_visible()
    assert ProviderNotice.objects.get(enrolment=enrolment).acknowledged_by == "Sam at the desk"
    sign_out(page)


@pytest.fixture
def booked_today(people: None, noon: None) -> Everything:
    return everything(status="BOOKED")


def test_a_death_on_the_day_a_delivery_was_booked(page: Page, booked_today: Everything) -> None:
    one, patient = booked_today, f"/patients/{booked_today.enrolment.patient_id}/"
    assert one.delivery.booked_on == TODAY
    sign_in(page, "dilys")
    page.goto(patient)
    page.get_by_role("link", name="Record a death").click()
    expect(page.get_by_text("booked for 2 March 2026 is cancelled")).to_be_visible()
    expect_accessible(page)
    page.get_by_label("Died on").fill("2026-03-02")
    page.get_by_label("Who told us").fill("The GP rang")
    page.get_by_role("button", name="Record death").click()

    expect(page.get_by_text("This patient has died on 2 Mar 2026.")).to_be_visible()
    expect(page.get_by_text("What happens next")).to_have_count(0)
    expect(page.get_by_text("Stop every delivery, visit, call and message to the home.")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("link", name="Collections").first.click()
    expect(page.get_by_text("Ring the family with care, and never the patient.")).to_be_visible()
    expect_accessible(page)
    page.goto("/collections/")
    expect(page.get_by_text("Fridge F1 (provider)", exact=True)).to_be_visible()
    expect_accessible(page)

    assert Delivery.objects.get(pk=one.delivery.pk).status == "CANCELLED"
    assert Recipient.objects.get(pk=one.enrolment.patient.recipient_id).silenced_reason == "DECEASED"
    assert set(Collection.objects.values_list("kind", "is_gentle")) == {
        ("EQUIPMENT", True),
        ("SHARPS", True),
        ("MEDICINE", True),
    }
    assert set(ProviderNotice.objects.untold().values_list("kind", flat=True)) == {"DEATH", "COLLECTION"}
    for days in (1, 30, 90):
        assert swept(NOON + days * DAY) == 0
    assert not RenewalRequest.objects.open().exists()
    to_them = OutboxMessage.objects.filter(recipient=one.enrolment.patient.recipient_id)
    assert not to_them.exclude(status="SUPPRESSED").exists()
