"""From a release's files to staging tables: streamed by COPY, gone when the transaction ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medicines.dmd.reading import Value, read_records
from medicines.dmd.specification import FILES, SQL_TYPES, Record

BATCH = 2000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Rows:
    """Rows as a file that COPY can read from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.rest = lines, ""

    def read(self, size: int = 8192) -> str:
        parts, length = [self.rest], len(self.rest)
        while length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.rest = text[size:]
        return text[:size]


def stage(cursor: Any, files: dict[str, Path]) -> dict[str, int]:
    """Fill a staging table for each kind of record, and return how many records each got."""
    counts: dict[str, int] = {}
    for kind, records in FILES.items():
        for record in records:
            _create(cursor, record)
            counts[record.table] = 0
        _fill(cursor, files[kind], records, counts)
        for record in records:
            cursor.execute(f"ANALYZE {record.table}")
    return counts


def _create(cursor: Any, record: Record) -> None:
    columns = ", ".join(f'"{field.column}" {SQL_TYPES[field.kind]}' for field in record.fields)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{record.table}")
    cursor.execute(f"CREATE TEMP TABLE {record.table} ({columns}) ON COMMIT DROP")


def _fill(cursor: Any, path: Path, records: tuple[Record, ...], counts: dict[str, int]) -> None:
    held: dict[str, list[str]] = {record.table: [] for record in records}
    for record, values in read_records(path, records):
        held[record.table].append(_line(values))
        counts[record.table] += 1
        if len(held[record.table]) >= BATCH:
            _copy(cursor, record.table, held)
    for table in held:
        _copy(cursor, table, held)


def _line(values: list[Value]) -> str:
    return "\t".join(_cell(value) for value in values) + "\n"


def _cell(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.translate(ESCAPES)


def _copy(cursor: Any, table: str, held: dict[str, list[str]]) -> None:
    if held[table]:
        cursor.copy_expert(f"COPY {table} FROM STDIN", _Rows(iter(held[table])))
        held[table] = []
