"""The lists behind the lights: who is about to be without, and whom nothing will ask about."""

from typing import Any

from django.urls import reverse

from homecare.desk.today import safety_net
from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day, page_by_id
from patients.models import Enrolment
from patients.states import OPEN

COVER_COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("First dose without medicine", "How far off"),
    Column("Next delivery due", "How far off"),
    Column("Provider", "State"),
)
ENROLMENT_COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("State", "Registered"),
    Column("Provider"),
    Column("What to do"),
)


def soon_without(asked: Any) -> Any:
    """Return the covers of those who reach a dose with no medicine within a week, through the filters."""
    return asked.filters.of_enrolments(safety_net.soon_without(asked.user, day=asked.today))


def page_soon_without(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return those who reach a dose with no medicine within a week, the first to run out on top."""
    found = page_by_day(
        soon_without(asked),
        day="first_uncovered_dose_on",
        tie="enrolment_id",
        after=after,
        size=size,
        joined=shown_with("enrolment__"),
    )
    said = doses([cover.enrolment_id for cover in found.rows], today=asked.today)
    rows = []
    for cover in found.rows:
        enrolment = cover.enrolment
        cells = (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, said.get(enrolment.pk, "")),
            day_cell(cover.first_uncovered_dose_on, today=asked.today),
            day_cell(cover.next_delivery_due_on, today=asked.today),
            Cell(str(enrolment.service.provider), enrolment.get_status_display().lower()),
        )
        rows.append(Row(cells, enrolment.patient_id))
    return Page(rows, found.next_key, found.is_first)


def under_way(asked: Any) -> Any:
    """Return the enrolments that are under way, through the filters."""
    rows = Enrolment.objects.visible_to(asked.user).filter(status__in=sorted(str(s) for s in OPEN))
    return asked.filters.of_enrolments(rows, "")


def page_enrolments(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the enrolments that are under way, the oldest first."""
    return _page(under_way(asked), asked, after, size, "Open")


def without_next_prompt(asked: Any) -> Any:
    """Return the active enrolments for which nothing will ask, through the filters."""
    return asked.filters.of_enrolments(safety_net.without_next_prompt(asked.user), "")


def without_next_test(asked: Any) -> Any:
    """Return the enrolments whose plan has no test to come, through the filters."""
    plans = safety_net.without_next_test(asked.user).values("enrolment_id")
    return asked.filters.of_enrolments(Enrolment.objects.visible_to(asked.user).filter(pk__in=plans), "")


def page_without_next_prompt(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the active enrolments for which nothing will ask."""
    return _page(without_next_prompt(asked), asked, after, size, "Count what is at home, or check the regimen")


def page_without_next_test(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the enrolments whose plan has no test to come."""
    return _page(without_next_test(asked), asked, after, size, "Plan the next test")


def _page(rows: Any, asked: Any, after: Key | None, size: int, what_to_do: str) -> Page[Row]:
    found = page_by_id(rows, after=after, size=size, joined=shown_with())
    said = doses([enrolment.pk for enrolment in found.rows], today=asked.today)
    rows = [_row(enrolment, said.get(enrolment.pk, ""), asked, what_to_do) for enrolment in found.rows]
    return Page(rows, found.next_key, found.is_first)


def _row(enrolment: Any, dose: str, asked: Any, what_to_do: str) -> Row:
    registered = day_cell(enrolment.registered_on, today=asked.today, unknown="no registration date")
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, dose),
            Cell(enrolment.get_status_display(), registered.text),
            Cell(str(enrolment.service.provider)),
            Cell(what_to_do, href=reverse("patient", args=[enrolment.patient_id]) + f"#enrolment-{enrolment.pk}"),
        ),
        enrolment.patient_id,
    )
