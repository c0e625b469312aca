"""Which pages stand in the menu, for whom. A page that is not mounted is left out."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission


@dataclass(frozen=True)
class Entry:
    """A page in the menu: its words, the name of its address, and what somebody must hold to see it."""

    text: str
    name: str
    permission: Permission | None


MENU: tuple[Entry, ...] = (
    Entry("Overview", "overview", Permission.DASHBOARD_VIEW),
    Entry("Today", "today", Permission.PATIENT_VIEW),
    Entry("Not started", "not_started", Permission.PATIENT_VIEW),
    Entry("Reviews", "reviews", Permission.PATIENT_VIEW),
    Entry("Patients", "patients", Permission.PATIENT_VIEW),
    Entry("Refer", "refer", Permission.ENROLMENT_EDIT),
    Entry("Messages", "messages", Permission.MESSAGE_VIEW),
    Entry("Services", "services", Permission.DASHBOARD_VIEW),
    Entry("Texts", "pathway_content", Permission.PROTOCOL_APPROVE),
    Entry("Imports", "register_imports", Permission.REGISTER_IMPORT),
    Entry("People", "people", Permission.USER_MANAGE),
    Entry("Roles", "roles", None),
)


@dataclass(frozen=True)
class Link:
    """An entry with its address, and whether it is the page one is on."""

    text: str
    href: str
    current: bool


def menu(request: HttpRequest, user: User) -> list[Link]:
    """Return the links of the menu for this user, their own first page first."""
    links = []
    home = user.role_class.home if user.role_class else ""
    for entry in sorted(MENU, key=lambda entry: entry.name != home):
        if entry.permission is not None and not user.may(entry.permission):
            continue
        href = address_of(entry.name)
        if href is None:
            continue
        links.append(Link(entry.text, href, request.path.startswith(href)))
    return links


def address_of(name: str, *values: int) -> str | None:
    """Return the address of a named page, or nothing where it is not mounted."""
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return None
