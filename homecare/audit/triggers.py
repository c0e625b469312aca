"""The SQL of the triggers: one that writes history for each tracked table, and those that keep rows as they are."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.utils import names_digest

from homecare.audit.policy import history_model

# Each trigger of a table, by its name: tests and the boot check look for exactly these.
HISTORY_TRIGGERS = ("audit_delete", "audit_insert", "audit_no_truncate", "audit_update")
GUARD_TRIGGERS = ("audit_kept", "audit_no_truncate")
HISTORY_TABLE_TRIGGERS = (*GUARD_TRIGGERS, "audit_only_by_trigger")


@dataclass(frozen=True)
class Event:
    """One kind of statement, and the rows it leaves for the trigger."""

    name: str
    rows: str


EVENTS = (Event("INSERT", "NEW"), Event("UPDATE", "NEW"), Event("DELETE", "OLD"))

# The columns that say who, when and how; the trigger works each of them out once for the whole statement.
WHO = {
    "history_date": "it.at",
    "history_type": "it.mark",
    "history_user_id": "it.actor",
    "history_change_reason": "it.reason",
    "history_source": "it.source",
    "history_request_id": "it.request",
    "history_db_role": "it.role",
    "history_txid": "it.tx_number",
}


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def function_for(table: str) -> str:
    """Name the function that writes the table's history, within PostgreSQL's 63 characters."""
    name = f"audit_history_of_{table}"
    return name if len(name) <= 63 else f"{name[:54]}_{names_digest(table, length=8)}"


def history_sql(model: type[models.Model]) -> list[str]:
    """Return the statements that make the database write this model's history."""
    table = model._meta.db_table
    statements = [_history_function(model)]
    for event in EVENTS:
        statements += _trigger(
            table,
            f"audit_{event.name.lower()}",
            f"AFTER {event.name} ON {{table}} REFERENCING {event.rows} TABLE AS rows_of_statement"
            f" FOR EACH STATEMENT EXECUTE FUNCTION public.{quoted(function_for(table))}()",
        )
    return statements + _no_truncate(table)


def append_only_sql(table: str) -> list[str]:
    """Return the statements that make the database refuse any change to rows once written."""
    kept = "BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()"
    return _trigger(table, "audit_kept", kept) + _no_truncate(table)


def history_table_sql(table: str) -> list[str]:
    """As append-only, and rows come from a trigger alone, whoever asks."""
    by_hand = (
        "BEFORE INSERT ON {table} FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)"
        " EXECUTE FUNCTION public.audit_refuse()"
    )
    return append_only_sql(table) + _trigger(table, "audit_only_by_trigger", by_hand)


def _no_truncate(table: str) -> list[str]:
    refused = "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()"
    return _trigger(table, "audit_no_truncate", refused)


def _trigger(table: str, name: str, definition: str) -> list[str]:
    """Make (again) a trigger that fires even in a replica's session."""
    on = f"public.{quoted(table)}"
    return [
        f"CREATE OR REPLACE TRIGGER {name} {definition.format(table=on)}",
        f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {name}",
    ]


def _history_function(model: type[models.Model]) -> str:
    """Write one row of history for each row of the statement, with who acts looked up once."""
    table, history = model._meta.db_table, history_model(model)
    pairs = [(_column(history, f.name), _column(model, f.name)) for f in history.tracked_fields]
    into = ", ".join([quoted(column) for column, _ in pairs] + list(WHO))
    of_row = ", ".join(f"r.{quoted(column)}" for _, column in pairs)
    of_who = ", ".join(WHO.values())
    return f"""
CREATE OR REPLACE FUNCTION public.{quoted(function_for(table))}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $audit$
<<it>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    mark CONSTANT varchar := CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END;
    tx CONSTANT xid8 := pg_current_xact_id_if_assigned();
    tx_number CONSTANT bigint := it.tx::text::bigint;
    role CONSTANT varchar := session_user;
    actor bigint;
    reason text;
    source varchar := 'OUTSIDE';
    request varchar := '';
    c record;
BEGIN
    FOR c IN SELECT * FROM public.audit_context WHERE txid = it.tx LOOP
        it.actor := c.actor_id; it.reason := c.reason; it.source := c.source; it.request := c.request_id;
    END LOOP;
    INSERT INTO public.{quoted(history._meta.db_table)} ({into})
    SELECT {of_row}, {of_who} FROM rows_of_statement r;
    RETURN NULL;
END
$audit$"""  # noqa: S608 — names come from our own models


def _column(model: Any, field: str) -> str:
    return str(model._meta.get_field(field).column)
