"""The one way in which a deed upon a service or a provider is asked for, done and answered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.errors import NotAllowed, Refused
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, Page
from providers.models import HomecareService


def looking(request: HttpRequest) -> Doing:
    """Return who looks and when, if they may see services: those who see patients, or the counts."""
    assert isinstance(request.user, User)
    user = request.user
    if not user.is_human or not (user.may(Permission.PATIENT_VIEW) or user.may(Permission.DASHBOARD_VIEW)):
        raise NotAllowed(user.refusal(Permission.DASHBOARD_VIEW))
    return Doing(user, timezone.now())


def service_or_404(who: Doing, service_id: int) -> HomecareService:
    """Return a service that this user may see, with its provider."""
    rows = HomecareService.objects.visible_to(who.by).select_related(
        "provider", "contract", "assessed_by", "approved_by"
    )
    return get_object_or_404(rows, pk=service_id)


def service_deed(
    request: HttpRequest,
    *,
    form: Deed,
    page: Page,
    about: list[tuple[str, str]],
    act: Callable[[dict[str, Any]], Any],
    then: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Show the form; do the deed with what it holds; say what was done, or what to do instead.

    `then` says where to go on, from what the deed returned; otherwise it is back to where one came from.
    """
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                done = act(form.cleaned_data)
        except Refused as refusal:
            form.refused(refusal)
        else:
            messages.success(request, page.done)
            return redirect(then(done) if then else page.back)
    context = {"form": form, "page": page, "about": about}
    return render(request, "desk/services/deed.html", context, status=200 if request.method == "GET" else 422)
