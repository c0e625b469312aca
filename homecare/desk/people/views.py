"""Who signs in: the list, one person, and each deed upon an account. For system administrators, who see no patient."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts import roles
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.errors import Refused
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, Page, doing
from homecare.desk.people import actions, forms, links, presenter

methods = require_http_methods(["GET", "POST"])
ENDS_SESSIONS = "Their open sessions end at once: what they are typing on an open page is lost."


@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List everybody, those who may act first."""
    who = _doing(request)
    everybody = list(presenter.people_seen_by(who.by).order_by("-is_active", "last_name", "first_name", "pk"))
    context = {
        "columns": presenter.COLUMNS,
        "rows": presenter.rows_of(everybody, now=who.at, today=who.today),
        "active": sum(person.is_active for person in everybody),
        "missing": presenter.roles_without_anybody(everybody),
        "screening": presenter.who_screens(today=who.today),
    }
    return render(request, "desk/people/list.html", context)


@never_cache
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show one person's account, what was done to it, and what may be done."""
    who = _doing(request)
    found = _person(who, person_id)
    context = {
        "person": found,
        "password": presenter.password_words(found),
        "is_own": found.pk == who.by.pk,
        "is_pharmacist": found.role_class is roles.ClinicalPharmacist,
        "specialties": presenter.specialties_of(found, today=who.today),
        "changes": presenter.changes_of(found),
    }
    return render(request, "desk/people/person.html", context)


@never_cache
@methods
def add(request: HttpRequest) -> HttpResponse:
    """Add a person, and show the link to hand over."""
    who = _doing(request)
    page = Page("Add a person", "Add person", "", reverse("people"))
    return _deed(request, who, forms.PersonForm, page, lambda given: actions.add_person(by=who.by, at=who.at, **given))


