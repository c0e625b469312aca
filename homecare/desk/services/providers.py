"""Providers: the list, one provider with its services and what it can do for whom, and the deeds upon it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.pages import Doing, Page, doing
from homecare.desk.patient_page.views import permissions
from homecare.desk.services import forms, presenter, provider_presenter
from homecare.desk.services.pages import looking, service_deed
from homecare.navigation import address_of
from providers import actions
from providers.models import Provider

methods = require_http_methods(["GET", "POST"])


@require_GET
def providers(request: HttpRequest) -> HttpResponse:
    """List the providers."""
    who = looking(request)
    context = {
        "columns": provider_presenter.PROVIDER_COLUMNS,
        "rows": provider_presenter.provider_rows(who.by),
        "at": who.at,
    }
    return render(request, "desk/services/providers.html", context)


@require_GET
def provider(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Show a provider: who it is, its services, and what it can and cannot do for people with needs."""
    who = looking(request)
    found = _provider(who, provider_id)
    services = presenter.services_seen_by(who.by).filter(provider=found).order_by("name")
    context = {
        "provider": found,
        "names": provider_presenter.spellings_of(found),
        "columns": presenter.COLUMNS,
        "rows": presenter.rows_of(services, who.by),
        "capabilities": provider_presenter.capabilities_of(found),
        "failure": address_of("provider_failure", found.pk),
        "at": who.at,
    }
    return render(request, "desk/services/provider.html", context | permissions(who.by))


@methods
def capability(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Record whether a provider can meet a need."""
    who = doing(request, Permission.REFERENCE_EDIT)
    found = _provider(who, provider_id)
    initial = {"need": request.GET.get("need", ""), "language": request.GET.get("language", "")}
    form = forms.CapabilityForm(request.POST if request.method == "POST" else None, today=who.today, initial=initial)
    page = Page(
        "Record what a provider can do",
        "Record",
        f"Recorded what {found} can do.",
        _back(found),
        ("What it cannot do is shown before a patient chooses.",),
    )
    return service_deed(
        request,
        form=form,
        page=page,
        about=[("Provider", found.name)],
        act=lambda given: actions.record_capability(provider=found, by=who.by, at=who.at, **given),
    )


@methods
def use(request: HttpRequest, provider_id: int, active: bool) -> HttpResponse:
    """Say that the hospital no longer uses a provider, or uses it again."""
    who = doing(request, Permission.REFERENCE_EDIT)
    found = _provider(who, provider_id)
    again = ("Its live services take new patients again.",)
    never = ("None of its services takes a new patient.", "Its own system reads and reports nothing any more.")
    page = Page(
        heading="Use this provider again" if active else "Stop using this provider",
        button="Use it again" if active else "Stop using it",
        done=f"{found} is {'in' if active else 'out of'} use.",
        back=_back(found),
        consequences=again if active else never,
        is_dangerous=not active,
    )
    form = forms.ReasonForm(request.POST if request.method == "POST" else None, today=who.today)
    return service_deed(
        request,
        form=form,
        page=page,
        about=[("Provider", found.name)],
        act=lambda given: actions.set_provider_active(provider=found, active=active, by=who.by, at=who.at, **given),
    )


def _provider(who: Doing, provider_id: int) -> Provider:
    return get_object_or_404(Provider.objects.visible_to(who.by), pk=provider_id)


def _back(provider: Provider) -> str:
    return reverse("provider", args=[provider.pk])
