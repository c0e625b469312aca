"""Pages about a patient: accessible information, what children and young people need, who speaks for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.core.words import day
from homecare.desk.assessing import patient_forms as forms
from homecare.desk.assessing.shared import patient_for
from homecare.desk.assessing.young import limits_by_provider, young_person_of
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.views import permissions, reader
from patients.actions import accessible, representatives, young
from patients.models import Patient, Representative

methods = require_http_methods(["GET", "POST"])


def _writing(request: HttpRequest) -> Doing:
    """Return who writes needs or representatives: whoever keeps particulars, or takes consent."""
    assert isinstance(request.user, User)
    return doing(request, accessible.permission_to_write(request.user))


def _young_page(patient: Patient) -> str:
    return reverse("young_person", args=[patient.pk])


@methods
def accessible_needs(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record what a patient needs in order to read, hear and understand us."""
    who = _writing(request)
    patient = patient_for(who.by, patient_id)
    needs = list(patient.accessible_needs.order_by("kind"))
    page = Page(
        "Accessible information and communication",
        "Record needs",
        "Needs recorded. They stand on top of every page of this patient.",
        reverse("patient", args=[patient.pk]),
    )
    return deed_page(
        request,
        form_class=forms.NeedsForm,
        page=page,
        patient=patient,
        doing=who,
        initial=forms.as_recorded(patient, needs),
        act=lambda given: accessible.record_needs(patient=patient, by=who.by, at=who.at, **given),
        template="desk/assessing/accessible.html",
        more={"needs": needs, "limits": limits_by_provider(patient, who.by)},
    )


@require_GET
def young_person(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show what a child or young person needs: parental responsibility, competence, weights, the adult service."""
    user, today = reader(request), local_day(timezone.now())
    patient = patient_for(user, patient_id)
    access.collect([patient.pk])
    context = {
        "banner": banner_of(patient, today=today),
        "patient": patient,
        "young": young_person_of(patient, today=today),
    }
    return render(request, "desk/assessing/young_person.html", context | permissions(user))


@methods
def weight(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record a weight."""
    who = doing(request, Permission.MONITORING_EDIT)
    patient = patient_for(who.by, patient_id)
    return deed_page(
        request,
        form_class=forms.WeightForm,
        page=Page("Record a weight", "Record weight", "Weight recorded.", _young_page(patient)),
        patient=patient,
        doing=who,
        act=lambda given: young.record_weight(patient=patient, by=who.by, at=who.at, **given),
    )


@methods
def competence(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record whether a child is competent to consent."""
    who = doing(request, Permission.SUITABILITY_ASSESS)
    patient = patient_for(who.by, patient_id)
    return deed_page(
        request,
        form_class=forms.CompetenceForm,
        page=Page(
            "Assess a child’s competence to consent", "Record assessment", "Assessment recorded.", _young_page(patient)
        ),
        patient=patient,
        doing=who,
        act=lambda given: young.assess_competence(patient=patient, by=who.by, at=who.at, **given),
    )


@methods
def adult_service(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record when a young person moves to the adult service."""
    who = doing(request, Permission.PATIENT_EDIT)
    patient = patient_for(who.by, patient_id)
    return deed_page(
        request,
        form_class=forms.AdultServiceForm,
        page=Page("Plan the move to the adult service", "Record day", "Recorded.", _young_page(patient)),
        patient=patient,
        doing=who,
        initial={"moves_on": patient.moves_to_adult_service_on},
        act=lambda given: young.plan_adult_service(patient=patient, by=who.by, at=who.at, **given),
    )


@methods
def representative_end(request: HttpRequest, representative_id: int) -> HttpResponse:
    """Record that somebody no longer speaks for the patient."""
    who = _writing(request)
    found = get_object_or_404(
        Representative.objects.filter(patient__in=Patient.objects.visible_to(who.by)).select_related(
            "patient__recipient"
        ),
        pk=representative_id,
    )
    page = Page(
        "End a representative’s authority",
        "Record the end",
        "Recorded. The providers that have the patient are told.",
        _young_page(found.patient),
        consequences=(
            "They are not contacted about the patient any more, and consent for nothing new.",
            "Consents that they gave stay in force.",
        ),
        is_dangerous=True,
    )
    facts = [("Representative", f"{found.name}, {found.get_kind_display().lower()}")]
    if found.ended_on:
        facts.append(("Ended", day(found.ended_on)))
    return deed_page(
        request,
        form_class=forms.EndForm,
        page=page,
        patient=found.patient,
        doing=who,
        facts=facts,
        act=lambda given: representatives.end_representative(representative=found, by=who.by, at=who.at, **given),
    )
