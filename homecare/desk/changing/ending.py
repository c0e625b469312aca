"""The ends: a treatment stopped, homecare left, a death, and a death that was none."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.changing import consequences, forms
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of, patient_of
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from patients.models import Enrolment
from patients.states import OPEN

methods = require_http_methods(["GET", "POST"])


@methods
def stop(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Stop a treatment, with what hangs on it."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    page = Page(
        "Stop treatment",
        "Stop treatment",
        "Treatment stopped. The provider must be told: see Providers to tell.",
        back_to(enrolment),
        consequences=(
            "The treatment ends, here and on homecare; its funding approval is withdrawn.",
            "Its blood tests and messages end.",
            *consequences.of_ending([enrolment], who.by),
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.StopForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: deeds.stop_treatment(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def leave_homecare(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """End homecare while the treatment goes on from the hospital."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    page = Page(
        "Leave homecare, treatment goes on",
        "End homecare",
        "Homecare ended. The hospital supplies the treatment now; the provider must be told.",
        back_to(enrolment),
        consequences=(
            "The treatment goes on: the hospital’s pharmacy supplies it from now on. Make sure that they know.",
            "What is at home may be used; it is not collected.",
            "Its blood tests are no longer asked for here: the clinic sees to them.",
            *consequences.of_ending([enrolment], who.by),
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.LeaveForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: deeds.leave_homecare(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def death(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record a death."""
    who = doing(request, Permission.DEATH_RECORD)
    patient = patient_of(who, patient_id)
    open_ones = Enrolment.objects.visible_to(who.by).filter(
        patient=patient, status__in=sorted(str(status) for status in OPEN)
    )
    page = Page(
        "Record a death",
        "Record death",
        "Death recorded. Nothing is ever sent again. Providers must be told: see Providers to tell.",
        reverse("patient", args=[patient.pk]),
        consequences=(
            "Nothing is ever sent to the patient again, and nobody is asked to ring them.",
            "Every treatment ends, with its blood tests, funding and clocks.",
            *consequences.of_ending(list(open_ones), who.by, fetches_medicine=True),
            "Collections are marked so that the family is rung with care.",
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
def death_mistaken(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Take back a death that was recorded by mistake."""
    who = doing(request, Permission.DEATH_UNDO)
    patient = patient_of(who, patient_id)
    page = Page(
        "This death was recorded by mistake",
        "Take the death back",
        "The death is taken back. By hand: telephone the providers, refer each treatment again, call off collections.",
        reverse("patient", args=[patient.pk]),
        consequences=(
            "The patient is shown as alive, and may be written to again.",
            "Nothing that ended begins again by itself: treatments go on as the hospital’s own.",
            "By hand: telephone each provider, refer each treatment to homecare again, ask for prescriptions, "
            "plan blood tests, ask for funding, book deliveries and visits.",
            "By hand: call off collections that are no longer wanted.",
            "Providers that were told of the death must be told that the patient is alive.",
        ),
        is_dangerous=True,
    )
    return deed_page(
        request,
        form_class=forms.MistakenDeathForm,
        page=page,
        patient=patient,
        doing=who,
        act=lambda given: deeds.record_death_mistaken(patient=patient, by=who.by, at=who.at, **given),
    )
