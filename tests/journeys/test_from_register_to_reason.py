"""A technician brings the register in by the browser and sees, for one patient, why a prescription is due."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from homecare.accounts.models import User
from homecare.desk.people.actions import add_demo_people
from homecare.desk.register import running
from homecare.desk.register.models import RegisterImport
from homecare.desk.sweep.actions import sweep
from patients.models import Patient
from tests.journeys.conftest import expect_accessible

REGISTER = Path(__file__).parent.parent / "data" / "register" / "register.xlsx"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def given_a_hospital_with_reference_data_and_people() -> None:
    call_command("load_reference", verbosity=0)
    add_demo_people(by=User.objects.system("demo"), at=timezone.now())
    call_command("approve_protocols", "--by", "margaret", "--all", verbosity=0)


def when_dilys_signs_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Username").fill("dilys")
    page.get_by_role("textbox", name="Password").fill("homecare-demo")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Today").wait_for()


def when_she_uploads_the_register(page: Page) -> None:
    page.get_by_role("link", name="Imports").first.click()
    expect_accessible(page)
    page.locator("input[type=file]").set_input_files(REGISTER)
    today = timezone.localdate()
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        field = page.get_by_label(part, exact=True)
        if field.count():
            field.fill(str(value))
    page.get_by_role("button", name="Upload").click()


def when_she_accepts_the_columns(page: Page) -> None:
    page.get_by_role("heading", name="Match columns").wait_for()
    expect_accessible(page)
    page.get_by_role("button", name="Check the rows").click()
    page.locator("#progress").wait_for()
    running.check_register(import_id=RegisterImport.objects.get().pk, at=timezone.now())  # what a worker does


def then_she_sees_what_would_happen(page: Page) -> None:
    page.get_by_role("button", name="Commit").wait_for()
    figures = page.locator(".app-figures").inner_text()
    assert "3,247" in figures
    assert Patient.objects.count() == 0
    expect_accessible(page)


def when_she_commits(page: Page) -> None:
    page.get_by_role("button", name="Commit").click()
    page.locator("#progress").wait_for()
    running.commit_import(import_id=RegisterImport.objects.get().pk, at=timezone.now())  # what a worker does
    page.get_by_text("Rejected rows with their reasons").wait_for()
    expect_accessible(page)


def then_the_worklist_shows_who_is_due(page: Page) -> str:
    sweep(by=User.objects.system("sweep"), at=timezone.now())  # what beat does each minute
    page.goto("/today/")
    first = page.locator("table tbody tr").first
    expect_accessible(page)
    return first.get_by_role("link").first.inner_text()


def then_the_patient_page_says_why(page: Page, patient: str) -> None:
    page.get_by_role("link", name=patient).first.click()
    page.get_by_text("Why these dates?").first.click()
    reasons = page.locator("details[open]").first.inner_text()
    assert "dose" in reasons
    assert "prescription" in reasons
    expect_accessible(page)


def test_from_the_register_to_the_reason(page: Page) -> None:
    given_a_hospital_with_reference_data_and_people()
    when_dilys_signs_in(page)
    when_she_uploads_the_register(page)
    when_she_accepts_the_columns(page)
    then_she_sees_what_would_happen(page)
    when_she_commits(page)
    patient = then_the_worklist_shows_who_is_due(page)
    then_the_patient_page_says_why(page, patient)
