"""Deeds on an enrolment: consent, counts, a prescription asked for, a test taken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages import forms
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from monitoring import actions as monitoring
from monitoring.models import MonitoringItem
from patients.cover import actions as cover
from prescriptions import actions as prescriptions

methods = require_http_methods(["GET", "POST"])


@methods
def count(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record what was counted at home."""
    who = doing(request, Permission.STOCK_COUNT_RECORD)
    enrolment = enrolment_of(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.CountForm,
        page=Page("Record a stock count", "Record count", "Count recorded. The dates have moved.", back_to(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: cover.record_count(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def ask(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Ask for a prescription by hand."""
    who = doing(request, Permission.RENEWAL_OPEN)
    enrolment = enrolment_of(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.AskForm,
        page=Page("Ask for a prescription", "Ask the clinic", "The request is open.", back_to(enrolment)),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
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
