"""What a patient wishes of deliveries, and what the provider said to it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.changing import forms
from homecare.desk.changing.wishes import in_words
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from patients import actions as patients
from patients.models import DeliveryPreference, Enrolment

methods = require_http_methods(["GET", "POST"])
FIELDS = ("weekdays", "slot", "place", "place_detail", "away_from_on", "away_to_on")


def in_force(enrolment: Enrolment) -> DeliveryPreference | None:
    """Return the wishes in force, if there are any."""
    return DeliveryPreference.objects.filter(enrolment=enrolment, ended_on__isnull=True).first()


def _facts(now: DeliveryPreference | None) -> list[tuple[str, str]]:
    return in_words(now) if now else [("Wishes", "none recorded")]


@methods
def preferences(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record what the patient wishes of deliveries."""
    who = doing(request, Permission.PATIENT_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    now = in_force(enrolment)
    answer = (("Record what the provider said", reverse("preference_answer", args=[enrolment.pk])),) if now else ()
    page = Page(
        "Delivery preferences",
        "Record wishes",
        "Wishes recorded. The provider must be told, and asked whether it can.",
        back_to(enrolment),
        consequences=(
            "They take the place of the wishes recorded before.",
            "Deliveries booked already stay as they are.",
            f"{enrolment.service.provider} must be told and says whether it can.",
        ),
        links=answer,
    )

    def act(given: dict[str, Any]) -> DeliveryPreference:
        wishes = patients.Wishes(**{name: given[name] for name in FIELDS})
        return patients.record_preference(enrolment=enrolment, wishes=wishes, by=who.by, at=who.at)

    return deed_page(
        request,
        form_class=forms.PreferenceForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), *_facts(now)],
        initial={name: getattr(now, name) for name in FIELDS} if now else {"slot": "ANY", "place": "HOME"},
        act=act,
    )


@methods
def answer(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record whether the provider will do as the patient wishes."""
    who = doing(request, Permission.PATIENT_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    now = in_force(enrolment)
    if now is None:
        raise Http404
    page = Page(
        "What the provider said to the wishes",
        "Record answer",
        "Answer recorded. Tell the patient where the provider cannot.",
        reverse("preferences", args=[enrolment.pk]),
    )
    return deed_page(
        request,
        form_class=forms.AnswerPreferenceForm,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=[*facts_of(enrolment), *_facts(now)],
        act=lambda given: patients.answer_preference(preference=now, by=who.by, at=who.at, **given),
    )
