"""Rows on their way into tables: gathered as text, sent with COPY, so that a batch of patients costs seconds.

Nothing is written round the back: the tables' triggers write history for these rows as for any others.
"""

from collections.abc import Iterable
from io import StringIO
from typing import Any, cast

from django.db import connection, models

NULL = r"\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Ids:
    """Numbers taken beforehand from a table's sequence, so that rows can name each other before they are written."""

    def __init__(self, model: type[models.Model], *, at_once: int = 5000) -> None:
        self.table = model._meta.db_table
        self.at_once = at_once
        self._ready: list[int] = []

    def take(self) -> int:
        """Return the next number."""
        if not self._ready:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [self.table, self.at_once],
                )
                self._ready = [row[0] for row in reversed(cursor.fetchall())]
        return self._ready.pop()


class Sheet:
    """The rows of one table, by the columns named."""

    def __init__(self, model: type[models.Model], columns: str) -> None:
        self.table = model._meta.db_table
        self.columns = [_column(model, name) for name in columns.split()]
        self._lines: list[str] = []
        self.written = 0

    def add(self, *values: Any) -> None:
        """Add a row; the values stand in the order of the columns."""
        if len(values) != len(self.columns):
            raise ValueError(f"{self.table} has {len(self.columns)} columns here, and was given {len(values)} values.")
        self._lines.append("\t".join([NULL if value is None else _text(value) for value in values]))

    def write(self) -> None:
        """Send the rows gathered so far."""
        if not self._lines:
            return
        self._lines.append("")
        names = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.table}" ({names}) FROM STDIN', StringIO("\n".join(self._lines)))
        self.written += len(self._lines) - 1
        self._lines = []


def _column(model: type[models.Model], name: str) -> str:
    column: str = cast(Any, model._meta.get_field(name)).column
    return column


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPED) if "\\" in value or not value.isprintable() else value
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


def write_all(sheets: Iterable[Sheet]) -> None:
    """Send every sheet, in the order given: what is named before what names it."""
    for sheet in sheets:
        sheet.write()
