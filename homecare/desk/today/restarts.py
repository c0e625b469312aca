"""Restart expected: pauses whose end is near or past, and those for which nobody gave a day."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import DateField, F
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from patients.models import Enrolment, Suspension
from patients.states import EnrolmentStatus

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("Paused from", "How long ago"),
    Column("Expected to restart", "How far off"),
    Column("Whose move", "What to do"),
)
PAUSED = (EnrolmentStatus.SUSPENDED, EnrolmentStatus.TRANSFERRING)


def rows_of(asked: Any) -> Any:
    """Return the open pauses to ask about, through the filters, each with the day on which to ask: `asks_on`.

    That is the expected restart; where none was given, some weeks after the pause began, so that nobody is forgotten.
    """
    without_day = Cast(F("starts_on") + dt.timedelta(days=settings.PAUSE_REVIEW_DAYS), DateField())
    soon = asked.today + dt.timedelta(days=settings.RESTART_REMINDER_DAYS)
    seen = Enrolment.objects.visible_to(asked.user).filter(status__in=PAUSED)
    rows = Suspension.objects.filter(ends_on__isnull=True, enrolment__in=seen)
    return asked.filters.of_enrolments(
        rows.annotate(asks_on=Coalesce("expected_restart_on", without_day)).filter(asks_on__lte=soon)
    )


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, the longest overdue on top."""
    found = page_by_day(
        rows_of(asked), day="asks_on", tie="pk", after=after, size=size, joined=shown_with("enrolment__")
    )
    said = doses([pause.enrolment_id for pause in found.rows], today=asked.today)
    rows = [_row(pause, said.get(pause.enrolment_id, ""), asked) for pause in found.rows]
    return Page(rows, found.next_key, found.is_first)


def _row(pause: Suspension, dose: str, asked: Any) -> Row:
    enrolment, expected = pause.enrolment, pause.expected_restart_on
    since = day_cell(pause.starts_on, today=asked.today)
    is_past = expected is not None and expected < asked.today
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, dose),
            Cell(since.text, since.more),
            day_cell(expected, today=asked.today, unknown="no day was given"),
            Cell(
                "Clinic",
                "resume, or give another day: it is past" if is_past else "may treatment restart?",
                reverse("resume", args=[enrolment.pk]),
            ),
        ),
        enrolment.patient_id,
    )
