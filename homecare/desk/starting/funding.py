"""The funding of a treatment: what was asked for, what was answered, and until when it lasts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import doing
from homecare.desk.starting import forms
from homecare.desk.starting.pages import Listing, Record, acts_of, day, deed, enrolment_of, listing_page
from homecare.desk.today.cells import Cell, day_cell
from patients.actions import funding as actions
from patients.models import Enrolment, FundingApproval
from patients.pathway.facts import funding_for
from patients.pathway.funding import Standing
from patients.pathway.requirements import Code
from patients.states import FUNDING, FundingStatus

methods = require_http_methods(["GET", "POST"])
MAY = Permission.FUNDING_RECORD
COLOURS = {FundingStatus.APPROVED: "green", FundingStatus.REQUESTED: "amber", FundingStatus.REFUSED: "red"}
# What may be done to an approval, in the words of its link, and the page on which it is done.
ACTS = (
    ("approve", "Record approval", "funding_approve"),
    ("refuse", "Record refusal", "funding_refuse"),
    ("waive", "None is required", "funding_waive"),
    ("renew", "Record continuation", "funding_renew"),
    ("withdraw", "Withdraw", "funding_withdraw"),
)


@require_GET
def funding(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """List the requests for funding of an enrolment's treatment."""
    return listing_page(request, enrolment_id, _listing)


def _listing(enrolment: Enrolment, user: User, today: dt.date) -> Listing:
    rows = FundingApproval.objects.visible_to(user).filter(treatment=enrolment.treatment_id)
    stands = funding_for([enrolment.treatment_id], today=today)[enrolment.treatment_id]
    waits = any(row.status == FundingStatus.REQUESTED for row in rows)
    note = f"{stands.words}." if stands.standing in {Standing.LAPSED, Standing.RUNNING_OUT} else ""
    return Listing(
        heading="Funding",
        columns=("Asked for from", "State", "Reference", "Covers"),
        records=tuple(_record(row, user, today=today) for row in rows.order_by("-requested_on", "-pk")),
        empty="Funding has not been asked for."
        if enrolment.service.needs_funding_approval
        else "Funding has not been asked for, and this service does not ask for an approval.",
        acts=acts_of(user, ("Record a request for funding", "funding_request", enrolment.pk, MAY, not waits)),
        codes=(Code.FUNDING,),
        notes=(note,) if note else (),
    )


def _record(row: FundingApproval, user: User, *, today: dt.date) -> Record:
    asked = f"{row.get_purpose_display().lower()}, asked for {day(row.requested_on, today=today)}"
    decided = f"{day(row.decided_on, today=today)}" if row.decided_on else ""
    clinical = user.may(Permission.CLINICAL_VIEW)
    ends = day_cell(row.expires_on, today=today, soon_days=60) if row.status == FundingStatus.APPROVED else None
    covers = Cell("no last day") if ends is not None and row.expires_on is None else ends
    return Record(
        cells=(
            Cell(row.get_system_display(), asked),
            Cell(row.get_status_display(), tag=COLOURS.get(FundingStatus(row.status), "grey"), more=decided),
            Cell(row.reference or "–", row.criteria_version if clinical else ""),
            covers or Cell(day(row.expires_on, today=today)),
        ),
        acts=acts_of(
            user,
            *((said, name, row.pk, MAY, FUNDING.allows(event, source=row.status)) for event, said, name in ACTS),
        ),
    )


@methods
def request_(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Record that funding was asked for."""
    who = doing(request, MAY)
    enrolment = enrolment_of(who.by, enrolment_id)
    return deed(
        request,
        who,
        enrolment,
        forms.FundingRequestForm,
        heading="Record a request for funding",
        button="Record request",
        done="Request recorded. The commissioner answers next.",
        back="funding",
        act=lambda given: actions.request_funding(enrolment=enrolment, by=who.by, at=who.at, **given),
    )


def _answer(
    request: HttpRequest,
    approval_id: int,
    form_class: type[Deed],
    action: Callable[..., Any],
    *,
    heading: str,
    button: str,
    done: str,
    **page: Any,
) -> HttpResponse:
    who = doing(request, MAY)
    rows = FundingApproval.objects.visible_to(who.by).select_related("treatment")
    approval = get_object_or_404(rows, pk=approval_id)
    latest = Enrolment.objects.visible_to(who.by).filter(treatment=approval.treatment_id).order_by("-pk")
    enrolment = enrolment_of(who.by, latest.values_list("pk", flat=True)[0])
    return deed(
        request,
        who,
        enrolment,
        form_class,
        heading=heading,
        button=button,
        done=done,
        back="funding",
        facts=[
            ("Asked for from", f"{approval.get_system_display()}, {approval.get_purpose_display().lower()}"),
            ("Asked for on", f"{approval.requested_on:%-d %B %Y}"),
            ("State", approval.get_status_display()),
            *([("Covers until", f"{approval.expires_on:%-d %B %Y}")] if approval.expires_on else []),
        ],
        initial={"reference": approval.reference, "criteria_version": approval.criteria_version},
        act=lambda given: action(approval=approval, by=who.by, at=who.at, **given),
        **page,
    )


@methods
def approve(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Record that funding was approved."""
    return _answer(
        request,
        approval_id,
        forms.FundingApprovalForm,
        actions.approve_funding,
        heading="Record that funding was approved",
        button="Record approval",
        done="Approval recorded.",
    )


@methods
def renew(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Record a continuation that was approved at once."""
    return _answer(
        request,
        approval_id,
        forms.FundingApprovalForm,
        actions.renew_funding,
        heading="Record that funding continues",
        button="Record continuation",
        done="Continuation recorded.",
        consequences=("The new approval takes the place of the old one from today.",),
    )


@methods
def refuse(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Record that funding was refused."""
    return _answer(
        request,
        approval_id,
        forms.FundingAnswerForm,
        actions.refuse_funding,
        heading="Record that funding was refused",
        button="Record refusal",
        done="Refusal recorded.",
    )


@methods
def waive(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Record that none is required."""
    return _answer(
        request,
        approval_id,
        forms.FundingAnswerForm,
        actions.waive_funding,
        heading="Record that no approval is required",
        button="Record",
        done="Recorded: no approval is required.",
    )


@methods
def withdraw(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Record that it was withdrawn."""
    return _answer(
        request,
        approval_id,
        forms.ReasonForm,
        actions.withdraw_funding,
        heading="Withdraw the request or approval",
        button="Withdraw",
        done="Withdrawn. It covers nothing.",
        consequences=("It no longer covers anything. Another must be asked for.",),
        is_dangerous=True,
    )
