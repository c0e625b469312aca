"""A row of any model, with nothing in it but values of the right kind: for tests that ask the same of every table."""

import datetime as dt
import decimal
import uuid
from typing import Any

from django.db import connection, models

DAY = dt.date(2026, 3, 1)

# The constraints of one table, its key excepted, and unique indexes that are no constraint.
CONSTRAINTS = """
SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', %(table)s, conname) FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype IN ('c', 'f', 'u', 'x')
UNION ALL
SELECT format('DROP INDEX %%I', i.relname) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = %(table)s::regclass AND x.indisunique AND NOT x.indisprimary
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)"""


def without_constraints(cursor: Any, table: str) -> None:
    """Let plain rows in, until the transaction is rolled back: what is tested here is history, not validity."""
    cursor.execute(CONSTRAINTS, {"table": table})
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def written_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields that a statement may write."""
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def plain_row(model: type[models.Model], n: int) -> Any:
    """Make (not save) the nth row."""
    return model(**{field.attname: plain_value(field, n) for field in written_fields(model)})


def changed_field(model: type[models.Model]) -> Any:
    """Choose a field of the record that its history keeps and that may change."""
    kept = {field.name for field in model.history.model.tracked_fields}  # type: ignore[attr-defined]
    return next(f for f in written_fields(model) if f.name in kept and not f.primary_key)


def plain_value(field: Any, n: int) -> Any:
    """Return the nth value of the field's kind; those of two rows differ, as far as the kind allows."""
    if field.remote_field is not None and field.related_model is field.model and field.null:
        return None  # a row that points at itself could not be deleted
    if field.remote_field is not None:
        return plain_value(field.target_field, n)
    kind = field.get_internal_type()
    made = {
        "BooleanField": bool(n % 2),
        "DateField": DAY + dt.timedelta(days=n),
        "DateTimeField": dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC) + dt.timedelta(hours=n),
        "TimeField": dt.time(n % 24),
        "DurationField": dt.timedelta(days=n),
        "DecimalField": decimal.Decimal(n % 10),
        "FloatField": float(n),
        "JSONField": {"n": n},
        "ArrayField": [],
        "BinaryField": bytes([n % 256]),
        "UUIDField": uuid.UUID(int=n),
        "GenericIPAddressField": f"192.0.2.{n % 250}",
    }
    if kind in made:
        return made[kind]
    if "Integer" in kind or kind.endswith("AutoField"):
        return n
    return _letters(n)[-(field.max_length or 60) :]


def _letters(n: int) -> str:
    letters = ""
    while n:
        n, digit = divmod(n, 26)
        letters = chr(ord("a") + digit) + letters
    return letters.rjust(3, "a")


def column_list(model: type[models.Model]) -> str:
    """Return the columns that a statement may write, quoted."""
    return ", ".join(connection.ops.quote_name(field.column) for field in written_fields(model))
