"""Things to be fetched from homes: of one enrolment, and all that wait."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.changing import forms
from homecare.desk.deed_pages.about import back_to, enrolment_of, facts_of
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of
from patients import actions as patients
from patients.actions.collecting import in_words
from patients.models import Collection, Enrolment, Equipment

methods = require_http_methods(["GET", "POST"])
SHOWN = 200
JOINED = ("equipment", "enrolment__patient__recipient", "enrolment__service__provider", "enrolment__medicine")


def _reader(request: HttpRequest) -> Doing:
    assert isinstance(request.user, User)
    require(request.user, Permission.PATIENT_VIEW)
    return Doing(request.user, timezone.now())


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Show all that waits to be collected, the longest first."""
    who = _reader(request)
    seen = Enrolment.objects.visible_to(who.by)
    rows = Collection.objects.filter(done_on__isnull=True, enrolment__in=seen).select_related(*JOINED)
    found = list(rows.order_by("asked_on", "pk")[: SHOWN + 1])
    access.collect(collection.enrolment.patient_id for collection in found[:SHOWN])
    context = {
        "rows": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "most": SHOWN,
        "in_words": in_words,
        "may_act": who.by.may(Permission.ENROLMENT_EDIT),
        "at": who.at,
    }
    return render(request, "desk/changing/collections_waiting.html", context)


@require_GET
def collections(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show what is to be and was collected from one home."""
    who = _reader(request)
    enrolment = enrolment_of(who, enrolment_id)
    access.collect([enrolment.patient_id])
    rows = list(Collection.objects.filter(enrolment=enrolment).select_related("equipment").order_by("-asked_on", "-pk"))
    context = {
        "banner": banner_of(enrolment.patient, today=local_day(who.at)),
        "enrolment": enrolment,
        "title": title_of(enrolment),
        "waiting": [row for row in rows if row.done_on is None],
        "done": [row for row in rows if row.done_on is not None],
        "in_words": in_words,
        "may_act": who.by.may(Permission.ENROLMENT_EDIT),
        "back": back_to(enrolment),
        "at": who.at,
    }
    return render(request, "desk/changing/collections.html", context)


@methods
def ask(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Ask for something to be collected."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    enrolment = enrolment_of(who, enrolment_id)
    there = {thing.pk: thing for thing in Equipment.objects.filter(enrolment=enrolment, collected_on__isnull=True)}

    class Form(forms.AskCollectionForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.offer(list(there.values()))

    def act(given: dict[str, Any]) -> Collection:
        kind, _, number = given["what"].partition("-")
        equipment = there[int(number)] if number else None
        return patients.ask_collection(
            enrolment=enrolment, kind=kind, equipment=equipment, by=who.by, at=who.at, reason=given["reason"]
        )

    page = Page(
        "Ask for a collection",
        "Ask for it",
        "Collection asked for. The provider must be told.",
        reverse("collections", args=[enrolment.pk]),
        consequences=(f"{enrolment.service.provider} must be told: it goes on the list Providers to tell.",),
    )
    return deed_page(
        request,
        form_class=Form,
        page=page,
        patient=enrolment.patient,
        doing=who,
        facts=facts_of(enrolment),
        act=act,
    )


def _collection(who: Doing, collection_id: int) -> Collection:
    seen = Enrolment.objects.visible_to(who.by)
    rows = Collection.objects.filter(enrolment__in=seen).select_related(*JOINED)
    return get_object_or_404(rows, pk=collection_id)


def _page_of(
    request: HttpRequest, who: Doing, collection: Collection, form_class: Any, page: Page, act: Any
) -> HttpResponse:
    facts = [("What", in_words(collection)), ("Asked for", f"{collection.asked_on:%-d %B %Y}")]
    if collection.is_gentle:
        facts.append(("With care", "The patient has died. Ring the family gently, and never the patient."))
    return deed_page(
        request,
        form_class=form_class,
        page=page,
        patient=collection.enrolment.patient,
        doing=who,
        facts=facts,
        act=act,
    )


@methods
def arrange(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Record the day for which a collection is arranged."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    collection = _collection(who, collection_id)
    back = reverse("collections", args=[collection.enrolment_id])
    page = Page("Arrange a collection", "Record the day", "Collection arranged.", back)
    return _page_of(
        request, who, collection, forms.ArrangeForm, page,
        lambda given: patients.arrange_collection(collection=collection, by=who.by, at=who.at, **given),
    )  # fmt: skip


@methods
def done(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Record that something was fetched."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    collection = _collection(who, collection_id)
    back = reverse("collections", args=[collection.enrolment_id])
    page = Page("Record a collection", "Record collection", "Collection recorded.", back)
    return _page_of(
        request, who, collection, forms.CollectedForm, page,
        lambda given: patients.complete_collection(collection=collection, by=who.by, at=who.at, **given),
    )  # fmt: skip
