"""An enrolment's own page, and the deeds on its clock."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from homecare.desk.pathway import forms
from homecare.desk.pathway.hub import hub_of
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.patient_page.views import permissions, reader
from homecare.desk.today.cells import tier_words
from patients import actions as patients
from patients.models import Enrolment

methods = require_http_methods(["GET", "POST"])


def _enrolment(user: User, enrolment_id: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(user).select_related(
        "patient__recipient", "treatment__product", "medicine", "service__provider", "clinic__specialty"
    )
    return get_object_or_404(rows, pk=enrolment_id)


@require_GET
def enrolment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show where an enrolment's journey is, whose move it is and what comes next."""
    user, at = reader(request), timezone.now()
    found, today = _enrolment(user, enrolment_id), local_day(at)
    access.collect([found.patient_id])
    context = {
        "banner": banner_of(found.patient, today=today),
        "enrolment": found,
        "title": title_of(found),
        "tier": tier_words(found.service),
        "hub": hub_of(found, user, today=today),
        "at": at,
    }
    return render(request, "desk/pathway/enrolment.html", context | permissions(user))


def _facts(found: Enrolment) -> list[tuple[str, str]]:
    return [("Medicine", title_of(found)), ("Provider", str(found.service.provider)), ("Clinic", str(found.clinic))]


@methods
def clock_stop(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Stop the clock."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    found = _enrolment(who.by, enrolment_id)
    page = Page(
        "Stop the clock",
        "Stop the clock",
        "Clock stopped.",
        reverse("enrolment", args=[found.pk]),
        consequences=(
            "The days from then on count gross, not net, until the clock is restarted.",
            "The patient stays on the board, shown as stopped.",
        ),
    )
    return deed_page(
        request,
        form_class=forms.StopForm,
        page=page,
        patient=found.patient,
        doing=who,
        facts=_facts(found),
        act=lambda given: patients.stop_clock(enrolment=found, by=who.by, at=who.at, **given),
    )


@methods
def clock_restart(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Restart the clock."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    found = _enrolment(who.by, enrolment_id)
    return deed_page(
        request,
        form_class=forms.RestartForm,
        page=Page("Restart the clock", "Restart the clock", "Clock restarted.", reverse("enrolment", args=[found.pk])),
        patient=found.patient,
        doing=who,
        facts=_facts(found),
        act=lambda given: patients.restart_clock(enrolment=found, by=who.by, at=who.at, **given),
    )


@methods
def first_contact(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record an attempt to speak with the patient."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    found = _enrolment(who.by, enrolment_id)
    return deed_page(
        request,
        form_class=forms.ContactForm,
        page=Page(
            "Record a contact with the patient",
            "Record contact",
            "Contact recorded.",
            reverse("enrolment", args=[found.pk]),
        ),
        patient=found.patient,
        doing=who,
        facts=_facts(found),
        act=lambda given: patients.record_contact(enrolment=found, by=who.by, at=who.at, **given),
    )


@methods
def bridging(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record medicine that the hospital gave."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    found = _enrolment(who.by, enrolment_id)
    page = Page(
        "Record a bridging supply",
        "Record supply",
        "Bridging supply recorded. It counts as at home.",
        reverse("enrolment", args=[found.pk]),
        consequences=("It counts as medicine at home, so that the dates move.",),
    )
    return deed_page(
        request,
        form_class=forms.BridgingForm,
        page=page,
        patient=found.patient,
        doing=who,
        facts=_facts(found),
        act=lambda given: patients.record_bridging(enrolment=found, by=who.by, at=who.at, **given),
    )
