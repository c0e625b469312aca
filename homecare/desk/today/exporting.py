"""A worklist as the rows of a spreadsheet, and who made it, when, and by which filters."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from homecare.accounts.models import User
from homecare.desk.today.cells import Column, Row


def headings(columns: Sequence[Column]) -> list[str]:
    """Return a heading for each value of a row."""
    return [heading for column in columns for heading in (column.heading, column.more) if heading]


def values(row: Row, columns: Sequence[Column]) -> list[str]:
    """Return the values of a row, with the small print of those columns that name it."""
    return [
        value
        for cell, column in zip(row.cells, columns, strict=True)
        for value in ([cell.text, cell.small_print] if column.more else [cell.text])
    ]


def colophon(user: User, at: dt.datetime, chosen: Mapping[str, str], *, cut_at: int | None) -> list[list[str]]:
    """Say who made the file, when and by which filters; and if it was cut, at how many rows."""
    by = ", ".join(f"{name} {value}" for name, value in chosen.items() if value) or "none"
    lines = [[], [f"Made by {user} on {timezone.localtime(at):%d %b %Y at %H:%M}. Filters: {by}."]]
    return lines + ([[f"Only the first {cut_at:,} rows: narrow the filters for the rest."]] if cut_at else [])
