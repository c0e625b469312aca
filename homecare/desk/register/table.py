"""A register as a table: its headings found below the titles, its rows without blanks and subtotals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from homecare.desk.register import limits, values
from homecare.desk.register.columns import Columns, Names, guess_columns, is_heading_row, map_columns, require
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.inert import REASON_HEADING, as_written
from homecare.desk.register.reader import Sheet, SourceFile
from homecare.desk.register.sheet_cells import Cell

_FEWEST_HEADINGS: Final = 4
_SUBTOTAL: Final = re.compile(r"\s*(sub|grand)?[\s-]*(totals?|count|sum|no\.? of patients|number of patients)\b", re.I)
_MOST_SUBTOTAL_CELLS: Final = 4
_NOT_IN_A_SUBTOTAL: Final = ("nhs_number", "date_of_birth", "medicine", "provider")


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A line that is no row, and why."""

    row: int
    why: str
    text: str


@dataclass(slots=True)
class Table:
    """The register's rows under its headings. `passed_over` fills as the rows are read."""

    sheet: Sheet
    kind: str
    heading_row: int
    headings: tuple[str, ...]
    sample: tuple[tuple[Cell, ...], ...]
    note: str = ""
    passed_over: list[PassedOver] = field(default_factory=list)

    def columns(self, *, as_at: date, mapping: Mapping[str, str] | None = None, names: Names | None = None) -> Columns:
        """Return which column is which field: as mapped where somebody mapped it, else as guessed."""
        mapped = map_columns(self.headings, mapping or {})
        return guess_columns(self.headings, self.sample, as_at=as_at, names=names, mapped=mapped)

    def rows(self, columns: Columns) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows of the register, each padded to the headings' width, with its number in the file.

        Refused when a field without which no row can be judged has no column.
        """
        require(columns)
        self.passed_over = []
        width = len(self.headings)
        written_here = self.kind == "csv" and self.headings[-1] == REASON_HEADING
        telling = [columns.positions[name] for name in _NOT_IN_A_SUBTOTAL if name in columns.positions]
        for number, cells in self.sheet.rows():
            if number <= self.heading_row:
                continue
            if len(cells) < width:
                cells.extend([None] * (width - len(cells)))
            elif len(cells) > width:
                self._check_width(number, cells, width)
            why = self._why_no_row(cells, telling)
            if why is None and written_here:
                yield number, [as_written(cell) if isinstance(cell, str) else cell for cell in cells]
            elif why is None:
                yield number, cells
            elif why != "blank":
                text = " ".join(values.tidy(cell) for cell in cells if cell is not None).strip()
                self.passed_over.append(PassedOver(number, why, text[:200]))

    def _why_no_row(self, cells: Sequence[Cell], telling: list[int]) -> str | None:
        if sum(_is_filled(cells[position]) for position in telling) > 1:
            return "headings" if self._repeats_headings(cells) else None
        filled = [cell for cell in cells if _is_filled(cell)]
        if not filled:
            return "blank"
        is_subtotal = len(filled) <= _MOST_SUBTOTAL_CELLS and _SUBTOTAL.match(values.written(filled[0]))
        return "subtotal" if is_subtotal else None

    def _repeats_headings(self, cells: Sequence[Cell]) -> bool:
        return cells[0] == self.headings[0] and all(
            values.tidy(cell) == values.tidy(heading) for cell, heading in zip(cells, self.headings, strict=False)
        )

    def _check_width(self, number: int, cells: list[Cell], width: int) -> None:
        """Refuse a record with more values than headings: a comma outside quotation marks has shifted the rest."""
        if any(_is_filled(cell) for cell in cells[width:]):
            raise FileRefused(
                f"Row {number} has {len(cells)} values under {width} headings: a comma or a line break in one of its "
                "values is not within quotation marks, or a column has no heading. Correct it and try again."
            )
        del cells[width:]


def find_table(source: SourceFile, *, mapping: Mapping[str, str] | None = None) -> Table:
    """Return the first sheet that has a row of headings, or refuse the file."""
    for sheet in source.sheets:
        top = list(islice(sheet.rows(), limits.HEADING_SEARCH_ROWS + limits.SAMPLE_ROWS))
        at = _heading_position(top[: limits.HEADING_SEARCH_ROWS], mapping)
        if at is not None:
            number, cells = top[at]
            headings = _headings(cells)
            sample = tuple(tuple(row[: len(headings)]) for _, row in top[at + 1 : at + 1 + limits.SAMPLE_ROWS])
            return Table(sheet, source.kind, number, headings, sample, source.note)
    raise FileRefused(
        "No row of headings was found: a register has a row with headings such as NHS number, surname, date of birth "
        "and drug above its rows."
    )


def _headings(cells: Sequence[Cell]) -> tuple[str, ...]:
    texts = [values.tidy(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _heading_position(top: list[tuple[int, list[Cell]]], mapping: Mapping[str, str] | None) -> int | None:
    wanted = {" ".join(heading.split()).casefold() for heading in (mapping or {}).values() if heading}
    if wanted:
        for position, (_, cells) in enumerate(top):
            if wanted <= {values.tidy(cell).casefold() for cell in cells}:
                return position
    scores = [is_heading_row(cells) for _, cells in top]
    best = max(scores, default=0)
    return scores.index(best) if best >= _FEWEST_HEADINGS else None


def _is_filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or not cell.isspace())
