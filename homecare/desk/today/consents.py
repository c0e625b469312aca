"""Consents missing: on treatment by the register, but nobody recorded that the patient agreed."""

from typing import Any

from django.urls import reverse

from homecare.desk.today import safety_net
from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_id

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("Registered", "How long ago"),
    Column("Provider"),
    Column("Whose move", "What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return the enrolments that wait for consent, through the filters."""
    return asked.filters.of_enrolments(safety_net.without_consent(asked.user), "")


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, in the order of their enrolment."""
    found = page_by_id(rows_of(asked), after=after, size=size, joined=shown_with())
    said = doses([enrolment.pk for enrolment in found.rows], today=asked.today)
    rows = [_row(enrolment, said.get(enrolment.pk, ""), asked) for enrolment in found.rows]
    return Page(rows, found.next_key, found.is_first)


def _row(enrolment: Any, dose: str, asked: Any) -> Row:
    registered = day_cell(enrolment.registered_on, today=asked.today)
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, dose),
            Cell(registered.text, registered.more),
            Cell(str(enrolment.service.provider)),
            Cell(
                "Homecare team",
                "record consent: nobody is messaged without it",
                reverse("consent", args=[enrolment.pk]),
            ),
        ),
        enrolment.patient_id,
    )
