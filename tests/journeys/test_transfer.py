"""A provider fails: its 200 patients are looked at, planned, moved with progress to the end, and handed out."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import msoffcrypto
import pytest
from django.db import connection
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from homecare.desk.moving import running
from homecare.desk.moving.handout import HEADINGS
from patients.models import BulkTransfer, Enrolment, Transfer
from prescriptions.models import RenewalRequest
from tests.desk.moving.lists import Failing, failing
from tests.journeys.conftest import expect_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENTS = 200


@pytest.fixture
def at(people: None, noon: None) -> Failing:
    return failing(PATIENTS)


@pytest.fixture
def worker() -> Iterator[Callable[[BulkTransfer], None]]:
    """Work as the worker does, beside the browser."""
    threads: list[Thread] = []

    def work(bulk: BulkTransfer) -> None:
        def moving() -> None:
            try:
                running.run_for(bulk_id=bulk.pk, seconds=600)
            finally:
                connection.close()

        threads.append(Thread(target=moving))
        threads[-1].start()

    yield work
    for thread in threads:
        thread.join(timeout=300)


def test_two_hundred_patients_move_off_a_failing_provider(
    page: Page, at: Failing, worker: Callable[[BulkTransfer], None], tmp_path: Path
) -> None:
    look(page, at)
    bulk = plan(page, at)
    watch(page, bulk, worker)
    assert Transfer.objects.filter(bulk=bulk).count() == PATIENTS
    assert Enrolment.objects.filter(service=at.target, status="SUITABLE").count() == PATIENTS
    assert RenewalRequest.objects.open().count() == PATIENTS  # one each, for the new provider
    hand_out(page, at, tmp_path)
    one_of_them(page, at)


def look(page: Page, at: Failing) -> None:
    """See everyone on the provider, the first to run out on top."""
    sign_in(page, "grace")
    page.goto(f"/providers/{at.provider.pk}/")
    page.get_by_role("link", name="If it fails").click()
    expect(page.get_by_text(f"{PATIENTS} patients on treatment")).to_be_visible()
    first = at.enrolments[0].patient.family_name.upper()
    expect(page.locator("tbody tr").first).to_contain_text(first)
    expect_accessible(page)


def plan(page: Page, at: Failing) -> BulkTransfer:
    """Choose where to, and look at the list before anybody moves."""
    page.get_by_role("link", name="Move these patients to other providers").click()
    page.get_by_label(f"{at.medicine}: to which service").select_option(str(at.target.pk))
    page.get_by_label("No: cancel what it holds now").check()
    page.get_by_label("Why they move").fill("The provider has closed")
    expect_accessible(page)
    page.get_by_role("button", name="Look at the list").click()
    expect(page.get_by_role("status").first).to_contain_text("Nobody has moved yet")
    first = at.enrolments[0].patient.family_name.upper()
    expect(page.locator("table[data-rows] tbody tr").first).to_contain_text(first)
    expect_accessible(page)
    return BulkTransfer.objects.get()


def watch(page: Page, bulk: BulkTransfer, worker: Callable[[BulkTransfer], None]) -> None:
    """Start it and see it through to the end."""
    page.get_by_role("button", name=f"Start: move {PATIENTS} patients").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect_accessible(page)
    worker(bulk)
    halfway = re.compile(r"^[1-9]\d* moving, 0 not moved, [1-9]\d* waiting\.$")
    expect(page.locator("#progress p[role=status]")).to_have_text(halfway, timeout=120_000)
    expect(page.locator("#progress p[role=status]")).to_have_text(
        f"{PATIENTS} moving, 0 not moved, 0 waiting.", timeout=300_000
    )
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect_accessible(page)


def hand_out(page: Page, at: Failing, folder: Path) -> None:
    """Take the list for the next fortnight; it opens with the passphrase on the page."""
    page.goto(f"/providers/{at.provider.pk}/failure/")
    expect(page.locator("tbody tr").first).to_contain_text("Moving")
    page.get_by_role("link", name="Encrypted list for the next 14 days").click()
    expect(page.get_by_role("heading", name="Encrypted list for the next 14 days")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("button", name="Make the list").click()
    passphrase = page.locator("#passphrase").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Save the encrypted workbook").click()
    expect_accessible(page)
    saved = folder / "list.xlsx"
    downloading.value.save_as(saved)
    opened = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(saved.read_bytes()))
    file.load_key(password=passphrase)
    file.decrypt(opened)
    sheet = load_workbook(opened).active
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    assert sheet.max_row > 1


def one_of_them(page: Page, at: Failing) -> None:
    """See one patient's transfer, and go on with the new provider."""
    page.goto(f"/enrolments/{at.enrolments[0].pk}/transfer/")
    expect(page.get_by_text("Under way")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("link", name=f"Go on with {at.target.provider}").click()
    page.wait_for_url(lambda url: "/transfer/" not in url)
    expect(page.locator("main")).to_contain_text("consent")
    expect_accessible(page)
