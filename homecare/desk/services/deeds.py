"""A page for each deed upon a service: proposed, moved, and its terms, charter, medicines and choices set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, Page, doing
from homecare.desk.services import actions, forms, presenter
from homecare.desk.services.pages import service_deed, service_or_404
from homecare.desk.today.cells import tier_with_reasons
from providers import actions as providers
from providers.actions.terms import CHARTER, PARAMETERS
from providers.models import HomecareService
from providers.states import SERVICE

methods = require_http_methods(["GET", "POST"])


@dataclass(frozen=True)
class MovePage:
    """What the page of a move says: its heading, button, what was done, and what follows from it."""

    heading: str
    button: str
    done: str
    consequences: tuple[str, ...] = ()
    form: type[Deed] = forms.ReasonForm
    is_dangerous: bool = False


MOVES: Final[Mapping[str, MovePage]] = {
    "assess": MovePage(
        "Record the assessment",
        "Record assessment",
        "Assessment recorded. The Chief Pharmacist approves the service, or sends it back.",
        form=forms.AssessForm,
    ),
    "approve": MovePage(
        "Approve this service",
        "Approve",
        "Approved. It takes patients once it is live.",
        ("It takes no patient yet: that begins when you take it live.",),
        form=forms.ApproveForm,
    ),
    "go_live": MovePage(
        "Take this service live",
        "Take live",
        "Live. Patients can be enrolled on it.",
        ("Patients can be enrolled on it from now on.",),
        form=forms.NoteForm,
    ),
    "send_back": MovePage(
        "Send this service back",
        "Send back",
        "Sent back to the homecare lead.",
        ("It is a proposal again, and is assessed anew.",),
    ),
    "close_to_new": MovePage(
        "Close to new patients",
        "Close to new patients",
        "Closed to new patients.",
        ("Nobody new can be enrolled on it.", "Those who are on it go on as before."),
        is_dangerous=True,
    ),
    "reopen": MovePage("Reopen to new patients", "Reopen", "Open to new patients again."),
    "end": MovePage(
        "End this service",
        "End service",
        "The service has ended.",
        ("Nobody can be enrolled on it, and it cannot be opened again.", "It is refused while patients are on it."),
        is_dangerous=True,
    ),
}


@methods
def move(request: HttpRequest, service_id: int, name: str) -> HttpResponse:
    """Ask for a move of a service with what it needs, and make it."""
    event = name.replace("-", "_")
    if event not in MOVES:
        raise Http404
    (permission,) = {move.permission for move in SERVICE.transitions if move.event == event}
    who = doing(request, permission)
    found, said = service_or_404(who, service_id), MOVES[event]
    SERVICE.find(event, source=found.status)
    page = Page(said.heading, said.button, said.done, _back(found), said.consequences, said.is_dangerous)
    form = said.form(request.POST if request.method == "POST" else None, today=who.today)
    return service_deed(request, form=form, page=page, about=_about(found, who), act=_act(event, found, who))


def _act(event: str, service: HomecareService, who: Doing) -> Callable[[dict[str, Any]], Any]:
    if event == "assess":
        return lambda given: providers.assess_service(service=service, by=who.by, at=who.at, **given)
    if event == "approve":
        return lambda given: providers.approve_service(service=service, by=who.by, at=who.at, **given)
    if event == "end":
        return lambda given: actions.end_service(service=service, by=who.by, at=who.at, **given)
    return lambda given: providers.move_service(service=service, event=event, by=who.by, at=who.at, **given)


@methods
def terms(request: HttpRequest, service_id: int) -> HttpResponse:
    """Change the terms by which supply is planned."""
    who, found = _asked(request, service_id)
    page = Page(
        "Change the terms",
        "Save the terms",
        "Terms saved.",
        _back(found),
        ("The dates of all its patients are worked out again by these terms.",),
    )
    return _terms(request, who, found, forms.TermsForm, page, PARAMETERS)


@methods
def charter(request: HttpRequest, service_id: int) -> HttpResponse:
    """Change the contacts and words of a patient's charter."""
    who, found = _asked(request, service_id)
    page = Page("Change contacts and charter", "Save", "Contacts and charter saved.", _back(found))
    return _terms(request, who, found, forms.CharterForm, page, CHARTER)


