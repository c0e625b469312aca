"""A real browser on a real server: journeys are told as people take them. Skipped, and said so, without Chromium."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from homecare.accounts.demo import PASSWORD
from homecare.accounts.models import User
from homecare.desk.people.actions import add_demo_people
from tests.factories import NOON

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium for one file: its event loop must not outlive it into other tests."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("There is no Chromium, and the browser tests were insisted on.")
        pytest.skip("There is no Chromium: the browser journeys are skipped (`make test-browser` installs it).")
    # Playwright keeps an event loop in this thread, for which Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """Open a fresh window on the server."""
    opened = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page; whatever its console complains of is a fault (but for the answers 4xx that a test asks for)."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    found = [error for error in errors if "the server responded with a status of 4" not in error]
    assert found == [], "the browser's console shows errors"


@pytest.fixture
def people(transactional_db: None) -> None:
    """Let the demonstration's people sign in."""
    add_demo_people(by=User.objects.system("demo"), at=NOON)


@pytest.fixture
def noon() -> Iterator[None]:
    """Stop the service's clock at noon on Monday 2 March 2026."""
    with time_machine.travel(NOON, tick=False):
        yield


def sign_in(page: Page, username: str) -> None:
    """Sign in as one of the demonstration's people."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def faults(page: Page) -> list[str]:
    """Hold the page against WCAG 2.2 AA with axe; return what is wrong."""
    page.wait_for_load_state()  # a click returns when the next page has begun to come
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {fault['id']} at {fault['nodes'][0]['html'][:200]}" for fault in found]


def expect_accessible(page: Page) -> None:
    """Fail if axe finds any fault."""
    assert faults(page) == []
