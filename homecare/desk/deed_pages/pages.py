"""The one way in which a deed is asked for, done and answered."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.overtaken import mark_of, refuse_if_overtaken
from homecare.desk.patient_page.banner import banner_of
from patients.models import Patient

# What would follow from a deed, said before it is done.
Preview = Callable[[dict[str, Any]], Sequence[str]]


@dataclass(frozen=True)
class Doing:
    """Who does it and when, as every action asks."""

    by: User
    at: dt.datetime

    @property
    def today(self) -> dt.date:
        """Return the local day."""
        return local_day(self.at)


@dataclass(frozen=True)
class Page:
    """What the page of a deed says."""

    heading: str
    button: str
    done: str
    back: str
    consequences: tuple[str, ...] = ()
    is_dangerous: bool = False
    links: tuple[tuple[str, str], ...] = ()  # words and addresses of what else may be done here


def doing(request: HttpRequest, permission: Permission) -> Doing:
    """Return who asks and when, if they may do this."""
    assert isinstance(request.user, User)
    require(request.user, permission)
    return Doing(request.user, timezone.now())


def deed_page(
    request: HttpRequest,
    *,
    form_class: Callable[..., Deed],
    page: Page,
    patient: Patient,
    doing: Doing,
    act: Callable[[dict[str, Any]], Any],
    initial: dict[str, Any] | None = None,
    facts: list[tuple[str, str]] | None = None,
    preview: Preview | None = None,
    template: str = "desk/deed.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the form; do the deed with what it holds; say what was done, or what to do instead.

    With a preview, what would follow is shown for a second look before it is done: the deed itself, rolled back, says
    by then whether it would be refused. A deed that shows more than a form has its own template, and `more` for it.
    """
    access.collect([patient.pk])
    form = form_class(request.POST if request.method == "POST" else None, today=doing.today, initial=initial)
    context = {
        "form": form,
        "page": page,
        "banner": banner_of(patient, today=doing.today),
        "facts": facts or [],
        "as_of": mark_of(patient),
    }
    is_second_look = preview is None or "seen" in request.POST
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        try:
            with transaction.atomic():  # a deed of two steps is refused whole
                refuse_if_overtaken(request.POST.get("as_of", ""), patient, by=doing.by, at=doing.at)
                follows = preview(form.cleaned_data) if preview is not None and not is_second_look else None
                act(form.cleaned_data)
                transaction.set_rollback(not is_second_look)
        except Refused as refusal:
            form.refused(refusal)
        else:
            if is_second_look:
                messages.success(request, page.done)
                return redirect(page.back)
            return render(request, "desk/deed_preview.html", context | {"follows": follows})
    was_refused = request.method == "POST" and "change" not in request.POST
    return render(request, template, context | (more or {}), status=422 if was_refused else 200)
