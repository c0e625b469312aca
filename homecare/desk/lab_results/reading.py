"""Read a pathology extract: one line for each result, under headings in any order."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from homecare.desk.lab_results.values import LabValue, read_lab_value
from homecare.desk.register import limits, values
from homecare.desk.register.columns import heading_words
from homecare.desk.register.dates import read_moment
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.reader import Sheet, SourceFile
from homecare.desk.register.sheet_cells import Cell

_HEADINGS: Final = {
    "nhs_number": ("nhs number", "nhs"),
    "taken_at": ("sample taken", "collected", "collection date", "sample date", "date taken", "taken", "specimen date",
                 "date collected", "collected at", "taken at", "sample date time", "collection date time"),
    "test_type": ("test set", "test", "panel", "profile", "battery", "order", "test group"),
    "analyte": ("analyte", "test name", "component", "result name", "determinand", "observation"),
    "value": ("value", "result", "result value"),
    "unit": ("units", "unit", "uom"),
    "reference_range": ("reference range", "range", "normal range", "ref range"),
}  # fmt: skip
_REQUIRED: Final = {"nhs_number": "NHS number", "taken_at": "sample taken", "analyte": "analyte", "value": "value"}


@dataclass(frozen=True, slots=True)
class LabRow:
    """One result as reported. What could not be read is None, and what was written is kept."""

    number: int
    nhs_number: str | None
    nhs_number_written: str
    taken_at: dt.datetime | None
    taken_at_written: str
    test_type: str
    analyte: str
    value: LabValue
    unit: str
    reference_range: str


def read_lab_rows(source: SourceFile, *, as_at: dt.date) -> Iterator[LabRow]:
    """Yield the results of the first sheet with a row of headings, or refuse the file."""
    sheet, heading_row, places = _find_headings(source)
    for number, cells in sheet.rows():
        if number > heading_row and any(cell not in (None, "") for cell in cells):
            yield _lab_row(number, cells, places, as_at=as_at)


def _find_headings(source: SourceFile) -> tuple[Sheet, int, dict[str, int]]:
    best: dict[str, int] = {}
    for sheet in source.sheets:
        for number, cells in islice(sheet.rows(), limits.HEADING_SEARCH_ROWS):
            places = _places(cells)
            if not _REQUIRED.keys() - places.keys():
                return sheet, number, places
            best = max(best, places, key=len)
    missing = ", ".join(words for name, words in _REQUIRED.items() if name not in best)
    raise FileRefused(f"No row of headings with all that is needed was found: missing are {missing}.")


def _places(cells: Sequence[Cell]) -> dict[str, int]:
    words = {heading_words(cell): n for n, cell in reversed(list(enumerate(cells))) if isinstance(cell, str) and cell}
    return {
        name: words[heading_words(known)]
        for name, headings in _HEADINGS.items()
        for known in reversed(headings)
        if heading_words(known) in words
    }


def _lab_row(number: int, cells: Sequence[Cell], places: dict[str, int], *, as_at: dt.date) -> LabRow:
    def cell(name: str) -> Cell:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else None

    nhs_number = values.tidy(cell("nhs_number"))
    return LabRow(
        number=number,
        nhs_number=values.read_nhs_number(nhs_number),
        nhs_number_written=nhs_number,
        taken_at=read_moment(cell("taken_at"), as_at=as_at),
        taken_at_written=values.tidy(cell("taken_at")),
        test_type=values.tidy(cell("test_type")),
        analyte=values.tidy(cell("analyte")),
        value=read_lab_value(values.written(cell("value"))),
        unit=values.tidy(cell("unit")),
        reference_range=values.tidy(cell("reference_range")),
    )
