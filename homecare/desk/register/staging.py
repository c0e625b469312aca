"""Temporary tables, filled by COPY: they are gone with the transaction, so that nothing half done can stay."""

import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

_CHUNK_ROWS: Final = 5_000
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


class Json:
    """A value to be written as JSON."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def create(table: str, columns: Sequence[tuple[str, str]]) -> None:
    """Make a temporary table that goes with the transaction. Its columns: name and type."""
    listed = ", ".join(f"{name} {kind}" for name, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({listed}) ON COMMIT DROP")


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows into a table and return how many there were."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    count = 0
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            count += len(chunk)
            cursor.copy_expert(statement, io.StringIO("".join(map(_line, chunk))))
    return count


def run(path: Path, **values: Any) -> None:
    """Run the statements of an SQL file, one by one."""
    with connection.cursor() as cursor:
        for statement in _statements(path):
            cursor.execute(statement, values or None)


@cache
def _statements(path: Path) -> tuple[str, ...]:
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("--")]
    return tuple(part.strip() for part in "\n".join(lines).split(";\n") if part.strip().rstrip(";"))


def analyse(*tables: str) -> None:
    """Let the planner know what the temporary tables hold."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def take_ids(table: str, count: int) -> list[int]:
    """Take so many new ids of a table at once."""
    if count == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor]


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _line(row: Sequence[Any]) -> str:
    return "\t".join([_ENCODE[type(value)](value) for value in row]) + "\n"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _array(values: Sequence[Any]) -> str:
    """Write an array of numbers, dates or plain words, none of which needs quoting."""
    return "{" + ",".join(map(str, values)) + "}"


_ENCODE: Final[dict[type, Callable[[Any], str]]] = {
    str: _text,
    int: str,
    bool: lambda value: "t" if value else "f",
    type(None): lambda _: "\\N",
    dt.date: dt.date.isoformat,
    dt.datetime: dt.datetime.isoformat,
    Decimal: str,
    UUID: str,
    list: _array,
    tuple: _array,
    Json: lambda value: _text(json.dumps(value.value, ensure_ascii=False, separators=(",", ":"))),
}
