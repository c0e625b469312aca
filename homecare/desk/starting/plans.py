"""What individual care is written down in: the care plan, the escalation protocol, adaptations of the home."""

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
from patients.actions import plans as actions
from patients.models import Adaptation, CarePlan, Enrolment, EscalationProtocol
from patients.pathway.requirements import Code
from patients.states import ENDED

methods = require_http_methods(["GET", "POST"])
EDIT = Permission.ENROLMENT_EDIT


def _joined() -> list[str]:
    return [f"enrolment__{name}" for name in JOINED]


@require_GET
def care_plan(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show the versions of an individual care plan."""
    return listing_page(request, enrolment_id, _plans, needs=Permission.CLINICAL_VIEW)


def _plans(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = CarePlan.objects.filter(enrolment=enrolment).select_related("written_by", "approved_by")
    plans = list(rows.order_by("-version"))
    in_force = next((plan for plan in plans if plan.approved_by_id), None)
    newest = plans[0] if plans else None
    return Listing(
        heading="Care plan",
        columns=("Version", "State", "Written by", "Approved by", "To be reviewed"),
        records=tuple(_plan(plan, user, newest, in_force, today=today) for plan in plans),
        empty="No plan is written.",
        acts=acts_of(
            user,
            (
                "Write the next version" if plans else "Write the plan",
                "care_plan_write",
                enrolment.pk,
                EDIT,
                enrolment.status not in ENDED,
            ),
        ),
        codes=(Code.CARE_PLAN,),
    )


def _plan(plan: CarePlan, user: User, newest: CarePlan | None, in_force: CarePlan | None, *, today: dt.date) -> Record:
    state, colour = "Superseded", "grey"
    if plan == in_force:
        state, colour = "In force", "green"
    elif plan == newest:
        state, colour = "Waits for approval", "amber"
    can = plan == newest and plan.approved_by_id is None and plan.written_by_id != user.pk
    return Record(
        cells=(
            Cell(f"Version {plan.version}"),
            Cell(state, tag=colour),
            Cell(str(plan.written_by), day(plan.written_on, today=today)),
            Cell(str(plan.approved_by or "–"), day(plan.approved_at.date(), today=today) if plan.approved_at else ""),
            day_cell(plan.review_due_on, today=today, unknown="–") if plan == in_force else Cell("–"),
        ),
        acts=acts_of(user, ("Approve", "care_plan_approve", plan.pk, Permission.CARE_PLAN_APPROVE, can)),
        text=plan.text if plan in (in_force, newest) else "",
    )


@methods
def write_plan(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Write the next version of the plan."""
    who = doing(request, EDIT)
    enrolment = enrolment_of(who.by, enrolment_id)
    latest = CarePlan.objects.filter(enrolment=enrolment).order_by("-version").first()
    return deed(
        request,
        who,
        enrolment,
        forms.CarePlanForm,
        heading="Write the care plan",
        button="Save this version",
        done="Saved. A pharmacist other than its author approves it.",
        back="care_plan",
        initial={"text": latest.text} if latest else None,
        act=lambda given: actions.write_care_plan(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def approve_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Approve a version of the plan."""
    who = doing(request, Permission.CARE_PLAN_APPROVE)
    rows = CarePlan.objects.filter(enrolment__in=Enrolment.objects.visible_to(who.by))
    plan = get_object_or_404(rows.select_related("written_by", *_joined()), pk=plan_id)
    return deed(
        request,
        who,
        plan.enrolment,
        forms.NothingToAddForm,
        heading=f"Approve version {plan.version} of the care plan",
        button="Approve plan",
        done="Plan approved. It is in force.",
        back="care_plan",
        facts=[("Written by", f"{plan.written_by}, {plan.written_on:%-d %B %Y}"), ("The plan", plan.text)],
        act=lambda given: actions.approve_care_plan(plan=plan, by=who.by, at=who.at, **given),
    )


@require_GET
def escalation_protocol(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show the clinical protocol worked to at home, and whom to call."""
    return listing_page(request, enrolment_id, _protocols, needs=Permission.CLINICAL_VIEW)


def _protocols(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = list(EscalationProtocol.objects.filter(enrolment=enrolment).order_by("-agreed_on", "-pk"))
    in_force = any(row.ended_on is None for row in rows)
    return Listing(
        heading="Escalation protocol",
        columns=("Protocol", "State", "Who is called", "Telephone", "Agreed"),
        records=tuple(
            Record(
                cells=(
                    Cell(row.name, f"version {row.version}"),
                    Cell("In force", tag="green") if row.ended_on is None else Cell("Ended", tag="grey"),
                    Cell(row.contact_name),
                    Cell(
                        row.contact_telephone,
                        f"out of hours {row.out_of_hours_telephone}" if row.out_of_hours_telephone else "",
                    ),
                    Cell(
                        day(row.agreed_on, today=today),
                        f"ended {day(row.ended_on, today=today)}" if row.ended_on else "",
                    ),
                ),
                acts=acts_of(user, ("End", "escalation_protocol_end", row.pk, EDIT, row.ended_on is None)),
            )
            for row in rows
        ),
        empty="No protocol is in force.",
        acts=acts_of(
            user,
            (
                "Record another protocol" if in_force else "Record the protocol",
                "escalation_protocol_agree",
                enrolment.pk,
                EDIT,
                enrolment.status not in ENDED,
            ),
        ),
        codes=(Code.PROTOCOL,),
    )


@methods
def agree_protocol(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record the protocol and its escalation contact."""
    who = doing(request, EDIT)
    enrolment = enrolment_of(who.by, enrolment_id)
    before = EscalationProtocol.objects.filter(enrolment=enrolment, ended_on__isnull=True).first()
    kept = ("name", "version", "contact_name", "contact_telephone", "out_of_hours_telephone")
    return deed(
        request,
        who,
        enrolment,
        forms.ProtocolForm,
        heading="Record the protocol worked to at home",
        button="Record protocol",
        done="Protocol recorded. It is in force.",
        back="escalation_protocol",
        initial={name: getattr(before, name) for name in kept} if before else None,
        consequences=("The protocol in force ends with it.",) if before else (),
        act=lambda given: actions.agree_protocol(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def end_protocol(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """End a protocol."""
    who = doing(request, EDIT)
    rows = EscalationProtocol.objects.filter(enrolment__in=Enrolment.objects.visible_to(who.by))
    protocol = get_object_or_404(rows.select_related(*_joined()), pk=protocol_id)
    return deed(
        request,
        who,
        protocol.enrolment,
        forms.EndForm,
        heading="End the protocol",
        button="End protocol",
        done="Protocol ended.",
        back="escalation_protocol",
        facts=[("Protocol", str(protocol))],
        consequences=("Nobody at the patient's home has a protocol to work to, or somebody to call.",),
        is_dangerous=True,
        act=lambda given: actions.end_protocol(protocol=protocol, by=who.by, at=who.at, **given),
    )


@require_GET
def adaptations(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """List the work on a patient's home."""
    return listing_page(request, enrolment_id, _adaptations)


def _adaptations(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = Adaptation.objects.filter(enrolment=enrolment).order_by("pk")
    is_open = enrolment.status not in ENDED
    return Listing(
        heading="Adaptations and installation",
        columns=("What", "Surveyed", "Planned", "Completed"),
        records=tuple(_adaptation(row, user, is_open=is_open, today=today) for row in rows),
        empty="No work on the home is planned.",
        acts=acts_of(user, ("Plan work on the home", "adaptation_plan", enrolment.pk, EDIT, is_open)),
        codes=(Code.ADAPTATION, Code.INSTALLATION),
    )


def _adaptation(row: Adaptation, user: User, *, is_open: bool, today: dt.date) -> Record:
    planned = day_cell(row.planned_on, today=today, unknown="no day yet")
    return Record(
        cells=(
            Cell(row.description, row.get_kind_display()),
            Cell(day(row.surveyed_on, today=today)),
            planned if row.completed_on is None else Cell(day(row.planned_on, today=today)),
            Cell("Completed", tag="green", more=day(row.completed_on, today=today))
            if row.completed_on
            else Cell("Not completed", tag="amber"),
        ),
        acts=acts_of(user, ("Record days", "adaptation_days", row.pk, EDIT, is_open)),
    )


@methods
def plan_adaptation(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Plan work on a home."""
    who = doing(request, EDIT)
    enrolment = enrolment_of(who.by, enrolment_id)
    return deed(
        request,
        who,
        enrolment,
        forms.AdaptationForm,
        heading="Plan work on the home",
        button="Record",
        done="Recorded. The first delivery waits for its completion.",
        back="adaptations",
        act=lambda given: actions.plan_adaptation(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


@methods
def adaptation_days(request: HttpRequest, adaptation_id: int) -> HttpResponse:
    """Record how far the work is."""
    who = doing(request, EDIT)
    rows = Adaptation.objects.filter(enrolment__in=Enrolment.objects.visible_to(who.by))
    found = get_object_or_404(rows.select_related(*_joined()), pk=adaptation_id)
    days: dict[str, Any] = {name: getattr(found, name) for name in ("surveyed_on", "planned_on", "completed_on")}
    return deed(
        request,
        who,
        found.enrolment,
        forms.AdaptationDaysForm,
        heading="Record how far the work is",
        button="Record days",
        done="Days recorded.",
        back="adaptations",
        facts=[("Work", str(found))],
        initial=days | {"reason": found.note},
        act=lambda given: actions.change_adaptation(adaptation=found, by=who.by, at=who.at, **given),
    )
