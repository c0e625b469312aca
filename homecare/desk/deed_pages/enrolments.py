"""Deeds on an enrolment and its patient: consent, counts, pauses, the end."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.deed_pages import forms
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.presenter import title_of
from monitoring import actions as monitoring
from monitoring.models import MonitoringItem
from patients import actions as patients
from patients.cover import actions as cover
from patients.models import Enrolment, Patient
from prescriptions import actions as prescriptions

methods = require_http_methods(["GET", "POST"])


def _enrolment(doing: Doing, enrolment_id: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(doing.by).select_related(
        "patient__recipient", "treatment__product", "medicine", "service__provider", "clinic"
    )
    return get_object_or_404(rows, pk=enrolment_id)


def _back(enrolment: Enrolment) -> str:
    return reverse("patient", args=[enrolment.patient_id]) + f"#enrolment-{enrolment.pk}"


def _facts(enrolment: Enrolment) -> list[tuple[str, str]]:
    return [
        ("Medicine", title_of(enrolment)),
        ("Provider", str(enrolment.service.provider)),
        ("Clinic", str(enrolment.clinic)),
    ]


@methods
def consent(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record consent."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = _enrolment(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.ConsentForm,
        page=Page("Record consent", "Record consent", "Consent recorded.", _back(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: patients.record_consent(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def withdraw_consent(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record that consent was withdrawn."""
    who = doing(request, Permission.CONSENT_RECORD)
    enrolment = _enrolment(who, enrolment_id)
    page = Page(
        "Record that consent was withdrawn",
        "Record withdrawal",
        "Withdrawal recorded. Nothing more is sent to the patient about this treatment.",
        _back(enrolment),
        consequences=("No further message is sent about this treatment.", "No further prescription is asked for."),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.WithdrawConsentForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: patients.withdraw_consent(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def count(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record what was counted at home."""
    who = doing(request, Permission.STOCK_COUNT_RECORD)
    enrolment = _enrolment(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.CountForm,
        page=Page("Record a stock count", "Record count", "Count recorded. The dates have moved.", _back(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: cover.record_count(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def suspend(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Pause a treatment."""
    who = doing(request, Permission.ENROLMENT_SUSPEND)
    enrolment = _enrolment(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.SuspendForm,
        page=Page(
            "Pause treatment",
            "Pause treatment",
            "Treatment paused.",
            _back(enrolment),
            consequences=("No dose is reckoned, and nothing is asked for, until it is resumed.",),
        ),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: patients.suspend(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def resume(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """End a pause."""
    who = doing(request, Permission.ENROLMENT_SUSPEND)
    enrolment = _enrolment(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.ResumeForm,
        page=Page("Resume treatment", "Resume treatment", "Treatment resumed.", _back(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: patients.resume(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def stop(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Stop a treatment, with what hangs on it."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = _enrolment(who, enrolment_id)
    page = Page(
        "Stop homecare for this treatment",
        "Stop treatment",
        "Treatment stopped.",
        _back(enrolment),
        consequences=(
            "Open requests and prescriptions for it are cancelled.",
            "Deliveries that have not left are cancelled; one on its way must be stopped by telephone.",
            "Its blood tests and messages end.",
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.StopForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: deeds.stop_treatment(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def death(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record a death."""
    who = doing(request, Permission.ENROLMENT_EDIT)  # it ends treatments, so it is no administrative write
    patient = get_object_or_404(Patient.objects.visible_to(who.by).select_related("recipient"), pk=patient_id)
    page = Page(
        "Record a death",
        "Record death",
        "Death recorded. Nothing is ever sent again.",
        reverse("patient", args=[patient.pk]),
        consequences=(
            "Every treatment ends; open requests and prescriptions are cancelled.",
            "Deliveries that have not left are cancelled; one on its way must be stopped by telephone.",
            "Nothing is ever sent to the patient again.",
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.DeathForm,
        page=page,
        patient=patient,
        doing=who,
        act=lambda given: deeds.record_death(patient=patient, by=who.by, at=who.at, **given),
    )


@methods
def ask(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Ask for a prescription by hand."""
    who = doing(request, Permission.RENEWAL_OPEN)
    enrolment = _enrolment(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.AskForm,
        page=Page("Ask for a prescription", "Ask the clinic", "The request is open.", _back(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=_facts(enrolment),
        act=lambda given: prescriptions.open_renewal(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def test_done(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record that a sample was taken."""
    who = doing(request, Permission.MONITORING_EDIT)
    rows = MonitoringItem.objects.visible_to(who.by).select_related(
        "patient__recipient", "test_type", "plan__enrolment"
    )
    item = get_object_or_404(rows, pk=item_id)
    return deed_page(
        request,
        form_class=forms.TestDoneForm,
        page=Page(
            "Record a blood test as taken",
            "Record test",
            "Test recorded. The next one is planned.",
            reverse("patient", args=[item.patient_id]) + "#tests",
        ),
        patient=item.patient,
        doing=who,
        facts=[("Test", item.test_type.name), ("Was due", f"{item.due_on:%-d %B %Y}")],
        act=lambda given: monitoring.record_test_done(item=item, by=who.by, at=who.at, **given),
    )
