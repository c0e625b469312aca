"""Prescriptions on their way through the pharmacy: to be screened, and to be sent."""

from typing import Any

from django.urls import reverse

from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from prescriptions.models import Prescription
from prescriptions.presenters import move_of

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("First dose without medicine", "How far off"),
    Column("Signed", "How long ago"),
    Column("Provider", "What it gives"),
    Column("Whose move", "What to do"),
)


def to_screen(asked: Any) -> Any:
    """Return those that a pharmacist has yet to screen."""
    return _filtered(asked).awaiting_screening()


def to_send(asked: Any) -> Any:
    """Return those that are screened and not yet sent."""
    return _filtered(asked).awaiting_sending()


def page_to_screen(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return those that a pharmacist has yet to screen, longest signed first."""
    return _page(to_screen(asked), asked, after, size)


def page_to_send(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return those that are screened and not yet sent, longest signed first."""
    return _page(to_send(asked), asked, after, size)


def _filtered(asked: Any) -> Any:
    return asked.filters.of_enrolments(Prescription.objects.visible_to(asked.user))


def _page(rows: Any, asked: Any, after: Key | None, size: int) -> Page[Row]:
    joined = ["provider", "enrolment__cover", *shown_with("enrolment__")]
    found = page_by_day(rows, day="signed_on", tie="id", after=after, size=size, joined=joined)
    said = doses([prescription.enrolment_id for prescription in found.rows], today=asked.today)
    return Page([_row(one, said, asked) for one in found.rows], found.next_key, found.is_first)


def _row(prescription: Any, said: dict[int, str], asked: Any) -> Row:
    enrolment, today = prescription.enrolment, asked.today
    cover = getattr(enrolment, "cover", None)
    move = move_of(prescription)
    gives = f"{words.count(prescription.deliveries, 'delivery', 'deliveries')} of {prescription.units_each}"
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, said.get(enrolment.pk, "")),
            day_cell(cover.first_uncovered_dose_on if cover else None, today=today),
            Cell(
                words.day(prescription.signed_on, today=today) if prescription.signed_on else "not signed",
                words.distance(prescription.signed_on, today=today) if prescription.signed_on else "",
            ),
            Cell(str(prescription.provider), gives),
            Cell(move.who, move.what, reverse("prescription", args=[prescription.pk])),
        ),
        enrolment.patient_id,
    )
