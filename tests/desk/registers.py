"""What tests of the register share: the hospital's own file, lookups as expected.json says, and small files."""

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from homecare.desk.register.decisions import Known, MedicineFound
from homecare.desk.register.reader import SourceFile, open_file, open_path
from homecare.desk.register.rows import RegisterRow, RowReader
from homecare.desk.register.table import find_table
from homecare.desk.register.values import lookup_key

DATA = Path(__file__).parent.parent / "data" / "register"
AS_AT = dt.date(2026, 11, 2)

PLAIN: dict[str, str] = {
    "Hosp No": "M1",
    "NHS No": "999 000 0018",
    "Surname": "Evans",
    "Forename": "Yusuf",
    "DOB": "29/08/1940",
    "Drug": "Adalimumab",
    "Homecare Co": "Sciensus",
    "Consent?": "Y",
    "Mobile": "07700 900272",
    "Date registered": "01/01/2026",
    "Last delivery": "01/10/2026",
    "Status": "Active",
}


@cache
def expected() -> dict[str, Any]:
    """Return what must become of each row of the hospital's register."""
    found: dict[str, Any] = json.loads((DATA / "expected.json").read_text())
    return found


@cache
def known() -> Known:
    """Return the lookups of expected.json, with nobody known yet."""
    medicines: dict[str, MedicineFound] = {}
    for n, (name, brands) in enumerate(expected()["brands"].items(), start=1):
        medicines[lookup_key(name)] = MedicineFound(n)
        medicines.update({lookup_key(brand): MedicineFound(n, brand) for brand in brands})
    providers: dict[str, int] = {}
    for n, (name, spellings) in enumerate(expected()["provider_names"].items(), start=1):
        providers.update({lookup_key(spelling): n for spelling in (name, *spellings)})
    return Known(medicines=medicines, providers=providers)


def csv_of(*rows: Mapping[str, str], headings: Sequence[str] | None = None) -> bytes:
    """Return a CSV file of the rows, under the headings of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, headings or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def source_of(content: bytes) -> SourceFile:
    """Open a file held in memory."""
    return open_file(io.BytesIO(content))


def rows_of(source: SourceFile, mapping: Mapping[str, str] | None = None) -> list[RegisterRow]:
    """Return the rows as they are understood on the register's day."""
    table = find_table(source, mapping=mapping)
    columns = table.columns(as_at=AS_AT, mapping=mapping)
    reader = RowReader(columns, as_at=AS_AT)
    return [reader.read(number, cells) for number, cells in table.rows(columns)]


def hospital_rows(name: str) -> list[RegisterRow]:
    """Return the rows of one of the hospital's own files."""
    with open_path(DATA / name) as source:
        return rows_of(source)


def row(**changes: str) -> RegisterRow:
    """Return a plain row with some headings' cells changed (underscores stand for the spaces of headings)."""
    return rows_of(source_of(csv_of({**PLAIN, **{_heading(key): value for key, value in changes.items()}})))[0]


def _heading(key: str) -> str:
    named = {"Consent": "Consent?"}
    return named.get(key, key.replace("_", " "))
