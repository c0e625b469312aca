"""Imports to review: laboratory results that could not be filed, and registers that wait for somebody's decision."""

from typing import Any

from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, since_words
from homecare.desk.today.counting import Count, counted
from homecare.desk.today.paging import Key, Page
from homecare.navigation import address_of
from monitoring.models import LabResultToReview

COLUMNS = (
    Column("File", "Row"),
    Column("What", "Why"),
    Column("Came in", "How long ago"),
    Column("What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return the rows of results files that nobody has dealt with."""
    return LabResultToReview.objects.filter(closed_at__isnull=True)


def count(asked: Any) -> Count:
    """Count them."""
    return counted(rows_of(asked), since="received_at")


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the oldest ones."""
    found = list(rows_of(asked).order_by("received_at", "id")[:size])
    return Page([_row(row, asked) for row in found])


def _row(row: LabResultToReview, asked: Any) -> Row:
    received = row.received_at
    return Row(
        (
            Cell(row.file_name, f"row {row.row_number}"),
            Cell("Laboratory result not filed", row.get_reason_display()),
            Cell(words.day(received.date(), today=asked.today), since_words(received, today=asked.today)),
            Cell("Review it", href=address_of("lab_result_review") or ""),
        )
    )
