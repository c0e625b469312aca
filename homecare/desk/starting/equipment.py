"""Equipment at a patient's home: what stands there, whose it is, when its service is due, when it was collected."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.pages import doing
from homecare.desk.starting import forms
from homecare.desk.starting.pages import JOINED, Listing, Record, acts_of, day, deed, enrolment_of, listing_page
from homecare.desk.today.cells import Cell, day_cell
from patients.actions import equipment as actions
from patients.actions.equipment import Thing
from patients.models import Enrolment, Equipment
from patients.pathway.requirements import Code
from patients.states import ENDED

methods = require_http_methods(["GET", "POST"])
EDIT = Permission.ENROLMENT_EDIT
KEPT = ("kind", "owner", "description", "serial_number", "ordered_on", "delivered_on", "service_due_on")


@require_GET
def equipment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """List the equipment at a patient's home."""
    return listing_page(request, enrolment_id, _listing)


def _listing(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = Equipment.objects.filter(enrolment=enrolment).order_by("-pk")
    return Listing(
        heading="Equipment",
        columns=("What", "Whose", "State", "Service due"),
        records=tuple(_record(row, user, today=today) for row in rows),
        empty="No equipment stands at this patient's home.",
        acts=acts_of(user, ("Record equipment", "equipment_add", enrolment.pk, EDIT, enrolment.status not in ENDED)),
        codes=(Code.FRIDGE,),
    )


def _record(row: Equipment, user: User, *, today: dt.date) -> Record:
    state = Cell("Ordered", tag="amber", more=day(row.ordered_on, today=today, unknown=""))
    if row.collected_on is not None:
        state = Cell("Collected", tag="grey", more=day(row.collected_on, today=today))
    elif row.delivered_on is not None:
        state = Cell("At home", tag="green", more=f"since {day(row.delivered_on, today=today)}")
    is_there = row.collected_on is None
    named = f"serial number {row.serial_number}" if row.serial_number else "no serial number"
    return Record(
        cells=(
            Cell(row.get_kind_display(), ", ".join(part for part in (row.description, named) if part)),
            Cell(row.get_owner_display()),
            state,
            day_cell(row.service_due_on, today=today, soon_days=30, unknown="–") if is_there else Cell("–"),
        ),
        acts=acts_of(
            user,
            ("Change", "equipment_change", row.pk, EDIT, is_there),
            ("Record as collected", "equipment_collected", row.pk, EDIT, is_there),
        ),
    )


def _equipment(user: User, equipment_id: int) -> Equipment:
    rows = Equipment.objects.filter(enrolment__in=Enrolment.objects.visible_to(user))
    return get_object_or_404(rows.select_related(*(f"enrolment__{name}" for name in JOINED)), pk=equipment_id)


@methods
def add(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record equipment."""
    who = doing(request, EDIT)
    enrolment = enrolment_of(who.by, enrolment_id)
    return deed(
        request,
        who,
        enrolment,
        forms.EquipmentForm,
        heading="Record equipment",
        button="Record equipment",
        done="Equipment recorded.",
        back="equipment",
        initial={"owner": Equipment.Owner.PROVIDER},
        act=lambda given: actions.record_equipment(enrolment=enrolment, thing=Thing(**given), by=who.by, at=who.at),
    )


@methods
def change(request: HttpRequest, equipment_id: int) -> HttpResponse:
    """Record what became of it."""
    who = doing(request, EDIT)
    found = _equipment(who.by, equipment_id)
    initial: dict[str, Any] = {name: getattr(found, name) for name in KEPT}
    return deed(
        request,
        who,
        found.enrolment,
        forms.EquipmentForm,
        heading="Change equipment",
        button="Save",
        done="Saved.",
        back="equipment",
        initial=initial,
        act=lambda given: actions.change_equipment(equipment=found, thing=Thing(**given), by=who.by, at=who.at),
    )


@methods
def collected(request: HttpRequest, equipment_id: int) -> HttpResponse:
    """Record that it was fetched."""
    who = doing(request, EDIT)
    found = _equipment(who.by, equipment_id)
    return deed(
        request,
        who,
        found.enrolment,
        forms.CollectedForm,
        heading="Record that it was collected",
        button="Record",
        done="Recorded as collected.",
        back="equipment",
        facts=[("Equipment", str(found)), ("Owner", found.get_owner_display())],
        act=lambda given: actions.collect_equipment(equipment=found, by=who.by, at=who.at, **given),
    )
