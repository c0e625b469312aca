"""A page for each deed of a registration: sent, acknowledged, queried, answered, rejected, closed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.core import words
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.registering import forms
from homecare.desk.registering.views import JOINED
from patients.actions import registration as actions
from patients.models import Enrolment, Registration, RegistrationQuery
from providers.models import ProviderClient

methods = require_http_methods(["GET", "POST"])
Facts = list[tuple[str, str]]


def _enrolment(who: Doing, enrolment_id: int) -> Enrolment:
    return get_object_or_404(Enrolment.objects.visible_to(who.by).select_related(*JOINED), pk=enrolment_id)


def _registration(who: Doing, registration_id: int) -> Registration:
    joined = [f"enrolment__{name}" for name in JOINED]
    rows = Registration.objects.visible_to(who.by).select_related("provider", "sent_by", *joined)
    return get_object_or_404(rows, pk=registration_id)


def _back(enrolment: Enrolment) -> str:
    return reverse("registration", args=[enrolment.pk])


def _facts(found: Registration, today: Any) -> Facts:
    return [
        ("Medicine", title_of(found.enrolment)),
        ("Provider", str(found.provider)),
        ("Sent", f"{words.day(found.sent_at.date(), today=today)} by {found.sent_by}, attempt {found.attempt}"),
    ]


@methods
def send(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Send a registration, or send it again."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    provider = enrolment.service.provider
    has_client = ProviderClient.objects.visible_to(who.by).filter(provider=provider).exists()
    channel = Registration.Channel.API if has_client else Registration.Channel.EMAIL
    page = Page(
        f"Send the registration to {provider}",
        "Send registration",
        f"Registration sent to {provider}.",
        _back(enrolment),
        consequences=(
            f"{provider} is given what the page before shows, and can read it here if its system is connected.",
            "By email, portal or post: take the PDF or the data from the next page and send it.",
        ),
    )
    return deed_page(
        request,
        form_class=forms.SendForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[("Medicine", title_of(enrolment)), ("Service", enrolment.service.name), ("Provider", str(provider))],
        initial={"channel": channel},
        act=lambda given: actions.send_registration(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _answer(
    request: HttpRequest, registration_id: int, form_class: type[Deed], page: Page, act: Callable[..., Any]
) -> HttpResponse:
    who = doing(request, Permission.REGISTRATION_ANSWER)
    found = _registration(who, registration_id)
    return deed_page(
        request,
        form_class=form_class,
        page=Page(page.heading, page.button, page.done, _back(found.enrolment), page.consequences),
        patient=found.enrolment.patient,
        doing=who,
        facts=_facts(found, who.today),
        act=lambda given: act(registration=found, by=who.by, at=who.at, **given),
    )


@methods
def acknowledge(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Record that the provider has set the patient up."""
    page = Page("Record the acknowledgement", "Record acknowledgement", "Registration acknowledged.", "")
    return _answer(request, registration_id, forms.AcknowledgeForm, page, actions.acknowledge_registration)


@methods
def query(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Record what the provider asks."""
    page = Page("Record the provider's query", "Record query", "Query recorded. Answer it, then send again.", "")
    return _answer(request, registration_id, forms.QueryForm, page, actions.query_registration)


@methods
def reject(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Record that the provider rejected it."""
    page = Page("Record the rejection", "Record rejection", "Rejection recorded. Put it right and send again.", "")
    return _answer(request, registration_id, forms.RejectForm, page, actions.reject_registration)


@methods
def answer(request: HttpRequest, query_id: int) -> HttpResponse:
    """Answer what the provider asked."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    rows = RegistrationQuery.objects.filter(registration__in=Registration.objects.visible_to(who.by))
    asked = get_object_or_404(rows, pk=query_id)
    found = _registration(who, asked.registration_id)
    page = Page(
        "Answer the provider's query",
        "Record answer",
        "Answer recorded. Send the registration again, and the answer goes with it.",
        _back(found.enrolment),
    )
    return deed_page(
        request,
        form_class=forms.AnswerForm,
        page=page,
        patient=found.enrolment.patient,
        doing=who,
        facts=[*_facts(found, who.today), ("They ask", asked.question)],
        act=lambda given: actions.answer_registration_query(query=asked, by=who.by, at=who.at, **given),
    )


@methods
def close(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Give up an enrolment whose registration was rejected."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    page = Page(
        "Close the enrolment",
        "Close enrolment",
        "Enrolment closed.",
        _back(enrolment),
        consequences=(
            f"The patient does not start with {enrolment.service.provider}.",
            "The treatment goes on from the hospital until the patient is referred for another service.",
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.CloseForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[("Medicine", title_of(enrolment)), ("Provider", str(enrolment.service.provider))],
        act=lambda given: actions.close_registration(enrolment=enrolment, by=who.by, at=who.at, **given),
    )
