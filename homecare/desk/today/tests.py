"""Blood tests overdue: one row for a patient and a day, the longest overdue first."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page
from medicines.models import TestType
from monitoring.models import MonitoringItem
from patients.models import Enrolment

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("Was due", "How late"),
    Column("Tests"),
    Column("Whose move", "How they are reached"),
)


def rows_of(asked: Any) -> Any:
    """Return the tests that were due before today and are not taken, through the filters."""
    overdue = MonitoringItem.objects.visible_to(asked.user).due_by(asked.today - dt.timedelta(days=1))
    return asked.filters.of_enrolments(overdue, "plan__enrolment__")


def patients_and_days(asked: Any) -> Any:
    """Return each patient once for each day: what is counted."""
    return rows_of(asked).order_by().values("due_on", "patient_id").distinct()


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page of patients with what they missed."""
    rows = rows_of(asked)
    if after is not None and after.day is not None:
        later = Q(due_on__gt=after.day) | Q(due_on=after.day, patient_id__gt=after.id)
        rows = rows.filter(later, due_on__gte=after.day)
    grouped = rows.values("due_on", "patient_id").annotate(
        tests=ArrayAgg("test_type_id", distinct=True), enrolments=ArrayAgg("plan__enrolment_id", distinct=True)
    )
    found = list(grouped.order_by("due_on", "patient_id")[: size + 1])
    shown, more = found[:size], len(found) > size
    next_key = str(Key(shown[-1]["due_on"], shown[-1]["patient_id"])) if more else ""
    return Page(_present(shown, asked), next_key, after is None)


def _present(shown: list[dict[str, Any]], asked: Any) -> list[Row]:
    ids = {pk for row in shown for pk in row["enrolments"]}
    enrolments = (
        Enrolment.objects.visible_to(asked.user).select_related("patient__recipient", *shown_with()).in_bulk(ids)
    )
    names = dict(TestType.objects.values_list("pk", "name"))
    said = doses(ids, today=asked.today)
    return [_row(row, enrolments, names, said, asked.today) for row in shown]


def _row(row: dict[str, Any], enrolments: Any, names: dict[int, str], said: dict[int, str], today: dt.date) -> Row:
    mine = [enrolments[pk] for pk in sorted(row["enrolments"]) if pk in enrolments]
    patient = mine[0].patient
    recipient = patient.recipient
    reached = recipient.get_preferred_channel_display().lower() if recipient.barred() is None else "not to be messaged"
    medicines = [medicine_cell(enrolment, said.get(enrolment.pk, "")) for enrolment in mine]
    return Row(
        (
            patient_cell(patient),
            replace(medicines[0], text="; ".join(cell.text for cell in medicines)),
            _due(row["due_on"], today),
            Cell(", ".join(sorted(names[pk] for pk in row["tests"]))),
            Cell("Patient", reached),
        ),
        patient.pk,
    )


def _due(day: dt.date, today: dt.date) -> Cell:
    return Cell(day_cell(day, today=today).text, f"{words.count((today - day).days, 'day')} late", tone="late")
