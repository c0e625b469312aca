"""The cells of a sheet as they stream by: texts, numbers and dates, and nothing that is worked out or run."""

import datetime as dt
from typing import Final

from homecare.desk.register import limits
from homecare.desk.register.errors import FileRefused

Cell = str | int | float | dt.date | dt.datetime | None
"""What a cell may hold: dates without a time of day are plain dates."""

_DIGITS: Final = "0123456789"
_LAST_SERIAL: Final = 2_958_465


class SheetCells:
    """Gather cells into rows from the start, end and text of a sheet's elements."""

    def __init__(self, *, strings: list[str], date_styles: frozenset[str], starts_1904: bool) -> None:
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = dt.datetime(1904, 1, 1) if starts_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
        self._starts_1904 = starts_1904
        self._columns: dict[str, int] = {}
        self._dates: dict[str, Cell] = {}
        self._done: list[tuple[int, list[Cell]]] = []
        self._row: list[Cell] = []
        self._row_number = 0
        self._rows = self._cells = 0
        self._column = -1
        self._type = self._style = ""
        self._pieces: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._phonetic = False

    def take(self) -> list[tuple[int, list[Cell]]]:
        """Return the rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell, or the text within one."""
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._into = None if self._phonetic else self._pieces
        elif name == "f":
            self._into = self._formula
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic = True

    def text(self, piece: str) -> None:
        """Take a piece of the text of the present cell."""
        into = self._into
        if into is not None:
            into.append(piece)
            if len(piece) > limits.MAX_CELL_CHARS or len(into) > limits.MAX_CELL_CHARS:
                self._refuse_length()

    def end(self, name: str) -> None:
        """End a cell or a row, or the text within a cell."""
        if name == "c":
            self._end_cell()
        elif name in ("v", "t", "f"):
            self._into = None
        elif name == "row":
            if self._row:
                self._done.append((self._row_number, self._row))
        elif name == "rPh":
            self._phonetic = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._rows += 1
        stated = attributes.get("r", "")
        number = int(stated) if stated.isdigit() and len(stated) < 10 else self._row_number + 1
        if number <= self._row_number:
            raise FileRefused(f"The sheet's rows are out of order at row {number}: save it again in Excel.")
        if self._rows > limits.LAST_SHEET_ROW or number > limits.LAST_SHEET_ROW:
            raise FileRefused(f"The sheet has more than {limits.MAX_ROWS:,} rows: it is not a register.")
        self._row_number = number
        self._row = []
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._pieces = []
        self._formula = []
        reference = attributes.get("r")
        self._column = self._column + 1 if reference is None else self._column_of(reference.rstrip(_DIGITS))
        if self._column >= limits.MAX_COLUMNS:
            raise FileRefused(f"The sheet has more than {limits.MAX_COLUMNS} columns: it is not a register.")
        if self._cells > limits.MAX_CELLS:
            raise FileRefused(f"The sheet has more than {limits.MAX_CELLS:,} cells: it is not a register.")

    def _column_of(self, letters: str) -> int:
        try:
            return self._columns[letters]
        except KeyError:
            number = 0
            for letter in letters[:4].upper():
                number = number * 26 + ord(letter) - 64
            column = number - 1 if 0 < number <= limits.MAX_COLUMNS and len(letters) < 4 else limits.MAX_COLUMNS
            self._columns[letters] = column
            return column

    def _end_cell(self) -> None:
        value = self._value()
        if value is None or value == "":
            return
        row, column = self._row, self._column
        if column == len(row):
            row.append(value)
            return
        if column > len(row):
            row.extend([None] * (column - len(row)))
            row.append(value)
        else:
            row[column] = value

    def _value(self) -> Cell:
        kind, pieces = self._type, self._pieces
        content = pieces[0] if len(pieces) == 1 else "".join(pieces)
        if len(content) > limits.MAX_CELL_CHARS:
            self._refuse_length()
        if not content:
            return "=" + "".join(self._formula) if self._formula else None
        if kind == "n":
            return self._date(content) if self._style in self._date_styles else number(content)
        if kind == "s":
            return self._shared(content)
        if kind == "b":
            return "TRUE" if content == "1" else "FALSE"
        return content

    def _shared(self, content: str) -> str:
        try:
            position = int(content)
            if position < 0:
                raise IndexError
            return self._strings[position]
        except (ValueError, IndexError):
            raise FileRefused(
                f"Row {self._row_number} names a text that the workbook does not hold: save it again in Excel."
            ) from None

    def _date(self, content: str) -> Cell:
        try:
            return self._dates[content]
        except KeyError:
            found = self._dates[content] = self._work_out_date(content)
            return found

    def _work_out_date(self, content: str) -> Cell:
        serial = number(content)
        if isinstance(serial, str) or not 1 <= serial <= _LAST_SERIAL:
            return serial
        if not self._starts_1904 and serial < 61:
            serial += 1  # Lotus's day that never was, 29 February 1900, which Excel keeps
        moment = self._epoch + dt.timedelta(days=serial)
        moment = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        return moment.date() if moment.time() == dt.time() else moment

    def _refuse_length(self) -> None:
        raise FileRefused(
            f"A cell in row {self._row_number} holds more than {limits.MAX_CELL_CHARS:,} characters: shorten it first."
        )


class SharedTexts:
    """Gather the texts that a workbook's cells share."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._inside = self._phonetic = False
        self._count = self._chars = 0

    def take(self) -> list[str]:
        """Return the texts finished since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, _: dict[str, str]) -> None:
        """Begin a text, or a run of one."""
        if name == "si":
            self._pieces = []
        elif name == "t":
            self._inside = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def text(self, piece: str) -> None:
        """Take a piece of the present text."""
        if self._inside:
            self._pieces.append(piece)
            self._chars += len(piece) + 1
            if self._chars > limits.MAX_SHARED_CHARS:
                raise FileRefused("The workbook holds more text than a register does: it was not read.")

    def end(self, name: str) -> None:
        """End a text, or a run of one."""
        if name == "si":
            self._count += 1
            if self._count > limits.MAX_SHARED_STRINGS:
                raise FileRefused("The workbook holds more texts than a register does: it was not read.")
            self._done.append(self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces))
            if len(self._done[-1]) > limits.MAX_CELL_CHARS:
                raise FileRefused(f"A cell holds more than {limits.MAX_CELL_CHARS:,} characters: shorten it first.")
        elif name == "t":
            self._inside = False
        elif name == "rPh":
            self._phonetic = False


def number(content: str) -> int | float | str:
    """Return the number a cell holds (a whole one without its point), or its text when it is none."""
    try:
        if content.isdigit():
            return int(content) if len(content) < 19 else content
        value = float(content)
    except ValueError:
        return content
    if value != value or value in (float("inf"), float("-inf")):
        return content
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
