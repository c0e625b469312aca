"""How a patient is reached, where medicine goes, and who speaks for them: changed from a day on, and told."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.changing import forms
from homecare.desk.deed_pages.about import patient_of
from homecare.desk.deed_pages.pages import Doing, Page, deed_page, doing
from homecare.desk.deeds import under_way
from homecare.navigation import address_of
from patients import actions as patients
from patients.actions.representatives import (
    Authority,
    add_representative,
    change_representative,
)
from patients.models import ContactPoint, Patient, PatientAddress, Representative

methods = require_http_methods(["GET", "POST"])
PLACE = ("line_1", "line_2", "town", "postcode")
TOLD = "The providers that supply this patient must be told: it goes on the list Providers to tell."


def _back(patient: Patient) -> str:
    return reverse("patient", args=[patient.pk])


def _addresses(patient: Patient, who: Doing) -> list[tuple[str, str]]:
    rows = PatientAddress.objects.filter(patient=patient).from_day(who.today).order_by("-use", "ends_on", "pk")
    return [(f"{row.get_use_display()} address{_when(row, who)}", str(row)) for row in rows]


def _when(address: PatientAddress, who: Doing) -> str:
    if address.starts_on is not None and address.starts_on > who.today:
        return f" from {address.starts_on:%-d %B %Y}"
    return f" until {address.ends_on:%-d %B %Y}" if address.ends_on is not None else ""


def _booked(patient: Patient, who: Doing) -> list[str]:
    """Say which deliveries are under way: none is changed in silence."""
    return [
        f"There is {under_way.in_words(delivery)} to {delivery.address_text or 'the address they had'}. "
        f"It keeps that address: telephone {delivery.provider} if it must go elsewhere."
        for delivery in under_way.of_patient(patient, who.by)
    ]


@methods
def address(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record another address, from a day on."""
    who = doing(request, Permission.PATIENT_EDIT)
    patient = patient_of(who, patient_id)
    known = _addresses(patient, who)

    def act(given: dict[str, Any]) -> PatientAddress:
        place = patients.Place(**{name: given[name] for name in PLACE})
        return deeds.change_address(
            patient=patient, use=given["use"], place=place, starts_on=given["starts_on"], by=who.by, at=who.at
        )

    has_delivery = any(words.startswith("Delivery") for words, _ in known)
    page = Page(
        "Change an address",
        "Record address",
        "Address recorded. The providers must be told.",
        _back(patient),
        consequences=(*_booked(patient, who), "A later day: the address takes effect by itself on that day.", TOLD),
        links=(("Stop using the delivery address", reverse("patient_address_end", args=[patient.pk])),)
        if has_delivery
        else (),
    )
    return deed_page(
        request,
        form_class=forms.AddressForm,
        page=page,
        patient=patient,
        doing=who,
        facts=known,
        initial={"use": "DELIVERY" if has_delivery else "HOME"},
        act=act,
    )


@methods
def address_end(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Let medicine go to the home again."""
    who = doing(request, Permission.PATIENT_EDIT)
    patient = patient_of(who, patient_id)
    page = Page(
        "Stop using the delivery address",
        "Stop using it",
        "Medicine goes to the home after that day. The providers must be told.",
        _back(patient),
        consequences=(*_booked(patient, who), TOLD),
    )
    return deed_page(
        request,
        form_class=forms.EndAddressForm,
        page=page,
        patient=patient,
        doing=who,
        facts=_addresses(patient, who),
        act=lambda given: deeds.end_delivery_address(patient=patient, by=who.by, at=who.at, **given),
    )


@methods
def contact(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Change a telephone number or an email address; messages go to the new one."""
    who = doing(request, Permission.PATIENT_EDIT)
    patient = patient_of(who, patient_id)
    current = ContactPoint.objects.filter(patient=patient, ended_on__isnull=True).order_by("kind")
    chosen = next((point for point in current if point.kind == request.GET.get("kind")), None)
    page = Page(
        "Change a telephone number or email",
        "Record it",
        "Recorded. Messages go by what is on record now; the providers must be told.",
        _back(patient),
        consequences=("Messages to the patient go to the new one from now on.", TOLD),
    )
    return deed_page(
        request,
        form_class=forms.ContactForm,
        page=page,
        patient=patient,
        doing=who,
        facts=[(point.get_kind_display(), _point(point)) for point in current],
        initial={"kind": chosen.kind, "value": chosen.value} if chosen else {"kind": request.GET.get("kind", "")},
        act=lambda given: patients.change_contact(patient=patient, by=who.by, at=who.at, **given),
    )


def _point(point: ContactPoint) -> str:
    notes = [] if point.is_usable else ["does not work"]
    notes += [] if point.safe_to_message else ["not safe to write to"]
    return f"{point.value} ({', '.join(notes)})" if notes else point.value


@methods
def representative(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record somebody who speaks for the patient."""
    who = doing(request, Permission.PATIENT_EDIT)
    patient = patient_of(who, patient_id)
    known = Representative.objects.filter(patient=patient, ended_on__isnull=True).order_by("pk")
    links = tuple((f"Change {one.name}", reverse("representative", args=[one.pk])) for one in known)
    return _representative_page(request, who, patient, None, links=links, heading="Add a representative")


@methods
def representative_change(request: HttpRequest, representative_id: int) -> HttpResponse:
    """Change what is known of somebody who speaks for the patient."""
    who = doing(request, Permission.PATIENT_EDIT)
    record = _representative(who, representative_id)
    end = address_of("representative_end", record.pk)
    links = ((f"{record.name} no longer speaks for them", end),) if end else ()
    return _representative_page(request, who, record.patient, record, links=links, heading=f"Change {record.name}")


def _representative(who: Doing, representative_id: int) -> Representative:
    seen = Patient.objects.visible_to(who.by)
    rows = Representative.objects.filter(patient__in=seen).select_related("patient__recipient")
    return get_object_or_404(rows, pk=representative_id)


def _representative_page(
    request: HttpRequest,
    who: Doing,
    patient: Patient,
    record: Representative | None,
    *,
    links: tuple[tuple[str, str], ...],
    heading: str,
) -> HttpResponse:
    def act(given: dict[str, Any]) -> Representative:
        authority = Authority(**given)
        if record is None:
            return add_representative(patient=patient, authority=authority, by=who.by, at=who.at)
        return change_representative(representative=record, authority=authority, by=who.by, at=who.at)

    fields = ("kind", "name", "telephone", "email", "may_consent", "has_parental_responsibility", "may_be_contacted")
    page = Page(heading, "Record it", "Recorded. The providers must be told.", _back(patient), (TOLD,), links=links)
    return deed_page(
        request,
        form_class=forms.RepresentativeForm,
        page=page,
        patient=patient,
        doing=who,
        initial={name: getattr(record, name) for name in fields} if record else None,
        act=act,
    )
