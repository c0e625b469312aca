"""The pages about people in a real browser: fit for everybody (axe), wide and narrow; and a link handed over."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from homecare.accounts import roles
from homecare.accounts.models import User
from tests.desk.people.steps import NEW, PASSWORD, choose, link_of, somebody

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
WIDTHS = [1280, 390]
PAGES = ["", "add/", "{}/", "{}/role/", "{}/deactivate/", "{}/second-factor/", "{}/link/", "{}/specialty/"]


def sign_in(page: Page, at: str, username: str, password: str = PASSWORD) -> None:
    """Sign in by hand."""
    page.goto(f"{at}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def administrator() -> None:
    """Add an administrator who has a password."""
    choose(link_of(somebody(roles.SystemAdministrator, username="admin", family_name="Weber")))


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, by the rules of WCAG 2.2 AA, and whether it is wider than the screen."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags}).response["violations"]
    wrong = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*wrong, *([f"{overflow} px wider than the screen"] if overflow > 0 else [])]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_are_fit_for_everybody(chromium: Browser, live_server: LiveServer, width: int) -> None:
    administrator()
    person = somebody(roles.ClinicalPharmacist, username="priya", family_name="Nair")
    page = chromium.new_page(viewport={"width": width, "height": 900})
    sign_in(page, live_server.url, "admin")
    wrong = {}
    for address in PAGES:
        page.goto(f"{live_server.url}/people/" + address.format(person.pk))
        wrong[address] = faults(page)
    page.goto(f"{live_server.url}/people/{person.pk}/link/")
    page.get_by_label("Why").fill("Forgotten")
    page.get_by_role("button", name="Make a link").click()
    wrong["the link"] = faults(page)
    page.goto(page.get_by_text("/reset/key/").inner_text())
    wrong["behind the link"] = faults(page)
    page.close()
    assert {address: found for address, found in wrong.items() if found} == {}


def test_somebody_is_added_and_comes_in_by_the_link(chromium: Browser, live_server: LiveServer) -> None:
    administrator()
    page = chromium.new_page()
    sign_in(page, live_server.url, "admin")
    page.get_by_role("link", name="Add a person").click()
    for label, field in (("Given name", "given_name"), ("Family name", "family_name"), ("Username", "username")):
        page.get_by_label(label).fill(NEW[field])
    page.get_by_label("Work email address").fill(NEW["email"])
    page.get_by_label("Homecare technician").check()
    page.get_by_role("button", name="Add person").click()
    link = page.get_by_text("/reset/key/").inner_text()
    theirs = chromium.new_context().new_page()
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_label("The same password again", exact=True).fill(PASSWORD)
    theirs.get_by_role("button", name="Save password").click()
    assert theirs.get_by_role("heading", name="Password saved").is_visible()
    sign_in(theirs, live_server.url, "sobrien")
    assert theirs.get_by_role("heading", name="Today").is_visible()
    page.goto(f"{live_server.url}/people/{User.objects.get(username='sobrien').pk}/deactivate/")
    page.get_by_label("Why").fill("Left")
    page.get_by_role("button", name="Deactivate").click()
    theirs.reload()
    assert theirs.get_by_role("heading", name="Sign in").is_visible()
    theirs.context.close()
    page.close()
