"""Services: the list, one service, its patients, and its tier before and after a change of activities."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.errors import Refused
from homecare.desk.deed_pages.pages import doing
from homecare.desk.patient_page.views import permissions
from homecare.desk.services import actions, presenter, preview
from homecare.desk.services.filters import ServiceFilters
from homecare.desk.services.forms import ActivitiesForm, ReasonForm
from homecare.desk.services.pages import looking, service_or_404
from homecare.desk.today.paging import PRINTED, SIZE, Key
from providers.retiering import changed_since_approval, tier_history
from providers.services import why_no_new_enrolment
from providers.tiers import Scheme

methods = require_http_methods(["GET", "POST"])


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """List the services with their tiers, why, and how many patients are on each."""
    who = looking(request)
    filters = ServiceFilters.read(request.GET)
    context = {
        "columns": presenter.COLUMNS,
        "rows": presenter.list_of(who.by, filters),
        "fields": filters.fields(who.by),
        "filters": filters,
        "may_propose": who.by.may(Permission.REFERENCE_EDIT),
        "at": who.at,
    }
    return render(request, "desk/services/list.html", context)


@require_GET
def service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show one service: its tier and why, what it offers, its terms, and what became of it."""
    who = looking(request)
    found = service_or_404(who, service_id)
    past = tier_history(found)
    context = {
        "service": found,
        "colour": presenter.status_colour(found.status),
        "moves": presenter.moves_of(found, who.by),
        "whose_move": presenter.WHO_MOVES.get(found.status),
        "closed": why_no_new_enrolment(found),
        "groups": presenter.groups(presenter.activities_of(found), scheme=Scheme(found.tier_scheme)),
        "patients": presenter.patients_of(who.by, [found.pk])[found.pk],
        "medicines": sorted(str(medicine) for medicine in found.medicines.all()),
        "styles": presenter.styles_of(found),
        "parameters": presenter.parameters_of(found),
        "charter": presenter.charter_of(found),
        "past": past,
        "is_stale": changed_since_approval(found, past),
        "changes": list(found.status_changes.select_related("by").order_by("-at", "-pk")),
    }
    return render(request, "desk/services/service.html", context | permissions(who.by))


@require_GET
def patients(request: HttpRequest, service_id: int) -> HttpResponse:
    """List the patients who are under way on a service."""
    who = doing(request, Permission.PATIENT_VIEW)
    found = service_or_404(who, service_id)
    size = PRINTED if "print" in request.GET else SIZE
    page = preview.affected(who.by, found, after=Key.read(request.GET.get("after", "")), size=size)
    access.collect(enrolment.patient_id for enrolment in page.rows)
    context = {
        "service": found,
        "columns": preview.COLUMNS,
        "rows": preview.rows_of(page.rows),
        "page": page,
        "next_query": urlencode({"after": page.next_key}),
        "total": presenter.patients_of(who.by, [found.pk])[found.pk].total,
        "at": who.at,
    }
    return render(request, "desk/services/patients.html", context)


@require_GET
def activities(request: HttpRequest, service_id: int) -> HttpResponse:
    """Offer every activity to tick, saying what each would do to the tier."""
    who = doing(request, Permission.REFERENCE_EDIT)
    found = service_or_404(who, service_id)
    asked = ActivitiesForm(request.GET)
    is_back = "scheme" in request.GET and asked.is_valid()
    chosen = asked.cleaned_data["activity"] if is_back else presenter.activities_of(found)
    scheme = Scheme(asked.cleaned_data["scheme"] if is_back else found.tier_scheme)
    context = {
        "service": found,
        "groups": presenter.groups(chosen, scheme=scheme),
        "scheme": scheme,
        "schemes": ActivitiesForm.base_fields["scheme"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "desk/services/activities.html", context)


@methods
def retier(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show what other activities would make of a service and of whom; once confirmed, change them."""
    who = doing(request, Permission.REFERENCE_EDIT)
    found = service_or_404(who, service_id)
    given = request.POST if request.method == "POST" else request.GET
    asked = ActivitiesForm(given)
    if not asked.is_valid():
        messages.warning(request, "Tick the activities first: something in that address could not be read.")
        return redirect("service_activities", found.pk)
    chosen, scheme = asked.cleaned_data["activity"], Scheme(asked.cleaned_data["scheme"])
    form = ReasonForm(request.POST if request.method == "POST" else None, today=who.today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.retier(
                service=found,
                activities=chosen,
                scheme=scheme,
                seen=request.POST.getlist("seen"),
                by=who.by,
                at=who.at,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.refused(refusal)
        else:
            found.refresh_from_db()
            messages.success(request, f"Activities changed. {found.name} is {found.tier_words}.")
            return redirect("service", found.pk)
    context = _preview(request, who, found, chosen, scheme) | {"form": form}
    return render(request, "desk/services/retier.html", context, status=200 if request.method == "GET" else 422)


def _preview(request: HttpRequest, who: Any, found: Any, chosen: list[str], scheme: Scheme) -> dict[str, Any]:
    before = presenter.activities_of(found)
    change = preview.preview(found, before=before, after=chosen, scheme=scheme)
    page = preview.affected(who.by, found, after=Key.read(request.GET.get("after", "")), size=SIZE)
    access.collect(enrolment.patient_id for enrolment in page.rows)
    asked = {"scheme": scheme.value, "activity": chosen}
    return {
        "service": found,
        "change": change,
        "before": before,
        "chosen": chosen,
        "scheme": scheme,
        "columns": preview.AFFECTED,
        "rows": preview.affected_rows(page.rows, change, today=who.today),
        "page": page,
        "patients": presenter.patients_of(who.by, [found.pk])[found.pk],
        "query": urlencode(asked, doseq=True),
        "next_query": urlencode(asked | {"after": page.next_key}, doseq=True),
        "at": who.at,
    }
