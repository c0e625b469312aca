"""What the tests about people share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client
from django.utils import timezone

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.desk.people import actions, links

PASSWORD = "three random words"
WHY = {"reason": "Asked for by the homecare lead"}
NEW = {
    "given_name": "Siobhan",
    "family_name": "O'Brien",
    "username": "sobrien",
    "email": "s.obrien@example.com",
    "role": "TECHNICIAN",
}


def somebody(role: type[roles.Role] = roles.Technician, *, username: str = "jo", family_name: str = "Penn") -> User:
    """Return somebody without a password, added as a hospital adds them."""
    return actions.add_person(
        username=username,
        given_name="Jo",
        family_name=family_name,
        email=f"{username}@example.com",
        role=role,
        by=User.objects.system("command"),
        at=timezone.now(),
    )


def administrator(username: str = "admin") -> Client:
    """Return a browser in which a system administrator has signed in."""
    person = somebody(roles.SystemAdministrator, username=username, family_name="Weber")
    choose(link_of(person))
    person.refresh_from_db()
    return signed_in(person)


def signed_in(person: User) -> Client:
    """Return a browser in which this person has signed in."""
    client = Client()
    client.force_login(person)
    return client


def follow(link: str, client: Client | None = None):
    """Open a link, and return the browser with the page behind it."""
    browser = client or Client()
    return browser, browser.get(link, follow=True)


def choose(link: str, password: str = PASSWORD):
    """Open a link and choose a password; return the page that answers."""
    browser, page = follow(link)
    where = page.redirect_chain[-1][0] if page.redirect_chain else link
    return browser.post(where, {"password1": password, "password2": password}, follow=True)


def may_sign_in(person: User, password: str = PASSWORD) -> bool:
    """Say whether the person gets in with this password."""
    client = Client()
    client.post("/accounts/login/", {"login": person.username, "password": password})
    return client.get("/account/roles/").status_code == 200


def link_in(page: str) -> str:
    """Return the path of the link that a page or a command's output shows."""
    found = re.search(r"/accounts/password/reset/key/[0-9a-z-]+/", page)
    assert found is not None
    return found[0]


def link_of(person: User) -> str:
    """Return a link for this person as they are now."""
    person.refresh_from_db()
    return links.link_path(person)


@contextmanager
def unchanged(person: User) -> Iterator[None]:
    """Fail if anything of the person's row changes."""
    before = User.objects.filter(pk=person.pk).values().get()
    yield
    assert User.objects.filter(pk=person.pk).values().get() == before
