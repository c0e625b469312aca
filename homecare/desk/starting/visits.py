"""A nurse's visits: to train, and to give the medicine."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import doing
from homecare.desk.starting import forms
from homecare.desk.starting.pages import JOINED, Listing, Record, acts_of, day, deed, enrolment_of, listing_page
from homecare.desk.today.cells import Cell, day_cell
from homecare.navigation import address_of
from patients.actions import visits as actions
from patients.models import Enrolment, Visit
from patients.pathway.requirements import Code
from patients.states import ENDED, VISIT, VisitStatus

methods = require_http_methods(["GET", "POST"])
MAY = Permission.VISIT_RECORD
COLOURS = {
    VisitStatus.DONE: "green",
    VisitStatus.BOOKED: "blue",
    VisitStatus.PLANNED: "amber",
    VisitStatus.MISSED: "red",
}
ACTS = (
    ("book", "Book", "visit_book"),
    ("do", "Record as done", "visit_done"),
    ("miss", "Missed", "visit_missed"),
    ("cancel", "Cancel", "visit_cancel"),
)
AFTER = {
    Visit.Outcome.MORE_NEEDED: "More training is needed: another visit is planned. Book it.",
    Visit.Outcome.CANNOT: "They cannot give it themselves: offer a nurse or a carer, and record the choice.",
}


@require_GET
def visits(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """List the visits of an enrolment."""
    return listing_page(request, enrolment_id, _listing)


def _listing(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = list(Visit.objects.visible_to(user).filter(enrolment=enrolment).order_by("-pk"))
    done = [row for row in rows if row.kind == Visit.Kind.TRAINING and row.status == VisitStatus.DONE]
    last = max(done, key=lambda row: (row.done_on or dt.date.min, row.pk), default=None)
    choice = address_of("choice", enrolment.pk)
    cannot = last is not None and last.outcome == Visit.Outcome.CANNOT
    return Listing(
        heading="Visits and training",
        columns=("What for", "State", "When", "Nurse", "What came of it"),
        records=tuple(_record(row, user, today=today) for row in rows),
        empty="No visit is planned.",
        acts=acts_of(user, ("Plan a visit", "visit_plan", enrolment.pk, MAY, enrolment.status not in ENDED)),
        codes=(Code.TRAINING, Code.NURSE_VISITS),
        notes=(AFTER[Visit.Outcome.CANNOT],) if cannot else (),
        links=(("Record another choice", choice),) if cannot and choice else (),
    )


def _record(row: Visit, user: User, *, today: dt.date) -> Record:
    status = VisitStatus(row.status)
    when = {
        VisitStatus.DONE: Cell(day(row.done_on, today=today)),
        VisitStatus.BOOKED: day_cell(row.booked_on, today=today),
        VisitStatus.MISSED: Cell(day(row.booked_on, today=today)),
        VisitStatus.PLANNED: day_cell(row.planned_on, today=today, unknown="no day yet"),
    }.get(status, Cell("–"))
    return Record(
        cells=(
            Cell(row.get_kind_display()),
            Cell(row.get_status_display(), tag=COLOURS.get(status, "grey")),
            when,
            Cell(row.nurse_name or "–"),
            _outcome(row, user, today=today),
        ),
        acts=acts_of(
            user, *((said, name, row.pk, MAY, VISIT.allows(event, source=row.status)) for event, said, name in ACTS)
        ),
    )


def _outcome(row: Visit, user: User, *, today: dt.date) -> Cell:
    clinical = user.may(Permission.CLINICAL_VIEW)
    if row.status == VisitStatus.MISSED:
        return Cell(row.missed_reason if clinical else "missed")
    if not row.outcome:
        return Cell("–", row.note if clinical else "")
    signed = f", signed {day(row.competency_signed_on, today=today)}" if row.competency_signed_on else ""
    return Cell(f"{row.get_outcome_display()}{signed}", row.person_trained)


@methods
def plan(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Plan a visit."""
    who = doing(request, MAY)
    enrolment = enrolment_of(who.by, enrolment_id)
    return deed(
        request,
        who,
        enrolment,
        forms.VisitPlanForm,
        heading="Plan a visit",
        button="Plan visit",
        done="Visit planned. Book it once the provider has a day.",
        back="visits",
        act=lambda given: actions.plan_visit(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _visit_deed(
    request: HttpRequest,
    visit: Visit,
    who: Any,
    form_class: type[Deed],
    act: Callable[..., Any],
    *,
    heading: str,
    button: str,
    done: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    booked = f"{visit.booked_on:%-d %B %Y}" if visit.booked_on else "no day booked"
    return deed(
        request,
        who,
        visit.enrolment,
        form_class,
        heading=heading,
        button=button,
        done=done,
        back="visits",
        facts=[("Visit", f"{visit.get_kind_display()}, {visit.get_status_display().lower()}, {booked}")],
        initial=initial,
        act=lambda given: act(visit=visit, by=who.by, at=who.at, **given),
    )


def _visit(user: User, visit_id: int) -> Visit:
    rows = Visit.objects.visible_to(user).select_related(*(f"enrolment__{name}" for name in JOINED))
    return get_object_or_404(rows, pk=visit_id)


@methods
def book(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Book a visit for a day."""
    who = doing(request, MAY)
    visit = _visit(who.by, visit_id)
    return _visit_deed(
        request,
        visit,
        who,
        forms.VisitBookForm,
        actions.book_visit,
        heading="Book the visit",
        button="Book visit",
        done="Visit booked.",
        initial={"booked_on": visit.booked_on or visit.planned_on, "nurse_name": visit.nurse_name},
    )


@methods
def done(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Record a visit as done: what came of training, or that the medicine was given."""
    who = doing(request, MAY)
    visit = _visit(who.by, visit_id)
    if visit.kind == Visit.Kind.ADMINISTRATION:
        return _visit_deed(
            request,
            visit,
            who,
            forms.AdministrationForm,
            actions.record_administration,
            heading="Record that the medicine was given",
            button="Record visit",
            done="Visit recorded. Record the first dose if it was that.",
            initial={"nurse_name": visit.nurse_name},
        )

    def act(**given: Any) -> Visit:
        trained = actions.record_training(**given)
        if trained.outcome in AFTER:
            messages.warning(request, AFTER[Visit.Outcome(trained.outcome)])
        return trained

    return _visit_deed(
        request,
        visit,
        who,
        forms.TrainingForm,
        act,
        heading="Record what came of the training",
        button="Record training",
        done="Training recorded.",
        initial={"nurse_name": visit.nurse_name, "person_trained": visit.person_trained},
    )


@methods
def missed(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Record that a visit was missed."""
    who = doing(request, MAY)
    return _visit_deed(
        request,
        _visit(who.by, visit_id),
        who,
        forms.ReasonForm,
        actions.record_missed,
        heading="Record that the visit was missed",
        button="Record",
        done="Recorded as missed. Book it again.",
    )


@methods
def cancel(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Cancel a visit."""
    who = doing(request, MAY)
    return _visit_deed(
        request,
        _visit(who.by, visit_id),
        who,
        forms.ReasonForm,
        actions.cancel_visit,
        heading="Cancel the visit",
        button="Cancel visit",
        done="Visit cancelled. Tell the provider and the patient.",
    )
