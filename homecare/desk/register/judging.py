"""A register read whole and judged: its rows as understood, what becomes of each, and what was written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from homecare.desk.register import values
from homecare.desk.register.columns import Columns, Names
from homecare.desk.register.decisions import Decision, Known, count, decide_all
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.reader import SourceFile
from homecare.desk.register.rows import RegisterRow, RowReader
from homecare.desk.register.sheet_cells import Cell
from homecare.desk.register.table import PassedOver, Table, find_table

_SEPARATOR: Final = "\x1f"
_TELL_EVERY: Final = 2_000

Tell = Callable[[str, int, int], None]
"""Told how far the work has come: the stage, how much is done, and of how much (0: not known)."""


def tell_nobody(_stage: str, _done: int, _total: int) -> None:
    """Take no notice."""


@dataclass(slots=True)
class ReadRegister:
    """A register as read. `written` holds each row's cells as one string: a quarter of the memory of a list."""

    table: Table
    columns: Columns
    as_at: date
    rows: list[RegisterRow]
    written: list[str]

    def cells(self, position: int) -> list[str]:
        """Return a row's cells as a person would read them."""
        return self.written[position].split(_SEPARATOR)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the sheet."""
        return self.table.headings

    @property
    def passed_over(self) -> list[PassedOver]:
        """The lines that are no rows."""
        return self.table.passed_over


def read_register(
    source: SourceFile,
    *,
    as_at: date,
    mapping: Mapping[str, str] | None = None,
    names: Names | None = None,
    tell: Tell = tell_nobody,
) -> ReadRegister:
    """Return the register read whole, or refuse the file."""
    table = find_table(source, mapping=mapping)
    columns = table.columns(as_at=as_at, mapping=mapping, names=names)
    reader = RowReader(columns, as_at=as_at)
    register = ReadRegister(table, columns, as_at, [], [])
    for number, cells in table.rows(columns):
        register.rows.append(reader.read(number, cells))
        register.written.append(_SEPARATOR.join(map(_as_text, cells)))
        if len(register.rows) % _TELL_EVERY == 0:
            tell("Reading", len(register.rows), 0)
    if not register.rows:
        raise FileRefused("There are headings and no rows below them.")
    tell("Reading", len(register.rows), len(register.rows))
    return register


def _as_text(cell: Cell) -> str:
    text = cell if isinstance(cell, str) else values.written(cell)
    return text.replace(_SEPARATOR, " ") if _SEPARATOR in text else text


def judge(register: ReadRegister, known: Known) -> list[Decision]:
    """Return what becomes of each row of the register, in its order."""
    return decide_all(register.rows, known)


def report(decisions: Iterable[Decision], **about: Any) -> dict[str, Any]:
    """Return the report of an import: what it was about, each row, and the counts."""
    decisions = list(decisions)
    return {**about, "rows": [decision.as_report() for decision in decisions], "counts": count(decisions)}
