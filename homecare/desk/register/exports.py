"""Rows written for a spreadsheet so that nothing in them is ever worked out or run, and all can be read back.

In a workbook every cell is text, which a spreadsheet shows and never works out; for CSV see `inert`.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from homecare.desk.register.inert import NOT_IN_A_CELL, inert
from homecare.desk.register.sheet_cells import Cell
from homecare.desk.register.values import written

_LINE_ENDS: Final = re.compile(r"\r\n?")


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as a CSV file that Excel opens in the right encoding, inert."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([inert(heading) for heading in headings])
    for row in rows:
        writer.writerow([inert(written(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """Return the rows as a workbook in which every cell is text."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title=re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "Rows")
    sheet.freeze_panes = "A2"

    def text(value: Cell) -> WriteOnlyCell:
        cell = WriteOnlyCell(sheet, value="")
        cell.value = NOT_IN_A_CELL.sub("", _LINE_ENDS.sub("\n", written(value)))[:32_767]
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell

    for row in (headings, *rows):
        sheet.append([text(value) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
