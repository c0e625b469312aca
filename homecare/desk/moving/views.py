"""One patient's transfer: begun with its consequences in sight, looked at while it runs, called off."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.core.errors import Refused
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.moving import deeds, presenter
from homecare.desk.moving.forms import CallOffForm, transfer_form
from homecare.desk.moving.planning import open_services
from homecare.desk.patient_page.banner import banner_of
from homecare.navigation import address_of
from patients.models import Enrolment, Transfer
from patients.states import ON_TREATMENT

JOINED = ("patient__recipient", "treatment__product", "medicine", "service__provider", "clinic")
WITH_BOTH = ("from_enrolment__service__provider", "to_enrolment__service__provider", "bulk")


def _enrolment(who: Doing, enrolment_id: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(who.by).select_related(*JOINED)
    return get_object_or_404(rows, pk=enrolment_id)


def _transfer_of(who: Doing, enrolment: Enrolment) -> Transfer | None:
    """Return the transfer by which an enrolment left its provider, or came to it, whichever was last."""
    rows = Transfer.objects.visible_to(who.by).filter(cancelled_on__isnull=True)
    mine = rows.filter(Q(from_enrolment=enrolment) | Q(to_enrolment=enrolment))
    return mine.select_related(*WITH_BOTH).order_by("-pk").first()


def _back(enrolment: Enrolment) -> str:
    return address_of("enrolment", enrolment.pk) or reverse("patient", args=[enrolment.patient_id])


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Begin a transfer; or show the one that is under way, or by which the patient came."""
    who = doing(request, Permission.PATIENT_VIEW)
    enrolment = _enrolment(who, enrolment_id)
    found = _transfer_of(who, enrolment)
    may_move_on = found is not None and found.finished_on is not None and found.to_enrolment_id == enrolment.pk
    if found is not None and not (may_move_on and (request.method == "POST" or "again" in request.GET)):
        if request.method == "POST":
            raise Refused(deeds.why_not_now(enrolment) or "This patient has moved already.", code="moving")
        return _show(request, who, enrolment, found, may_move_on=may_move_on)
    return _begin(request, doing(request, Permission.ENROLMENT_EDIT), enrolment)


def _show(
    request: HttpRequest, who: Doing, enrolment: Enrolment, found: Transfer, *, may_move_on: bool
) -> HttpResponse:
    context: dict[str, Any] = {
        "enrolment": enrolment,
        "transfer": found,
        "sides": presenter.sides(found, who.by, today=who.today),
        "rows": presenter.comparison(found, who.by, today=who.today),
        "home": presenter.home_facts(found.from_enrolment if found.is_under_way else found.to_enrolment, who.today),
        "again": presenter.to_agree_again(found) if found.is_under_way else [],
        "may_change": who.by.may(Permission.ENROLMENT_EDIT),
        "may_move_on": may_move_on and enrolment.status in ON_TREATMENT and who.by.may(Permission.ENROLMENT_EDIT),
        "banner": banner_of(enrolment.patient, today=who.today),
        "back": _back(enrolment),
    }
    return render(request, "desk/moving/transfer.html", context)


def _begin(request: HttpRequest, who: Doing, enrolment: Enrolment) -> HttpResponse:
    refusal = deeds.why_not_now(enrolment)
    if refusal:
        raise Refused(refusal, code="not_now")
    offered = open_services([enrolment.medicine_id], leaving=enrolment.service.provider)[enrolment.medicine_id]
    if not offered:
        raise Refused(
            f"No other provider has a live service that supplies {enrolment.medicine} and takes new patients."
            " Take one live first.",
            code="no_service",
        )
    page = Page(
        "Transfer to another provider",
        "Start the transfer",
        "The transfer has begun. Next: the patient’s consent to share with the new provider.",
        reverse("transfer", args=[enrolment.pk]),
        consequences=presenter.consequences(enrolment, who.by),
    )
    return deed_page(
        request,
        form_class=transfer_form(offered),
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=presenter.facts(enrolment, who.by, today=who.today),
        act=lambda given: deeds.start_transfer(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Call a transfer off."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    found = _transfer_of(who, enrolment)
    if found is None or not found.is_under_way:
        return redirect("transfer", enrolment_id)
    old, new = found.from_enrolment, found.to_enrolment
    page = Page(
        "Call the transfer off",
        "Call it off",
        f"Called off. The patient stays with {old.service.provider}.",
        _back(old),
        consequences=presenter.after_calling_off(found),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=CallOffForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[("From", str(old.service)), ("To", str(new.service)), ("Begun", f"{found.started_on:%-d %B %Y}")],
        act=lambda given: deeds.cancel_transfer(transfer=found, by=who.by, at=who.at, **given),
    )
