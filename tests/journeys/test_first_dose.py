"""From registered to the first dose, by the people who do it: a mid-tech start with training, and a complex one."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from patients.models import Cover, Enrolment, PathwayClock
from tests.journeys.conftest import expect_accessible, sign_in
from tests.journeys.test_renewal import sign_out
from tests.patients.starts import registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MID = ("TRAINING_AND_COMPETENCY", "BASIC_ASEPTIC_TECHNIQUE", "REFRIGERATION_PROVIDED")
COMPLEX = (
    "ADMINISTERED_BY_PROFESSIONAL",
    "CLINICAL_PROTOCOL",
    "BESPOKE_SOLUTION",
    "HOME_ADAPTATION",
    "EQUIPMENT_INSTALLED",
)
SHOTS = os.environ.get("SHOTS")


class Start:
    """One start, walked in a browser: each page is looked at by axe before anything is done on it."""

    def __init__(self, page: Page, enrolment: Enrolment) -> None:
        self.page, self.enrolment = page, enrolment
        self.seen = 0

    def open(self, path: str = "") -> None:
        """Open one of the enrolment's pages."""
        self.page.goto(f"/enrolments/{self.enrolment.pk}/{path}")
        self.look()

    def look(self) -> None:
        """Hold the page against WCAG, and keep a picture where one is asked for."""
        self.page.wait_for_load_state()
        expect(self.page.locator("main h1")).to_be_visible()
        expect_accessible(self.page)
        if SHOTS:
            self.seen += 1
            self.page.screenshot(path=Path(SHOTS) / f"{self.seen:02d}.png", full_page=True)

    def link(self, words: str) -> None:
        """Follow a link."""
        self.page.locator("main").get_by_role("link", name=words).first.click()
        self.look()

    def fill(self, **given: str) -> None:
        """Fill fields by their names."""
        for name, value in given.items():
            field = self.page.locator(f"main form [name={name}]").first
            if field.get_attribute("type") in {"radio", "checkbox"}:
                self.page.locator(f"main form [name={name}][value={value}]").check()
            else:
                field.fill(value)

    def press(self, words: str) -> None:
        """Press the button, and expect to be told that it was done."""
        self.page.locator("main").get_by_role("button", name=words).click()
        expect(self.page.locator(".app-message--success, [role=status]").first).to_be_visible()

    def sign(self, username: str) -> None:
        """Change who sits there."""
        if self.page.url != "about:blank":
            sign_out(self.page)
        sign_in(self.page, username)

    def record_regimen(self) -> None:
        """A pharmacist records the regimen."""
        self.open("regimen/")
        self.link("Record the regimen")
        self.fill(starts_on="2026-03-02", units_per_dose="1", dose_text="40 mg", pattern="EVERY_DAYS", every_days="14")
        self.press("Record regimen")

    def ask_and_record(self) -> None:
        """A technician asks for the first prescription and records it as signed."""
        self.open()
        self.link("Ask for the first prescription")
        self.press("Ask the clinic")
        self.link("Ask for the first prescription")
        self.link("Record a signed prescription")
        self.fill(artefact="WET_INK_ORIGINAL", deliveries="3", units_each="4")
        self.press("Record prescription")

    def screen(self) -> None:
        """A pharmacist screens it."""
        self.open("first-prescription/")
        self.link("Open the prescription")
        self.link("Screen it")
        self.fill(outcome="APPROVED")
        self.press("Record outcome")

    def send(self) -> None:
        """A technician sends it."""
        self.open()
        self.link("Send the prescription to the provider")
        self.link("Open the prescription")
        self.link("Send it to the provider")
        self.press("Send prescription")

    def deliver(self) -> None:
        """The provider spoke with the patient, and the first delivery came."""
        self.open("first-contact/")
        self.fill(made_by="PROVIDER", outcome="REACHED")
        self.press("Record contact")
        self.link("Chase the first delivery")
        self.link("Record a delivery")
        self.fill(units="4", batch_number="B7", expires_on="2026-12-01")
        self.press("Record delivery")

    def take(self) -> None:
        """The patient took the first dose."""
        self.open()
        self.link("Ask when the first dose was taken")
        self.press("Record first dose")
        expect(self.page.get_by_role("status").first).to_contain_text("The patient is on treatment")
        self.look()

    def expect_active(self) -> None:
        """Expect what the first dose leads to."""
        found = Enrolment.objects.select_related("treatment").get(pk=self.enrolment.pk)
        assert (found.status, str(found.treatment.started_on)) == ("ACTIVE", "2026-03-02")
        cover = Cover.objects.get(pk=found.pk)
        assert (cover.is_live, str(cover.first_uncovered_dose_on)) == (True, "2026-04-27")
        assert PathwayClock.objects.get(enrolment=found).end_reason == "FIRST_DOSE"


