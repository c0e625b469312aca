"""The regimen before the first dose, and the way there: the first prescription, the first delivery, the first dose."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk import deeds
from homecare.desk.deed_pages.forms import AskForm
from homecare.desk.deed_pages.pages import doing
from homecare.desk.patient_page.presenter import unit_of
from homecare.desk.patient_page.views import reader
from homecare.desk.starting import forms
from homecare.desk.starting.pages import JOINED, Listing, Record, acts_of, day, deed, enrolment_of, listing_page
from homecare.desk.today.cells import Cell
from patients.actions import first_dose as starting
from patients.actions.pathway import running_clock
from patients.actions.regimen import Doses
from patients.models import Enrolment, RegimenPhase, SupplyFact
from patients.pathway.facts import requirements_for
from patients.pathway.requirements import Code
from patients.states import BEFORE_ACTIVE
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import IN_PHARMACY

methods = require_http_methods(["GET", "POST"])
EDIT = Permission.REGIMEN_EDIT
ON_TREATMENT = "On treatment: a change of dose is recorded as such, so that the old prescription is cancelled too."


@require_GET
def regimen(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show the regimen, part by part."""
    return listing_page(request, enrolment_id, _listing)


def _listing(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = list(RegimenPhase.objects.filter(enrolment=enrolment).order_by("starts_on"))
    is_before = enrolment.status in BEFORE_ACTIVE
    unit = unit_of(enrolment)
    return Listing(
        heading="Regimen",
        columns=("Dose", "How often", "From", "To"),
        records=tuple(
            Record(
                cells=(
                    Cell(row.dose_text or unit.count(row.units_per_dose), unit.count(row.units_per_dose)),
                    Cell(row.frequency_text or row.get_pattern_display()),
                    Cell(day(row.starts_on, today=today)),
                    Cell(day(row.ends_on, today=today, unknown="goes on")),
                ),
                acts=acts_of(user, ("Change", "regimen_change", row.pk, EDIT, is_before)),
            )
            for row in rows
        ),
        empty="No regimen is recorded. Without it nobody knows when the medicine runs out.",
        acts=acts_of(
            user,
            ("Add a later part" if rows else "Record the regimen", "regimen_record", enrolment.pk, EDIT, is_before),
        ),
        codes=(Code.REGIMEN,),
        notes=() if is_before else (ON_TREATMENT,),
    )


@methods
def record(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record a part of the regimen."""
    who = doing(request, EDIT)
    enrolment = enrolment_of(who.by, enrolment_id)
    return deed(
        request,
        who,
        enrolment,
        forms.RegimenForm,
        heading="Record the regimen",
        button="Record regimen",
        done="Regimen recorded.",
        back="regimen",
        facts=[("One counts in", unit_of(enrolment).count(2).removeprefix("2 "))],
        initial={"pattern": RegimenPhase.Pattern.EVERY_DAYS},
        act=lambda given: deeds.record_regimen(enrolment=enrolment, doses=Doses(**given), by=who.by, at=who.at),
    )


@methods
def change(request: HttpRequest, phase_id: int) -> HttpResponse:
    """Change a part of the regimen before it begins."""
    who = doing(request, EDIT)
    rows = RegimenPhase.objects.filter(enrolment__in=Enrolment.objects.visible_to(who.by))
    phase = get_object_or_404(rows.select_related(*(f"enrolment__{name}" for name in JOINED)), pk=phase_id)
    kept = ("starts_on", "ends_on", "units_per_dose", "dose_text", "pattern", "every_days", "cycle_on", "cycle_off")
    initial: dict[str, Any] = {name: getattr(phase, name) for name in kept}
    initial["weekdays"] = phase.weekdays or []
    initial["doses_on"] = "\n".join(f"{on:%-d %B %Y}" for on in phase.doses_on or [])
    return deed(
        request,
        who,
        phase.enrolment,
        forms.RegimenForm,
        heading="Change the regimen",
        button="Save",
        done="Regimen changed.",
        back="regimen",
        initial=initial,
        act=lambda given: deeds.record_regimen(
            enrolment=phase.enrolment, doses=Doses(**given), instead_of=phase, by=who.by, at=who.at
        ),
    )


@methods
def first_prescription(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Open whatever the prescription waits for; where nothing was asked for yet, ask."""
    user = reader(request)
    enrolment = enrolment_of(user, enrolment_id)
    renewal = RenewalRequest.objects.visible_to(user).open().filter(enrolment=enrolment).first()
    if renewal is not None:
        return redirect("renewal", renewal.pk)
    in_pharmacy = Prescription.objects.visible_to(user).filter(enrolment=enrolment, status__in=sorted(IN_PHARMACY))
    waiting = in_pharmacy.order_by("-pk").first()
    if waiting is not None:
        return redirect("prescription", waiting.pk)
    who = doing(request, Permission.RENEWAL_OPEN)
    return deed(
        request,
        who,
        enrolment,
        AskForm,
        heading="Ask for the prescription",
        button="Ask the clinic",
        done="The request is open.",
        back="enrolment",
        facts=[("Clinic", str(enrolment.clinic))],
        initial={"asked_by": "PHARMACY"},
        act=lambda given: prescriptions.open_renewal(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@require_GET
def first_delivery(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Open the prescription that is to be delivered; without one at the provider, see what there is."""
    user = reader(request)
    enrolment = enrolment_of(user, enrolment_id)
    held = Prescription.objects.visible_to(user).at_provider().filter(enrolment=enrolment).order_by("-pk").first()
    if held is None:
        return redirect("first_prescription", enrolment.pk)
    return redirect("prescription", held.pk)


@methods
def first_dose(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record that the first dose was taken; of somebody on treatment the next one, which a clock waits for."""
    who = doing(request, Permission.VISIT_RECORD)
    enrolment = enrolment_of(who.by, enrolment_id)
    if enrolment.status not in BEFORE_ACTIVE:
        return deed(
            request,
            who,
            enrolment,
            forms.NextDoseForm,
            heading="Record the next dose",
            button="Record dose",
            done="Dose recorded. The clock has ended.",
            back="enrolment",
            facts=_awaited(enrolment),
            act=lambda given: starting.record_next_dose(enrolment=enrolment, by=who.by, at=who.at, **given),
        )
    return deed(
        request,
        who,
        enrolment,
        forms.FirstDoseForm,
        heading="Record the first dose",
        button="Record first dose",
        done="First dose recorded. The patient is on treatment, and their cover is kept from now on.",
        back="enrolment",
        facts=_ready(enrolment, today=who.today),
        act=lambda given: starting.record_first_dose(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _awaited(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Say what is waited for, and since when."""
    clock = running_clock(enrolment)
    if clock is None:
        return [("Waits", "for no dose")]
    return [("Waits since", f"{clock.began_on:%-d %B %Y}, {clock.get_kind_display().lower()}")]


def _ready(enrolment: Enrolment, *, today: dt.date) -> list[tuple[str, str]]:
    """Say what the first dose is judged by: the medicine at home, the regimen, and what is still required."""
    unit = unit_of(enrolment)
    facts = SupplyFact.objects.standing().filter(enrolment=enrolment, kind=SupplyFact.Kind.DELIVERY).order_by("on")
    came = "; ".join(f"{unit.count(fact.units)} on {fact.on:%-d %B %Y}" for fact in facts)
    required = requirements_for([enrolment.pk], today=today)[enrolment.pk]
    said = [(r.words, r.detail) for r in required if r.code in {Code.REGIMEN, Code.TRAINING} and r.is_met]
    missing = [f"{r.words}: {r.detail.lower()}" for r in required if not r.is_met and r.code != Code.FUNDING]
    return [
        ("Medicine that came", came or "none is on record"),
        *said,
        *([("Still required", "; ".join(missing))] if missing else []),
    ]
