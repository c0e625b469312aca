"""A pause in treatment: begun, its end put off, ended."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.changing import forms
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.deeds import under_way
from patients import actions as patients
from patients.models import Enrolment

methods = require_http_methods(["GET", "POST"])


@methods
def suspend(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Pause a treatment."""
    who = doing(request, Permission.ENROLMENT_SUSPEND)
    enrolment = enrolment_of(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.SuspendForm,
        page=Page(
            "Pause treatment",
            "Pause treatment",
            "Treatment paused. The provider must be told: see Providers to tell.",
            back_to(enrolment),
            consequences=(
                "No dose is reckoned, nothing is asked for and no reminder is sent until it is resumed.",
                "You are reminded before the day on which it is expected to restart.",
                *_told(enrolment, who),
            ),
        ),
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=lambda given: deeds.suspend(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _told(enrolment: Enrolment, who: Doing) -> list[str]:
    waiting = under_way.of_enrolments([enrolment.pk], who.by)
    return [
        f"There is {under_way.in_words(delivery)}: telephone {delivery.provider} if it must be held back."
        for delivery in waiting
    ] or [f"{enrolment.service.provider} must be told."]


@methods
def restart(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Put another day as the expected end of a pause."""
    who = doing(request, Permission.ENROLMENT_SUSPEND)
    enrolment = enrolment_of(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.RestartForm,
        page=Page(
            "Change the expected restart",
            "Change the day",
            "Expected restart changed. The provider must be told.",
            back_to(enrolment),
            consequences=("Treatment stays paused. You are reminded before the new day.",),
        ),
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), *_pause(enrolment)],
        act=lambda given: patients.change_expected_restart(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def resume(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """End a pause."""
    who = doing(request, Permission.ENROLMENT_SUSPEND)
    enrolment = enrolment_of(who, enrolment_id)
    return deed_page(
        request,
        form_class=forms.ResumeForm,
        page=Page(
            "Resume treatment",
            "Resume treatment",
            "Treatment resumed. The provider must be told.",
            back_to(enrolment),
            consequences=(
                "Doses are reckoned from that day, and prescriptions and tests asked for again.",
                "A clock runs until the next dose is taken.",
            ),
            links=(("Give another day for the restart", reverse("restart_day", args=[enrolment.pk])),),
        ),
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), *_pause(enrolment)],
        act=lambda given: patients.resume(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _pause(enrolment: Enrolment) -> list[tuple[str, str]]:
    pause = enrolment.suspensions.filter(ends_on__isnull=True).first()
    if pause is None:
        return []
    expected = pause.expected_restart_on
    return [
        ("Paused from", f"{pause.starts_on:%-d %B %Y}: {pause.get_reason_display().lower()}"),
        ("Expected to restart", f"{expected:%-d %B %Y}" if expected else "no day given"),
    ]
