"""Suitability, choice, consent and its withdrawal: a page each."""

import datetime as dt
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.assessing import forms
from homecare.desk.assessing.consequences import withdrawal_means
from homecare.desk.assessing.prefill import known_of
from homecare.desk.assessing.records import assessments_of, choices_of, consents_of, easy_reads, speakers_of, text_by_id
from homecare.desk.assessing.shared import back_to, enrolment_for, latest_id
from homecare.desk.deed_pages.about import facts_of
from homecare.desk.deed_pages.forms import WithdrawConsentForm
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from patients.actions import choice as choosing
from patients.actions import consent as consenting
from patients.actions import suitability as assessing
from patients.states import BEFORE_ACTIVE

methods = require_http_methods(["GET", "POST"])


@methods
def suitability(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Assess whether homecare is suitable."""
    who = doing(request, Permission.SUITABILITY_ASSESS)
    enrolment = enrolment_for(who.by, enrolment_id)
    checklist = assessing.checklist_in_force()
    questions = assessing.questions_for(enrolment, checklist, today=who.today) if checklist else []
    form_class = partial(forms.SuitabilityForm, questions=questions, known=known_of(enrolment, today=who.today))
    months = checklist.review_months if checklist else None
    return deed_page(
        request,
        form_class=form_class,
        page=Page(
            "Assess whether homecare is suitable", "Record assessment", "Assessment recorded.", back_to(enrolment)
        ),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        initial={
            "latest": latest_id(enrolment.assessments),
            "review_due_on": _months_after(who.today, months) if months else None,
            **_as_before(enrolment),
        },
        act=lambda given: assessing.assess(enrolment=enrolment, by=who.by, at=who.at, **given),
        template="desk/assessing/suitability.html",
        more={"checklist": checklist, "earlier": assessments_of(enrolment), "may_approve": _may_approve(who.by)},
    )


def _as_before(enrolment: Any) -> dict[str, Any]:
    """Return what was answered the last time, to begin a review with."""
    last = next(iter(assessments_of(enrolment)), None)
    if last is None:
        return {}
    answers = {answer.question.code: answer for answer in last.answers.all()}
    before: dict[str, Any] = {f"answer_{code}": answer.answer for code, answer in answers.items()}
    return (
        before | {f"note_{code}": answer.note for code, answer in answers.items()} | {"adjustments": last.adjustments}
    )


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + year, month + 1, min(day.day, 28))


def _may_approve(user: Any) -> bool:
    return bool(user.may(Permission.PROTOCOL_APPROVE))


@methods
def choice(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record an informed choice. What the provider cannot do stands above everything that is chosen."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = enrolment_for(who.by, enrolment_id)
    limits, is_fixed = choosing.limits_for(enrolment.patient, enrolment), enrolment.service.scheme_fixes_supplier
    needs = set(enrolment.patient.accessible_needs.values_list("kind", flat=True))  # what they can read stands first
    form_class = partial(
        forms.ChoiceForm,
        leaflets=sorted(choosing.leaflets_for(enrolment), key=lambda leaflet: leaflet.format not in needs),
        points=choosing.charter_points(),
        styles=list(enrolment.service.styles.order_by("kind", "pk")),
        limits=limits,
        is_fixed=is_fixed,
    )
    return deed_page(
        request,
        form_class=form_class,
        page=Page("Offer homecare or the hospital", "Record choice", "Choice recorded.", back_to(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        initial={"latest": latest_id(enrolment.choices)},
        act=lambda given: choosing.record_choice(enrolment=enrolment, by=who.by, at=who.at, **given),
        template="desk/assessing/choice.html",
        more={"limits": limits, "is_fixed": is_fixed, "earlier": choices_of(enrolment), "enrolment": enrolment},
    )


@methods
def consent(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record consent to the text in force, shown word for word."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = enrolment_for(who.by, enrolment_id)
    text, is_starting = consenting.text_in_force(), enrolment.status in BEFORE_ACTIVE
    form_class = partial(
        forms.ConsentForm,
        patient=enrolment.patient,
        speakers=speakers_of(enrolment.patient),
        is_starting=is_starting,
    )

    def act(given: dict[str, Any]) -> Any:
        version = given.pop("version", "").strip()
        seen = given.pop("text")
        return consenting.record_consent(
            enrolment=enrolment,
            text=None if version else text_by_id(seen),
            version=version,
            by=who.by,
            at=who.at,
            **given,
        )

    return deed_page(
        request,
        form_class=form_class,
        page=Page("Record consent", "Record consent", "Consent recorded.", back_to(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        initial={"text": text.pk if text else None, "taken_by": str(who.by)},
        act=act,
        template="desk/assessing/consent.html",
        more={
            "text": text,
            "is_easy": easy_reads(enrolment.patient),
            "enrolment": enrolment,
            "earlier": consents_of(enrolment),
            "may_approve": _may_approve(who.by),
        },
    )


@methods
def withdraw_consent(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record that consent was withdrawn, having shown what follows from it."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = enrolment_for(who.by, enrolment_id)
    is_starting = enrolment.status in BEFORE_ACTIVE
    page = Page(
        "Record that consent was withdrawn",
        "Record withdrawal",
        "Withdrawal recorded. Nothing more is sent to the patient about this treatment."
        + ("" if is_starting else " Now plan how they are supplied safely."),
        back_to(enrolment) if is_starting else reverse("handover", args=[enrolment.pk]),
        consequences=withdrawal_means(enrolment, who.by),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=WithdrawConsentForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: deeds.withdraw_consent(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def handover(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record how somebody who withdrew consent is supplied safely."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = enrolment_for(who.by, enrolment_id)
    page = Page(
        "Plan the safe supply",
        "Record plan",
        "Plan recorded.",
        back_to(enrolment),
        consequences=(
            "Consent is withdrawn: nothing new goes to the provider. The treatment goes on.",
            "Until a plan is recorded, the patient stays on the list of reviews.",
        ),
    )
    return deed_page(
        request,
        form_class=forms.HandoverForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: consenting.record_handover(enrolment=enrolment, by=who.by, at=who.at, **given),
    )
