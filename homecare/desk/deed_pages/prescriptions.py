"""The thin line through: a renewal answered, signed, screened, sent, acknowledged, delivered."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from deliveries import actions as deliveries
from deliveries.models import Delivery
from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.deed_pages import forms
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of, unit_of
from homecare.desk.patient_page.views import permissions, reader
from patients.pathway.facts import funding_for
from patients.pathway.funding import Standing
from patients.states import BEFORE_ACTIVE
from prescriptions import actions
from prescriptions.actions.prescription import SignedPrescription
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.presenters import move_of, whose_move
from prescriptions.states import PRESCRIPTION_TRANSITIONS, RENEWAL_TRANSITIONS

methods = require_http_methods(["GET", "POST"])
ENROLMENT = ("enrolment__patient__recipient", "enrolment__medicine", "enrolment__treatment__product",
             "enrolment__service__provider", "enrolment__clinic", "enrolment__cover")  # fmt: skip
# A prescription's acts in the order of its life: event, words of the link, name of the page, what it needs.
ACTS = (
    ("screen", "Screen it", "prescription_screen", Permission.PRESCRIPTION_SCREEN),
    ("amend", "Record the prescriber's answer", "prescription_answer", Permission.PRESCRIPTION_RECORD),
    ("send", "Send it to the provider", "prescription_send", Permission.PRESCRIPTION_SEND),
    ("acknowledge", "Record that the provider has it", "prescription_acknowledge", Permission.PRESCRIPTION_ACKNOWLEDGE),
    ("deliver", "Record a delivery", "prescription_delivered", Permission.DELIVERY_RECORD),
    ("deliver", "Record a failed delivery", "prescription_failed", Permission.DELIVERY_RECORD),
    ("cancel", "Cancel it", "prescription_cancel", Permission.PRESCRIPTION_CANCEL),
)


def _renewal(by: Any, renewal_id: int) -> RenewalRequest:
    rows = RenewalRequest.objects.visible_to(by).select_related(*ENROLMENT, "opened_by")
    return get_object_or_404(rows, pk=renewal_id)


def _prescription(by: Any, prescription_id: int) -> Prescription:
    rows = Prescription.objects.visible_to(by).select_related(*ENROLMENT, "provider", "prescriber", "renewal")
    return get_object_or_404(rows, pk=prescription_id)


@require_GET
def renewal(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Show a renewal: the next act first, then what was done and why these dates."""
    user = reader(request)
    found = _renewal(user, renewal_id)
    access.collect([found.patient_id])
    made = list(Prescription.objects.visible_to(user).filter(renewal=found).order_by("-pk"))
    today = local_day(timezone.now())
    context = {
        "banner": banner_of(found.enrolment.patient, today=today),
        "renewal": found,
        "title": title_of(found.enrolment),
        "move": whose_move(found, made[0] if made else None),
        "prescriptions": made,
        "is_first": found.enrolment.status in BEFORE_ACTIVE,
        "funding": _funding(found, today=today),
        "asks": list(found.asks.select_related("by").order_by("-at")),
        "changes": list(found.status_changes.select_related("by").order_by("-at", "-pk")),
        "can": {
            event: RENEWAL_TRANSITIONS.allows(event, source=found.status)
            for event in ("approve_to_prescribe", "prescribe")
        },
    }
    return render(request, "desk/renewal.html", context | permissions(user))


def _funding(found: RenewalRequest, *, today: dt.date) -> str:
    """Say what a prescriber should know of the funding: that it runs out, has lapsed, or was never approved."""
    enrolment = found.enrolment
    funding = funding_for([enrolment.treatment_id], today=today)[enrolment.treatment_id]
    is_at_risk = funding.standing in {Standing.RUNNING_OUT, Standing.LAPSED}
    is_missing = enrolment.service.needs_funding_approval and not funding.allows
    return funding.words if is_at_risk or is_missing else ""


