"""Installs triggers and rights after every migrate, as the tables' owner; does nothing where all is in place."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from homecare.audit import policy
from homecare.audit.proof import padded_blocks
from homecare.audit.triggers import append_only_sql, history_sql, history_table_sql, quoted

CONTEXT_SQL = Path(__file__).with_name("context.sql")
NOBODY_S = {"audit_context", "audit_key"}  # no rights at all but through the functions
FUNCTIONS_OF_APP = ("audit_begin(bigint, text, text, text)", "audit_end()", "audit_sweep()", "audit_key_fits(text)")


def app_role() -> str:
    """Name the role that the application serves with."""
    return str(getattr(settings, "DATABASE_APP_ROLE", "homecare_app"))


def install(*, using: str = DEFAULT_DB_ALIAS, force: bool = False) -> bool:
    """Put triggers and rights in place; return whether anything had to be done."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    trigger_statements, right_statements = _trigger_sql(tables), _right_sql(connection, tables)
    fingerprint = _fingerprint([*trigger_statements, *right_statements])
    if not force and _in_place(connection, fingerprint):
        return False
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in [*_context_sql(), *trigger_statements, *right_statements]:
            cursor.execute(statement)
        cursor.execute("DELETE FROM public.audit_key")
        cursor.execute("INSERT INTO public.audit_key (inner_block, outer_block) VALUES (%s, %s)", padded_blocks())
        cursor.execute(f"COMMENT ON FUNCTION public.audit_end() IS '{fingerprint}'")
    return True


def install_after_migrate(sender: Any, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receive Django's post_migrate: every table of this migrate exists by now."""
    if connections[using].vendor == "postgresql":
        call_command("createcachetable", database=using, verbosity=0)  # so that it gets its rights with the others
        install(using=using)


def expected_triggers(tables: set[str]) -> dict[tuple[str, str], str]:
    """Return every (table, trigger) that must be there, with the statement that makes it."""
    made = re.compile(r"CREATE OR REPLACE TRIGGER (\w+) .*? ON public\.\"(.+?)\"")
    found = {}
    for statement in _trigger_sql(tables):
        if match := made.match(statement):
            found[match[2], match[1]] = statement
    return found


def missing_triggers(*, using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, str]]:
    """Return each (table, trigger) that is absent, or does not fire always."""
    connection = connections[using]
    expected = expected_triggers(set(connection.introspection.table_names()))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'A'"
        )
        return sorted(set(expected) - set(cursor.fetchall()))


def _trigger_sql(tables: set[str]) -> list[str]:
    statements: list[str] = []
    for model in policy.tracked_models():
        history_table = policy.history_model(model)._meta.db_table
        if {model._meta.db_table, history_table} <= tables:
            statements += [*history_sql(model), *history_table_sql(history_table)]
    for table, rights in sorted(policy.decided().items()):
        if rights.append_only and table in tables:
            statements += append_only_sql(table)
    return statements


def _right_sql(connection: Any, tables: set[str]) -> list[str]:
    """Take every right from the application's role, then give back what was decided."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role()])
        if cursor.fetchone() is None:
            return []
    role = quoted(app_role())
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        *(f"GRANT EXECUTE ON FUNCTION public.{name} TO {role}" for name in FUNCTIONS_OF_APP),
    ]
    for table, granted in sorted(granted_rights(tables).items()):
        statements.append(f"GRANT {', '.join(sorted(granted))} ON public.{quoted(table)} TO {role}")
    return statements + _sequence_sql(connection, tables, role)


def granted_rights(tables: set[str]) -> dict[str, frozenset[str]]:
    """Return what the application's role may do on each table; an undecided one: read and write."""
    decided = policy.decided()
    undecided = frozenset({"SELECT", "INSERT", "UPDATE"})
    granted = {table: decided[table].granted if table in decided else undecided for table in tables}
    return {table: rights for table, rights in granted.items() if table not in NOBODY_S}


def _sequence_sql(connection: Any, tables: set[str], role: str) -> list[str]:
    """Let the role take numbers, from the sequences of the tables that it may write."""
    writable = [table for table, rights in granted_rights(tables).items() if "INSERT" in rights]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND t.relname = ANY(%s)"
            " AND s.relnamespace = 'public'::regnamespace ORDER BY 1",
            [writable],
        )
        return [f"GRANT USAGE, SELECT ON SEQUENCE public.{quoted(name)} TO {role}" for (name,) in cursor.fetchall()]


def _context_sql() -> list[str]:
    return [CONTEXT_SQL.read_text()]


def _fingerprint(statements: Sequence[str]) -> str:
    """Mark what is installed; the key's part is a digest of a key's digest, which tells nobody the key."""
    key = hashlib.sha256(b"installed" + b"".join(padded_blocks())).hexdigest()
    return hashlib.sha256("\n".join([key, *_context_sql(), *statements]).encode()).hexdigest()


def _in_place(connection: Any, fingerprint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regprocedure('public.audit_end()'), 'pg_proc')")
        noted = cursor.fetchone()[0]
    return noted == fingerprint and not missing_triggers(using=connection.alias)
