"""A page that lists an enrolment's records of one kind with what may be done to each, and the deeds reached from it."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core import words
from homecare.core.clock import local_day
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, Page, deed_page
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.patient_page.views import permissions, reader
from homecare.desk.today.cells import Cell
from patients.models import Enrolment
from patients.pathway.facts import requirements_for
from patients.pathway.milestones import PARTY_WORDS
from patients.pathway.requirements import Requirement

JOINED = ("patient__recipient", "treatment__product", "medicine", "service__provider", "clinic__specialty")
Act = tuple[str, str]


@dataclass(frozen=True)
class Record:
    """One record: its cells, what may be done to it, and a longer text where it has one."""

    cells: tuple[Cell, ...]
    acts: tuple[Act, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Listing:
    """What the page of an enrolment's records shows. `codes` are the requirements that are met on it."""

    heading: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    empty: str
    acts: tuple[Act, ...] = ()
    codes: Collection[str] = ()
    notes: tuple[str, ...] = ()
    links: tuple[Act, ...] = field(default=())


def enrolment_of(user: User, enrolment_id: int) -> Enrolment:
    """Load an enrolment that this user may see, or answer that there is none."""
    return get_object_or_404(Enrolment.objects.visible_to(user).select_related(*JOINED), pk=enrolment_id)


def listing_page(
    request: HttpRequest,
    enrolment_id: int,
    build: Callable[[Enrolment, User, dt.date], Listing],
    *,
    needs: Permission = Permission.PATIENT_VIEW,
) -> HttpResponse:
    """Show an enrolment's records of one kind, with how far the requirement is that they meet."""
    user, at = reader(request), timezone.now()
    require(user, needs)
    enrolment, today = enrolment_of(user, enrolment_id), local_day(at)
    access.collect([enrolment.patient_id])
    listing = build(enrolment, user, today)
    required = requirements_for([enrolment.pk], today=today)[enrolment.pk]
    context = {
        "banner": banner_of(enrolment.patient, today=today),
        "enrolment": enrolment,
        "title": title_of(enrolment),
        "listing": listing,
        "required": [_said(requirement) for requirement in required if requirement.code in listing.codes],
        "at": at,
    }
    return render(request, "desk/starting/records.html", context | permissions(user))


def _said(requirement: Requirement) -> tuple[Requirement, str]:
    return requirement, PARTY_WORDS[requirement.whose]


def facts_of(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Say what an enrolment is of, above a form."""
    return [("Medicine", title_of(enrolment)), ("Provider", str(enrolment.service.provider))]


def deed(
    request: HttpRequest,
    who: Doing,
    enrolment: Enrolment,
    form_class: type[Deed],
    *,
    heading: str,
    button: str,
    done: str,
    back: str,
    act: Callable[[dict[str, Any]], Any],
    facts: list[tuple[str, str]] | None = None,
    initial: dict[str, Any] | None = None,
    consequences: tuple[str, ...] = (),
    is_dangerous: bool = False,
) -> HttpResponse:
    """Show the form of a deed on an enrolment's record and do it; `back` names the page to return to."""
    page = Page(heading, button, done, reverse(back, args=[enrolment.pk]), consequences, is_dangerous)
    return deed_page(
        request,
        form_class=form_class,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), *(facts or [])],
        initial=initial,
        act=act,
    )


def acts_of(user: User, *offered: tuple[str, str, int, Permission, bool]) -> tuple[Act, ...]:
    """Return the acts that are possible and that this user may do: words, name of the page, its id, what it needs."""
    return tuple((said, reverse(name, args=[pk])) for said, name, pk, may, can in offered if can and user.may(may))


def day(value: dt.date | None, *, today: dt.date, unknown: str = "–") -> str:
    """Say a day, or that there is none."""
    return words.day(value, today=today) if value else unknown
