"""Every way of writing a row that we know of, each for any tracked model; shared by the tests of goal A1.

A way is a function of the model and of two numbers for its rows. It returns the marks that history must show for it, in
any order; the rows that were there before are made by `given`.
"""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core import serializers
from django.db import DEFAULT_DB_ALIAS, connection, models, transaction

from tests.audit.plain_rows import changed_field, column_list, plain_row, plain_value, written_fields

ONE, TWO, OTHER = 101, 102, 7
Way = Callable[[type[models.Model]], str]
WAYS: dict[str, Way] = {}


def way(function: Way) -> Way:
    WAYS[function.__name__] = function
    return function


def rows(model: type[models.Model]) -> Any:
    return model._base_manager.filter(pk__in=[plain_value(model._meta.pk, n) for n in (ONE, TWO)])


def sql(statement: str, model: type[models.Model], parameters: Any = ()) -> None:
    """Run SQL in which {table}, {columns}, {key} and {field} are the model's."""
    names = {
        "table": connection.ops.quote_name(model._meta.db_table),
        "columns": column_list(model),
        "key": connection.ops.quote_name(model._meta.pk.column),
        "field": connection.ops.quote_name(changed_field(model).column),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**names), parameters)


def prepared(model: type[models.Model], field: Any, n: int) -> Any:
    return field.get_db_prep_save(plain_value(field, n), connection)


def values(model: type[models.Model], n: int) -> list[Any]:
    return [prepared(model, field, n) for field in written_fields(model)]


def placeholders(model: type[models.Model]) -> str:
    # Through the ORM's own placeholders, since JSON and arrays need a cast.
    return ", ".join(["%s"] * len(written_fields(model)))


def new_value(model: type[models.Model]) -> Any:
    return plain_value(changed_field(model), OTHER)


def keys(model: type[models.Model]) -> list[Any]:
    return [prepared(model, model._meta.pk, n) for n in (ONE, TWO)]


def given(model: type[models.Model]) -> Any:
    """Two rows that are there before; their history is not counted."""
    model._base_manager.bulk_create([plain_row(model, ONE), plain_row(model, TWO)])
    return rows(model).order_by("pk").first()


# --- the ORM ---------------------------------------------------------------------------------------------------------


@way
def save_new(model: type[models.Model]) -> str:
    models.Model.save(plain_row(model, ONE), force_insert=True)
    return "+"


@way
def save_changed(model: type[models.Model]) -> str:
    row = given(model)
    mark = watermark(model)
    setattr(row, changed_field(model).attname, new_value(model))
    models.Model.save(row)
    return counted_from(mark, "~")


@way
def save_update_fields(model: type[models.Model]) -> str:
    row = given(model)
    mark = watermark(model)
    setattr(row, changed_field(model).attname, new_value(model))
    models.Model.save(row, update_fields=[changed_field(model).name])
    return counted_from(mark, "~")


@way
def delete_one(model: type[models.Model]) -> str:
    row = given(model)
    mark = watermark(model)
    models.Model.delete(row)
    return counted_from(mark, "-")


