"""Funding running out: approvals whose last day is near or past, the first to lapse on top."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from patients.models import Enrolment, FundingApproval
from patients.states import OPEN, FundingStatus

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("Last day covered", "How far off"),
    Column("Asked for from", "Reference"),
    Column("Whose move", "What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return the approvals that run out within the warned days, or have, of treatments under way."""
    by = asked.today + dt.timedelta(days=settings.FUNDING_WARNED_DAYS)
    rows = FundingApproval.objects.visible_to(asked.user).approved().filter(expires_on__lte=by)
    under_way = Enrolment.objects.filter(status__in=sorted(str(status) for status in OPEN))
    if not asked.filters.is_empty:
        under_way = asked.filters.of_enrolments(under_way, "")
    return rows.filter(Exists(under_way.filter(treatment=OuterRef("treatment_id"))))


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, the first to lapse on top."""
    found = page_by_day(rows_of(asked), day="expires_on", tie="pk", after=after, size=size, joined=("patient",))
    treatments = [approval.treatment_id for approval in found.rows]
    status = sorted(str(status) for status in OPEN)
    rows = Enrolment.objects.visible_to(asked.user).filter(treatment__in=treatments, status__in=status)
    enrolments = {e.treatment_id: e for e in rows.select_related(*shown_with()).order_by("pk")}
    said = doses([enrolment.pk for enrolment in enrolments.values()], today=asked.today)
    waiting = set(
        FundingApproval.objects.visible_to(asked.user)
        .filter(treatment__in=treatments, status=FundingStatus.REQUESTED)
        .values_list("treatment_id", flat=True)
    )
    shown = [
        _row(approval, enrolments[approval.treatment_id], said, asked, is_asked=approval.treatment_id in waiting)
        for approval in found.rows
        if approval.treatment_id in enrolments
    ]
    return Page(shown, found.next_key, found.is_first)


def _row(approval: Any, enrolment: Any, said: dict[int, str], asked: Any, *, is_asked: bool) -> Row:
    move = ("Commissioner", "answer the request") if is_asked else ("Clinic", "ask for it to continue")
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, said.get(enrolment.pk, "")),
            day_cell(approval.expires_on, today=asked.today, soon_days=settings.FUNDING_WARNED_DAYS + 1),
            Cell(approval.get_system_display(), approval.reference),
            Cell(move[0], move[1], reverse("funding", args=[enrolment.pk])),
        ),
        enrolment.patient_id,
    )