def _terms(
    request: HttpRequest,
    who: Doing,
    found: HomecareService,
    form_class: type[Deed],
    page: Page,
    fields: tuple[str, ...],
) -> HttpResponse:
    initial = {name: getattr(found, name) for name in fields}
    form = form_class(request.POST if request.method == "POST" else None, today=who.today, initial=initial)

    def act(given: dict[str, Any]) -> None:
        chosen = {name: given[name] for name in fields}
        actions.change_terms(service=found, terms=chosen, by=who.by, at=who.at, reason=given["reason"])

    return service_deed(request, form=form, page=page, about=_about(found, who), act=act)


@methods
def styles(request: HttpRequest, service_id: int) -> HttpResponse:
    """Say what a patient of a service may choose."""
    who, found = _asked(request, service_id)
    initial: dict[str, list[str]] = {}
    for style in found.styles.all():
        initial.setdefault(style.kind, []).append(style.value)
    form = forms.StylesForm(request.POST if request.method == "POST" else None, today=who.today, initial=initial)
    page = Page("What a patient may choose", "Save the choices", "Choices saved.", _back(found))
    return service_deed(
        request,
        form=form,
        page=page,
        about=_about(found, who),
        act=lambda given: providers.set_styles(service=found, styles=form.chosen(), by=who.by, at=who.at),
    )


@methods
def medicines(request: HttpRequest, service_id: int) -> HttpResponse:
    """Say which medicines a service supplies."""
    who, found = _asked(request, service_id)
    form = forms.MedicinesForm(
        request.POST if request.method == "POST" else None,
        today=who.today,
        initial={"medicines": list(found.medicines.all())},
    )
    page = Page("Change the medicines", "Save the medicines", "Medicines saved.", _back(found))
    return service_deed(
        request,
        form=form,
        page=page,
        about=_about(found, who),
        act=lambda given: actions.change_medicines(
            service=found, medicines=list(given["medicines"]), by=who.by, at=who.at, reason=given["reason"]
        ),
    )


@methods
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a service; its activities are chosen next."""
    who = doing(request, Permission.REFERENCE_EDIT)
    initial = {"provider": request.GET.get("provider", "")}
    form = forms.ProposeForm(
        request.POST if request.method == "POST" else None, today=who.today, by=who.by, initial=initial
    )
    page = Page(
        "Propose a service",
        "Propose service",
        "Proposed. Tick its activities next: they make its tier.",
        reverse("services"),
        ("It takes no patient until the Chief Pharmacist has approved it and taken it live.",),
    )

    def act(given: dict[str, Any]) -> HomecareService:
        return providers.propose_service(
            provider=given["provider"],
            name=given["name"],
            source=given["source"],
            medicines=list(given["medicines"]),
            activities=[],
            terms={name: given[name] for name in given if name in PARAMETERS},
            by=who.by,
            at=who.at,
        )

    def then(service: HomecareService) -> str:
        return reverse("service_activities", args=[service.pk])

    return service_deed(request, form=form, page=page, about=[], act=act, then=then)


def _asked(request: HttpRequest, service_id: int) -> tuple[Doing, HomecareService]:
    who = doing(request, Permission.REFERENCE_EDIT)
    return who, service_or_404(who, service_id)


def _back(service: HomecareService) -> str:
    return reverse("service", args=[service.pk])


def _about(service: HomecareService, who: Doing) -> list[tuple[str, str]]:
    patients = presenter.patients_of(who.by, [service.pk])[service.pk]
    return [
        ("Service", f"{service.name}, {service.provider}"),
        ("Tier", tier_with_reasons(service)),
        ("Status", service.get_status_display()),
        ("Patients", f"{patients.total}{f' ({patients.words})' if patients.words else ''}"),
    ]