@never_cache
@methods
def role(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person another role."""
    who, found = _asked(request, person_id)
    page = Page(
        heading="Change role",
        button="Change role",
        done=f"{found} has another role.",
        back=_home_of(found),
        consequences=(
            ENDS_SESSIONS,
            "From then on the new role alone decides what they see and may do.",
            "A clinical pharmacist who gets another role loses their specialties and cover.",
        ),
    )
    return _deed(
        request,
        who,
        forms.RoleForm,
        page,
        lambda given: actions.change_role(person=found, by=who.by, at=who.at, **given),
        person=found,
    )


@never_cache
@methods
def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take a person's access away."""
    who, found = _asked(request, person_id)
    page = Page(
        heading="Take access away",
        button="Deactivate",
        done=f"{found} can no longer sign in.",
        back=_home_of(found),
        consequences=(
            ENDS_SESSIONS,
            "They cannot sign in, and a link for choosing a password that they hold no longer works.",
            "Nothing they did is removed, and you can give the access back.",
        ),
        is_dangerous=True,
    )
    return _with_reason(request, who, page, actions.deactivate, found)


@never_cache
@methods
def reactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person's access back."""
    who, found = _asked(request, person_id)
    page = Page(
        heading="Give access back",
        button="Reactivate",
        done=f"{found} can sign in again.",
        back=_home_of(found),
        consequences=(
            f"They can sign in again with the password and second factor they had, as {found.role_name.lower()}.",
        ),
    )
    return _with_reason(request, who, page, actions.reactivate, found)


@never_cache
@methods
def second_factor(request: HttpRequest, person_id: int) -> HttpResponse:
    """Forget a person's second factor."""
    who, found = _asked(request, person_id)
    page = Page(
        heading="Reset second factor",
        button="Reset second factor",
        done=f"{found} sets up a second factor when they next sign in.",
        back=_home_of(found),
        consequences=(
            ENDS_SESSIONS,
            "Their authenticator app and recovery codes no longer work.",
            "Until they set up another, their password alone lets somebody in to set one up: "
            "make sure first that it is they who ask.",
        ),
        is_dangerous=True,
    )
    return _with_reason(request, who, page, actions.reset_second_factor, found)


@never_cache
@methods
def link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Make a new link for choosing a password."""
    who, found = _asked(request, person_id)
    page = Page(
        heading="New link for choosing a password",
        button="Make a link",
        done="",
        back=_home_of(found),
        consequences=(
            ENDS_SESSIONS,
            "Their present password, and any link made before, stop working now.",
            f"You get a link to hand over. It works once, for {links.life()}.",
        ),
        is_dangerous=True,
    )
    return _with_reason(request, who, page, actions.forget_password, found)


@never_cache
@methods
def specialty(request: HttpRequest, person_id: int) -> HttpResponse:
    """Say what a pharmacist screens for."""
    who, found = _asked(request, person_id)
    page = Page("Add a specialty or cover", "Save", f"What {found} screens for is saved.", _home_of(found))
    return _deed(
        request,
        who,
        forms.SpecialtyForm,
        page,
        lambda given: actions.cover_specialty(pharmacist=found, by=who.by, at=who.at, **given),
        person=found,
    )


@never_cache
@methods
def specialty_end(request: HttpRequest, person_id: int, held_id: int) -> HttpResponse:
    """Say that a pharmacist no longer screens for a specialty."""
    who, found = _asked(request, person_id)
    held = get_object_or_404(found.pharmacist_specialties.select_related("specialty"), pk=held_id)
    page = Page(
        heading=f"Take {held.specialty} away",
        button="Take away",
        done=f"{found} no longer screens for {held.specialty}.",
        back=_home_of(found),
        consequences=(f"They screen no more for {held.specialty}, from now on.",),
        is_dangerous=True,
    )
    return _deed(
        request,
        who,
        forms.ReasonForm,
        page,
        lambda given: actions.take_specialty(held=held, by=who.by, at=who.at, **given),
        person=found,
    )


def _doing(request: HttpRequest) -> Doing:
    return doing(request, Permission.USER_MANAGE)


def _person(who: Doing, person_id: int) -> User:
    return get_object_or_404(presenter.people_seen_by(who.by), pk=person_id)


def _asked(request: HttpRequest, person_id: int) -> tuple[Doing, User]:
    """Return who asks and about whom; nobody is asked to confirm a deed upon themselves."""
    who = _doing(request)
    found = _person(who, person_id)
    actions.refuse_own(found, by=who.by)
    return who, found


def _home_of(person: User) -> str:
    return reverse("person", args=[person.pk])


def _with_reason(
    request: HttpRequest, who: Doing, page: Page, deed: Callable[..., User | None], person: User
) -> HttpResponse:
    return _deed(
        request,
        who,
        forms.ReasonForm,
        page,
        lambda given: deed(person=person, by=who.by, at=who.at, **given),
        person=person,
    )


def _deed(
    request: HttpRequest,
    who: Doing,
    form_class: type[Deed],
    page: Page,
    act: Callable[[dict[str, Any]], Any],
    *,
    person: User | None = None,
) -> HttpResponse:
    """Show the form and what the deed does; do it; say what was done, or show the link of whom it returns."""
    form = form_class(request.POST if request.method == "POST" else None, today=who.today)
    if request.method == "POST" and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except Refused as refusal:
            form.refused(refusal)
        else:
            if isinstance(done, User):
                return _hand_over(request, done)
            messages.success(request, page.done)
            return redirect(page.back)
    context = {"form": form, "page": page, "person": person}
    return render(request, "desk/people/deed.html", context, status=200 if request.method == "GET" else 422)


def _hand_over(request: HttpRequest, person: User) -> HttpResponse:
    """Show a link once: it is in this answer only, and kept nowhere."""
    context = {
        "person": person,
        "link": request.build_absolute_uri(links.link_path(person)),
        "life": links.life(),
        "at": timezone.now(),
    }
    return render(request, "desk/people/link.html", context)
