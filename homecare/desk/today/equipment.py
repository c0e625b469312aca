"""Equipment to service: what stands at a patient's home and is due within a month, the longest overdue on top."""

import datetime as dt
from typing import Any

from django.urls import reverse

from homecare.desk.today.cells import Cell, Column, Row, day_cell, patient_cell
from homecare.desk.today.paging import Key, Page, page_by_day
from patients.models import Enrolment, Equipment

WITHIN_DAYS = 30
COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Equipment", "Make, model and serial number"),
    Column("Service due", "How far off"),
    Column("Whose it is", "Provider of the service"),
    Column("Whose move", "What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return the equipment at home whose service is due soon or overdue, through the filters."""
    by = asked.today + dt.timedelta(days=WITHIN_DAYS)
    rows = Equipment.objects.filter(collected_on__isnull=True, service_due_on__lte=by)
    visible = rows.filter(enrolment__in=Enrolment.objects.visible_to(asked.user)) if not asked.user.is_human else rows
    return asked.filters.of_enrolments(visible)


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, the longest overdue on top."""
    joined = ("enrolment__patient", "enrolment__service__provider")
    found = page_by_day(rows_of(asked), day="service_due_on", tie="pk", after=after, size=size, joined=joined)
    return Page([_row(row, asked) for row in found.rows], found.next_key, found.is_first)


def _row(row: Any, asked: Any) -> Row:
    number = f"serial number {row.serial_number}" if row.serial_number else "no serial number"
    owner = "Homecare team" if row.owner == Equipment.Owner.TRUST else "Provider"
    return Row(
        (
            patient_cell(row.enrolment.patient),
            Cell(row.get_kind_display(), ", ".join(part for part in (row.description, number) if part)),
            day_cell(row.service_due_on, today=asked.today),
            Cell(row.get_owner_display(), str(row.enrolment.service.provider)),
            Cell(owner, "service it, and record the next day", reverse("equipment", args=[row.enrolment_id])),
        ),
        row.enrolment.patient_id,
    )
