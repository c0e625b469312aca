"""Imports to review: registers that wait for somebody, and laboratory results that could not be filed."""

from typing import Any

from homecare.core import words
from homecare.desk.register.models import RegisterImport
from homecare.desk.today.cells import Cell, Column, Row, since_words
from homecare.desk.today.paging import Key, Page
from homecare.navigation import address_of
from monitoring.models import LabResultToReview

COLUMNS = (
    Column("File", "Row"),
    Column("What", "Why"),
    Column("Came in", "How long ago"),
    Column("What to do"),
)


def registers(asked: Any) -> Any:
    """Return the registers that somebody must commit, discard or look through."""
    return RegisterImport.objects.visible_to(asked.user).to_review()


def results(asked: Any) -> Any:
    """Return the rows of results files that nobody has dealt with."""
    return LabResultToReview.objects.filter(closed_at__isnull=True)


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the registers, then the oldest results. There is one page: the imports' own screens have them all."""
    first = [_register(one, asked) for one in registers(asked).order_by("uploaded_at", "pk")[:size]]
    rest = results(asked).order_by("received_at", "pk")[: size - len(first)] if len(first) < size else []
    return Page([*first, *(_result(row, asked) for row in rest)])


def _register(one: RegisterImport, asked: Any) -> Row:
    address = address_of("register_import", one.pk) or address_of("register_imports") or ""
    return Row(
        (
            Cell(one.file_name, f"as at {words.day(one.as_at, today=asked.today)}"),
            Cell("Register", one.get_status_display().lower()),
            Cell(words.day(one.uploaded_at.date(), today=asked.today), since_words(one.uploaded_at, today=asked.today)),
            Cell("Open it", href=address),
        )
    )


def _result(row: LabResultToReview, asked: Any) -> Row:
    received = row.received_at
    return Row(
        (
            Cell(row.file_name, f"row {row.row_number}"),
            Cell("Laboratory result not filed", row.get_reason_display()),
            Cell(words.day(received.date(), today=asked.today), since_words(received, today=asked.today)),
            Cell("Review it", href=address_of("lab_results_to_review") or ""),
        )
    )
