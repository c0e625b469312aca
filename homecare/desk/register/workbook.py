"""Read an .xlsx workbook as a stream of rows: safely, in constant memory, with the sheet's own row numbers."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

from homecare.desk.register import limits
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.safe_xml import stream
from homecare.desk.register.safe_zip import inflate, open_container
from homecare.desk.register.sheet_cells import Cell, SharedTexts, SheetCells

_ROOT_PART: Final = "xl/workbook.xml"
_SMALL_PART: Final = 32 * limits.MEGABYTE
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_DATE_CODE: Final = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.', re.ASCII)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet of a workbook: its name, where it is, and whether it is shown."""

    name: str
    part: str
    visible: bool


class Workbook:
    """An opened workbook. Its small parts are read at once, its sheets as they are asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = open_container(file)
        self._names = set(self._zip.namelist())
        if _ROOT_PART not in self._names:
            raise FileRefused("This is not an Excel workbook (.xlsx): open it in Excel and save it as one.")
        self.starts_1904 = False
        self.sheets = self._read_sheets()
        self._date_styles = self._read_date_styles()
        self._strings: list[str] | None = None

    def rows(self, sheet: SheetEntry) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row that has a cell, with its number in the sheet."""
        if self._strings is None:
            self._strings = list(self._read_strings())
        self._measure(sheet.part)
        cells = SheetCells(strings=self._strings, date_styles=self._date_styles, starts_1904=self.starts_1904)
        chunks = inflate(self._zip, sheet.part, at_most=limits.MAX_INFLATED_BYTES)
        for _ in stream(chunks, start=cells.start, end=cells.end, text=cells.text):
            yield from cells.take()

    def _measure(self, part: str) -> None:
        """Count a sheet's markup before parsing it: counting is a hundred times faster than finding out by reading."""
        rows = cells = tags = 0
        for chunk in inflate(self._zip, part, at_most=limits.MAX_INFLATED_BYTES):
            rows += chunk.count(b"<row") + chunk.count(b":row ")
            cells += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b":c ")
            tags += chunk.count(b"<")
        if rows > limits.LAST_SHEET_ROW or cells > limits.MAX_CELLS:
            raise FileRefused(f"The sheet is larger than {limits.MAX_ROWS:,} rows: it is not a register.")
        if tags > cells * limits.MARKUP_PER_CELL + rows * 2 + limits.MARKUP_ALLOWANCE:
            raise FileRefused("The sheet is mostly padding and not cells: it was not read.")

    def _read_sheets(self) -> list[SheetEntry]:
        targets = self._read_targets()
        found: list[SheetEntry] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.starts_1904 = attributes.get("date1904", "0") in {"1", "true"}
            elif name == "sheet" and len(found) < limits.MAX_PARTS:
                link = next((value for key, value in attributes.items() if key.endswith(":id") or key == "id"), "")
                part = targets.get(link, "")
                if part in self._names and "worksheets/" in part:
                    visible = attributes.get("state", "visible") == "visible"
                    found.append(SheetEntry(attributes.get("name", ""), part, visible))

        self._read_small(_ROOT_PART, start)
        if not found:
            raise FileRefused("This workbook has no sheet that can be read.")
        return found

    def _read_targets(self) -> dict[str, str]:
        targets: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
                targets[attributes.get("Id", "")] = path

        links = "xl/_rels/workbook.xml.rels"
        if links in self._names:
            self._read_small(links, start)
        return targets

    def _read_date_styles(self) -> frozenset[str]:
        """Return the style numbers whose cells are dates."""
        if "xl/styles.xml" not in self._names:
            return frozenset()
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0] and len(styles) < 100_000:
                styles.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            if name == "cellXfs":
                inside[0] = False

        for _ in stream(self._small("xl/styles.xml"), start=start, end=end, text=_ignore):
            pass
        return frozenset(str(n) for n, code in enumerate(styles) if _is_date(code, formats))

    def _read_strings(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" not in self._names:
            return
        texts = SharedTexts()
        chunks = inflate(self._zip, "xl/sharedStrings.xml", at_most=limits.MAX_INFLATED_BYTES)
        for _ in stream(chunks, start=texts.start, end=texts.end, text=texts.text):
            yield from texts.take()

    def _small(self, part: str) -> Iterable[bytes]:
        return inflate(self._zip, part, at_most=_SMALL_PART)

    def _read_small(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        for _ in stream(self._small(part), start=start, end=_ignore, text=_ignore):
            pass

    def close(self) -> None:
        """Close the container."""
        self._zip.close()


def _ignore(_: str) -> None:
    """Take no notice."""


def _is_date(number_format: str, formats: dict[str, str]) -> bool:
    if number_format in formats:
        bare = _NOT_A_DATE_CODE.sub("", formats[number_format]).lower()
        return any(letter in bare for letter in "dy") or ("m" in bare and "0" not in bare)
    return number_format.isdigit() and int(number_format) in _BUILT_IN_DATES
