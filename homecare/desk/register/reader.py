"""Open a register of either kind, workbook or CSV, and read its sheets as streams of rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from homecare.desk.register import limits
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.sheet_cells import Cell
from homecare.desk.register.text_file import TextFile
from homecare.desk.register.workbook import SheetEntry, Workbook

_ZIP_START: Final = b"PK\x03\x04"
_OLD_EXCEL_START: Final = b"\xd0\xcf\x11\xe0"

Rows = Iterator[tuple[int, list[Cell]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet (a CSV file is one): its name and its rows, each with its number in the file."""

    name: str
    read: Callable[[], Rows]

    def rows(self) -> Rows:
        """Yield the rows, each with its number; more rows than a register has are refused."""
        for count, row in enumerate(self.read(), start=1):
            if count > limits.MAX_ROWS + limits.HEADING_SEARCH_ROWS:
                raise FileRefused(f"The file has more than {limits.MAX_ROWS:,} rows: it is not a register.")
            if len(row[1]) > limits.MAX_COLUMNS:
                raise FileRefused(
                    f"Row {row[0]} has more than {limits.MAX_COLUMNS} columns: the file is not a register."
                )
            yield row


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A register's file: its sheets, shown ones first, and what to tell about how it was read."""

    kind: str
    sheets: tuple[Sheet, ...]
    note: str


@contextmanager
def open_path(path: Path) -> Iterator[SourceFile]:
    """Open a file by its path for as long as it is read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(f"The file cannot be opened: {error.strerror}.") from None
    with file:
        yield open_file(file)


def open_file(file: IO[bytes]) -> SourceFile:
    """Open a register by what it holds, not by what it is called, or refuse it in one sentence."""
    size = file.seek(0, 2)
    if size == 0:
        raise FileRefused("The file is empty.")
    if size > limits.MAX_FILE_BYTES:
        raise FileRefused(
            f"The file is larger than {limits.MAX_FILE_BYTES // limits.MEGABYTE} MB: it is not a register."
        )
    file.seek(0)
    start = file.read(8)
    if start.startswith(_OLD_EXCEL_START):
        raise FileRefused("This workbook is in Excel's old format, or has a password: save it as .xlsx without one.")
    if start.startswith(_ZIP_START):
        return _open_workbook(file)
    return _open_text(file)


def _open_workbook(file: IO[bytes]) -> SourceFile:
    workbook = Workbook(file)
    ordered = sorted(workbook.sheets, key=lambda sheet: not sheet.visible)

    def reader(entry: SheetEntry) -> Callable[[], Rows]:
        return lambda: workbook.rows(entry)

    return SourceFile("xlsx", tuple(Sheet(entry.name, reader(entry)) for entry in ordered), "")


def _open_text(file: IO[bytes]) -> SourceFile:
    text = TextFile(file)

    def rows() -> Rows:
        for number, record in text.rows():
            if any(len(cell) > limits.MAX_CELL_CHARS for cell in record):
                raise FileRefused(
                    f"A cell on line {number} holds more than {limits.MAX_CELL_CHARS:,} characters: shorten it first."
                )
            yield number, list[Cell](record)

    return SourceFile("csv", (Sheet("", rows),), text.encoding_note)