@require_GET
def prescription(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Show a prescription: whose move it is, the acts that may follow, and what was done."""
    user = reader(request)
    found = _prescription(user, prescription_id)
    access.collect([found.patient_id])
    context = {
        "banner": banner_of(found.enrolment.patient, today=local_day(timezone.now())),
        "prescription": found,
        "title": title_of(found.enrolment),
        "unit": unit_of(found.enrolment),
        "move": move_of(found),
        "acts": [
            (words, reverse(name, args=[found.pk]))
            for event, words, name, may in ACTS
            if user.may(may) and _may_follow(event, found)
        ],
        "screens": list(found.screens.select_related("screened_by").order_by("-screened_at")),
        "deliveries": list(found.made.prefetch_related("lines").order_by("sequence")),
        "changes": list(found.status_changes.select_related("by").order_by("-at", "-pk")),
    }
    return render(request, "desk/prescription.html", context | permissions(user))


def _may_follow(event: str, found: Prescription) -> bool:
    if event == "deliver":
        return PRESCRIPTION_TRANSITIONS.allows("supersede", source=found.status) and found.remaining > 0
    return PRESCRIPTION_TRANSITIONS.allows(event, source=found.status)


def _facts(found: Prescription) -> list[tuple[str, str]]:
    unit = unit_of(found.enrolment)
    return [
        ("Medicine", title_of(found.enrolment)),
        ("Provider", str(found.provider)),
        ("Signed", f"{found.signed_on:%-d %B %Y}" if found.signed_on else "not signed"),
        ("Prescriber", str(found.prescriber or "not recorded")),
        (
            "It gives",
            f"{found.deliveries} deliveries of {unit.count(found.units_each)}, every {found.interval_days} days",
        ),
        ("Dose", found.dose_text or "not recorded"),
        ("Last valid", f"{found.last_valid_on:%-d %B %Y}" if found.last_valid_on else "not known"),
    ]


@methods
def answer(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Record what the clinic answered."""
    who = doing(request, Permission.RENEWAL_EDIT)
    found = _renewal(who.by, renewal_id)
    return deed_page(
        request,
        form_class=forms.AnswerForm,
        page=Page(
            "Record the clinic's answer", "Record answer", "Answer recorded.", reverse("renewal", args=[found.pk])
        ),
        patient=found.enrolment.patient,
        doing=who,
        facts=[("Medicine", title_of(found.enrolment)), ("Clinic", str(found.enrolment.clinic))],
        act=lambda given: actions.answer(renewal=found, by=who.by, at=who.at, **given),
    )


@methods
def signed(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Record a prescription as signed."""
    who = doing(request, Permission.PRESCRIPTION_SIGNED_RECORD)
    found = _renewal(who.by, renewal_id)
    service = found.enrolment.service
    latest = Prescription.objects.visible_to(who.by).filter(enrolment=found.enrolment).order_by("-pk").first()
    initial = {
        "interval_days": latest.interval_days if latest else service.delivery_interval_days,
        "deliveries": latest.deliveries if latest else None,
        "units_each": latest.units_each if latest else None,
        "dose_text": latest.dose_text if latest else "",
        "prescriber": found.enrolment.treatment.consultant_id,
    }

    def act(given: dict[str, Any]) -> Any:
        prescriber = given["prescriber"]
        written = SignedPrescription(prescribed_by=prescriber.user if prescriber else None, **given)
        return actions.record_signed(renewal=found, signed=written, by=who.by, at=who.at)

    return deed_page(
        request,
        form_class=forms.SignedForm,
        page=Page(
            "Record a signed prescription",
            "Record prescription",
            "Prescription recorded as signed. A clinical pharmacist screens it next.",
            reverse("renewal", args=[found.pk]),
        ),
        patient=found.enrolment.patient,
        doing=who,
        facts=[("Medicine", title_of(found.enrolment)), ("Provider", str(service.provider))],
        initial=initial,
        act=act,
    )


def _deed(request: HttpRequest, who: Doing, found: Prescription, form_class: Any, page: Page, act: Any) -> HttpResponse:
    return deed_page(
        request,
        form_class=form_class,
        page=page,
        patient=found.enrolment.patient,
        doing=who,
        facts=_facts(found),
        act=act,
    )


def _back(found: Prescription) -> str:
    return reverse("prescription", args=[found.pk])


@methods
def screen(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Screen a prescription clinically."""
    who = doing(request, Permission.PRESCRIPTION_SCREEN)
    found = _prescription(who.by, prescription_id)
    page = Page("Clinical screening", "Record outcome", "Screening recorded.", _back(found))
    return _deed(
        request, who, found, forms.ScreenForm, page,
        lambda given: actions.screen(prescription=found, by=who.by, at=who.at, **given),
    )  # fmt: skip


@methods
def answer_query(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Record the prescriber's answer to a query."""
    who = doing(request, Permission.PRESCRIPTION_RECORD)
    found = _prescription(who.by, prescription_id)
    page = Page(
        "Record the prescriber's answer", "Record answer", "Answer recorded. It is screened again.", _back(found)
    )
    return _deed(
        request, who, found, forms.AnswerQueryForm, page,
        lambda given: actions.answer_query(prescription=found, by=who.by, at=who.at, **given),
    )  # fmt: skip


@methods
def send(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Send a prescription to its provider."""
    who = doing(request, Permission.PRESCRIPTION_SEND)
    found = _prescription(who.by, prescription_id)
    page = Page(
        f"Send to {found.provider}", "Send prescription", f"Prescription sent to {found.provider}.", _back(found)
    )
    return _deed(
        request, who, found, forms.SendForm, page,
        lambda given: actions.send(prescription=found, by=who.by, at=who.at, **given),
    )  # fmt: skip


@methods
def acknowledge(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Record that the provider has a prescription."""
    who = doing(request, Permission.PRESCRIPTION_ACKNOWLEDGE)
    found = _prescription(who.by, prescription_id)
    page = Page("Record that the provider has it", "Record", f"{found.provider} has the prescription.", _back(found))
    return _deed(
        request, who, found, forms.AcknowledgeForm, page,
        lambda given: actions.acknowledge(prescription=found, by=who.by, at=who.at, **given),
    )  # fmt: skip


@methods
def delivered(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Record what reached the patient."""
    who = doing(request, Permission.DELIVERY_RECORD)
    found = _prescription(who.by, prescription_id)

    def act(given: dict[str, Any]) -> Delivery:
        line = deliveries.Line(units=given["units"], batch_number=given["batch_number"], expires_on=given["expires_on"])
        delivery = deliveries.plan_next(prescription=found, by=who.by, at=who.at)
        return deliveries.record_delivered(
            delivery=delivery,
            delivered_on=given["delivered_on"],
            lines=[line],
            in_full=not given["in_part"],
            recipient_name=given["recipient_name"],
            by=who.by,
            at=who.at,
        )

    page = Page("Record a delivery", "Record delivery", "Delivery recorded. The cover has moved.", _back(found))
    return _deed(request, who, found, forms.DeliveredForm, page, act)


@methods
def failed(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Record a delivery that failed."""
    who = doing(request, Permission.DELIVERY_RECORD)
    found = _prescription(who.by, prescription_id)

    def act(given: dict[str, Any]) -> Delivery:
        delivery = deliveries.plan_next(prescription=found, by=who.by, at=who.at)
        return deliveries.record_failed(delivery=delivery, by=who.by, at=who.at, **given)

    page = Page("Record a failed delivery", "Record failure", "Failed delivery recorded.", _back(found))
    return _deed(request, who, found, forms.FailedForm, page, act)


@methods
def cancel(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Cancel a prescription."""
    who = doing(request, Permission.PRESCRIPTION_CANCEL)
    found = _prescription(who.by, prescription_id)
    page = Page(
        "Cancel the prescription",
        "Cancel prescription",
        "Prescription cancelled.",
        _back(found),
        consequences=("The cover no longer counts on it.", "A provider that has it must be told by telephone as well."),
        is_dangerous=True,
    )
    return _deed(
        request, who, found, forms.CancelForm, page,
        lambda given: actions.cancel(prescription=found, by=who.by, at=who.at, **given),
    )  # fmt: skip
