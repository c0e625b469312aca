"""Providers to tell: changes that a provider has not been told of, or has not acknowledged."""

from typing import Any

from django.urls import reverse

from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, patient_cell, since_words
from homecare.desk.today.paging import Key, Page, page_by_id
from patients.models import ProviderNotice

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("What", "From"),
    Column("Provider"),
    Column("Raised", "How long ago"),
    Column("Whose move", "What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return what providers do not know yet, through the filters."""
    return asked.filters.of_enrolments(ProviderNotice.objects.visible_to(asked.user).unanswered())


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, the oldest first."""
    found = page_by_id(rows_of(asked), after=after, size=size, joined=("patient", "provider"))
    return Page([_row(notice, asked) for notice in found.rows], found.next_key, found.is_first)


def _row(notice: ProviderNotice, asked: Any) -> Row:
    told = notice.told_at is not None
    return Row(
        (
            patient_cell(notice.patient),
            Cell(notice.get_kind_display(), words.day(notice.effective_on, today=asked.today)),
            Cell(notice.provider.name),
            Cell(
                words.day(notice.raised_at.date(), today=asked.today),
                since_words(notice.raised_at, today=asked.today),
                tone="" if told or notice.raised_at.date() == asked.today else "late",
            ),
            Cell(
                "Provider" if told else "Homecare team",
                "acknowledge" if told else "tell the provider",
                f"{reverse('notices')}?provider={notice.provider_id}",
            ),
        ),
        notice.patient_id,
    )