def test_a_mid_tech_start_with_training(page: Page, people: None, noon: None) -> None:
    start = Start(page, registered(*MID))
    start.sign("priya")
    start.record_regimen()
    start.sign("dilys")
    start.ask_and_record()
    start.sign("priya")
    start.screen()
    start.sign("dilys")
    start.send()
    start.open("equipment/")
    start.link("Record equipment")
    start.fill(kind="FRIDGE", serial_number="F-7", owner="PROVIDER", delivered_on="2026-03-02")
    start.press("Record equipment")
    start.deliver()
    start.open("first-dose/")
    expect(page.get_by_text("Training, with a signed competency: No training visit is planned")).to_be_visible()
    page.get_by_role("button", name="Record first dose").click()
    expect(page.get_by_text("The first dose cannot be recorded yet.").first).to_be_visible()
    start.look()
    start.open()
    start.link("Book and record the training")
    start.link("Plan a visit")
    start.fill(kind="TRAINING")
    start.press("Plan visit")
    start.look()
    start.link("Record as done")
    start.fill(person_trained="The patient", outcome="COMPETENT", competency_signed_on="2026-03-02")
    start.press("Record training")
    start.look()
    start.take()
    start.expect_active()


def test_a_complex_start_with_plan_protocol_adaptation_and_equipment(page: Page, people: None, noon: None) -> None:
    start = Start(page, registered(*COMPLEX))
    start.sign("dilys")
    start.open("care-plan/")
    start.link("Write the plan")
    start.fill(text="One infusion a fortnight by the nurse.\nCall the registrar if a line is red.")
    start.press("Save this version")
    start.ask_and_record()
    start.sign("priya")
    start.screen()
    start.record_regimen()
    start.open("care-plan/")
    start.link("Approve")
    start.press("Approve plan")
    start.look()
    start.sign("dilys")
    start.send()
    start.open("escalation-protocol/")
    start.link("Record the protocol")
    start.fill(name="Home infusion", version="3", contact_name="On-call registrar", contact_telephone="01632 960123")
    start.press("Record protocol")
    start.look()
    for kind, words in (("ADAPTATION", "Second basin"), ("INSTALLATION", "Infusion pump on the wall")):
        start.open("adaptations/")
        start.link("Plan work on the home")
        start.fill(kind=kind, description=words, planned_on="2026-03-02")
        start.press("Record")
        row = page.get_by_role("row", name=words)
        row.get_by_role("link", name="Record days").click()
        start.look()
        start.fill(surveyed_on="2026-02-20", completed_on="2026-03-02")
        start.press("Record days")
    start.look()
    start.open("equipment/")
    start.link("Record equipment")
    start.fill(kind="PUMP", serial_number="P-31", owner="TRUST", delivered_on="2026-03-02", service_due_on="2026-03-20")
    start.press("Record equipment")
    start.look()
    start.deliver()
    start.open("visits/")
    start.link("Plan a visit")
    start.fill(kind="ADMINISTRATION")
    start.press("Plan visit")
    start.link("Book")
    start.fill(booked_on="2026-03-02", nurse_name="Nurse Adair")
    start.press("Book visit")
    start.look()
    start.take()
    start.expect_active()
    page.goto("/today/equipment_to_service/?all=1")
    expect(page.get_by_text("serial number P-31")).to_be_visible()
    start.look()