@way
def queryset_update(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    models.QuerySet.update(rows(model), **{changed_field(model).attname: new_value(model)})
    return counted_from(mark, "~~")


@way
def queryset_delete(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    models.QuerySet.delete(rows(model))
    return counted_from(mark, "--")


@way
def raw_delete(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    rows(model)._raw_delete(DEFAULT_DB_ALIAS)
    return counted_from(mark, "--")


@way
def bulk_create(model: type[models.Model]) -> str:
    given(model)
    return "++"


@way
def bulk_update(model: type[models.Model]) -> str:
    given(model)
    mark, found = watermark(model), list(rows(model))
    for row in found:
        setattr(row, changed_field(model).attname, new_value(model))
    models.QuerySet.bulk_update(rows(model), found, [changed_field(model).name])
    return counted_from(mark, "~~")


@way
def upsert(model: type[models.Model]) -> str:
    models.Model.save(plain_row(model, ONE), force_insert=True)
    mark = watermark(model)
    model._base_manager.bulk_create(
        [plain_row(model, ONE), plain_row(model, TWO)],
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=[changed_field(model).name],
    )
    return counted_from(mark, "~+")


@way
def ignored_conflict(model: type[models.Model]) -> str:
    models.Model.save(plain_row(model, ONE), force_insert=True)
    mark = watermark(model)
    model._base_manager.bulk_create([plain_row(model, ONE), plain_row(model, TWO)], ignore_conflicts=True)
    return counted_from(mark, "+")


@way
def loaddata(model: type[models.Model]) -> str:
    fixture = serializers.serialize("json", [plain_row(model, ONE)])
    for loaded in serializers.deserialize("json", fixture):
        loaded.save()  # as `loaddata` does: raw, without the model's own save()
    return "+"


# --- SQL -------------------------------------------------------------------------------------------------------------


@way
def sql_insert(model: type[models.Model]) -> str:
    sql(f"INSERT INTO {{table}} ({{columns}}) VALUES ({placeholders(model)})", model, values(model, ONE))
    return "+"


@way
def sql_insert_select(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    sql(
        "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT {columns} FROM {table} WHERE {key} = ANY(%s)",
        model,
        [keys(model)],
    )
    sql("DELETE FROM {table} WHERE {key} = ANY(%s)", model, [keys(model)])
    sql("INSERT INTO {table} ({columns}) SELECT {columns} FROM kept", model)
    return counted_from(mark, "--++")


@way
def sql_update(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    changed = prepared(model, changed_field(model), OTHER)
    sql("UPDATE {table} SET {field} = %s WHERE {key} = ANY(%s)", model, [changed, keys(model)])
    return counted_from(mark, "~~")


@way
def sql_delete(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    sql("DELETE FROM {table} WHERE {key} = ANY(%s)", model, [keys(model)])
    return counted_from(mark, "--")


@way
def sql_merge(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    first, second = keys(model)
    sql(
        "MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} AND s.{key} = ANY(%s)"
        " WHEN MATCHED AND t.{key} = %s THEN UPDATE SET {field} = s.{field} WHEN MATCHED THEN DELETE",
        model,
        [[first, second], first],
    )
    return counted_from(mark, "~-")


@way
def sql_changed_within_a_query(model: type[models.Model]) -> str:
    given(model)
    mark = watermark(model)
    first, second = keys(model)
    sql(
        "WITH gone AS (DELETE FROM {table} WHERE {key} = %s RETURNING 1),"
        " moved AS (UPDATE {table} SET {field} = {field} WHERE {key} = %s RETURNING 1) SELECT 1",
        model,
        [first, second],
    )
    return counted_from(mark, "-~")


@way
def copy_in(model: type[models.Model]) -> str:
    given(model)
    buffer = io.StringIO()
    table, columns = connection.ops.quote_name(model._meta.db_table), column_list(model)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) TO STDOUT", buffer)
    rows(model)._raw_delete(DEFAULT_DB_ALIAS)
    others = "".join(line for line in _mine(model, buffer.getvalue()))
    mark = watermark(model)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(others))
    return counted_from(mark, "++")


def _mine(model: type[models.Model], copied: str) -> list[str]:
    """Keep the two lines of our own rows."""
    at = [field.primary_key for field in written_fields(model)].index(True)
    mine = {str(key) for key in keys(model)}
    return [line for line in copied.splitlines(keepends=True) if line.rstrip("\n").split("\t")[at] in mine]


# --- what history shows ----------------------------------------------------------------------------------------------


def watermark(model: type[models.Model]) -> int:
    """Return the last number given to a row of history."""
    newest: int | None = model.history.model.objects.aggregate(newest=models.Max("history_id"))["newest"]  # type: ignore[attr-defined]
    return newest or 0


def counted_from(mark: int, marks: str) -> str:
    """Say what is expected, counting from a watermark."""
    return f"{mark}:{marks}"


def faults(model: type[models.Model], actor_id: int | None) -> dict[str, str]:
    """Write in every way, and return what history got wrong, by the way's name. Nothing is left behind."""
    found = {}
    for name, write in WAYS.items():
        with transaction.atomic():
            start = watermark(model)
            expected = write(model)
            mark, marks = (
                (int(expected.split(":")[0]), expected.split(":")[1]) if ":" in expected else (start, expected)
            )
            if fault := _fault(model, mark, marks, actor_id):
                found[name] = fault
            transaction.set_rollback(True)
    return found


def _fault(model: type[models.Model], mark: int, marks: str, actor_id: int | None) -> str | None:
    written = list(model.history.model.objects.filter(history_id__gt=mark).order_by("history_id"))  # type: ignore[attr-defined]
    if Counter(row.history_type for row in written) != Counter(marks):
        return f"history shows {[row.history_type for row in written]}, not {list(marks)}"
    source = "OUTSIDE" if actor_id is None else "APPLICATION"
    if {(row.history_user_id, row.history_source) for row in written} != {(actor_id, source)}:
        return "history names somebody else"
    if _untrue(model, mark):
        return "history says something else than the row"
    return None


def _untrue(model: type[models.Model], mark: int) -> bool:
    """Compare the newest history of each row with the row, column by column, in the database."""
    history = model.history.model  # type: ignore[attr-defined]
    kept = [field.column for field in history.tracked_fields]
    key = connection.ops.quote_name(model._meta.pk.column)
    columns = ", ".join(connection.ops.quote_name(column) for column in kept)
    statement = (
        f"SELECT 1 FROM (SELECT DISTINCT ON ({key}) history_type, {columns} FROM {history._meta.db_table}"
        f" WHERE history_id > %s ORDER BY {key}, history_id DESC) h"
        f" LEFT JOIN (SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}) t ON t.{key} = h.{key}"
        f" WHERE (h.history_type = '-') <> (t.{key} IS NULL)"
        f" OR (h.history_type <> '-' AND to_jsonb(h) - 'history_type' <> to_jsonb(t))"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [mark])
        return cursor.fetchone() is not None
