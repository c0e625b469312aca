"""Is everything on record? Asked before serving: with a trigger missing, the service refuses to start.

Asked as the application's role only. The owner's commands (migrate, and the tests) put these things in place.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from homecare.audit import policy
from homecare.audit.install import granted_rights, missing_triggers
from homecare.audit.proof import signature

MIGRATE = "Run `manage.py migrate` as the tables' owner."
DECIDE = "make its model Tracked, or say `audit =` (homecare/core/rights.py)"
ROLE = """
SELECT r.rolsuper OR r.rolbypassrls OR r.rolreplication,
       EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
               AND pg_has_role(current_user, c.relowner, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = current_user"""
GRANTED = """
SELECT c.relname, p.name FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p (name)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND has_table_privilege(current_user, c.oid, p.name)"""


def unsound(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return a sentence for each reason not to serve; none when all that happens will be on record."""
    with connections[using].cursor() as cursor:
        cursor.execute(ROLE)
        is_super, owns = cursor.fetchone()
    if is_super or owns:
        return ["The application would serve as a role that owns its tables or is a superuser: it could erase history."]
    if not _is_set_up(using):
        return [f"The database does not keep history yet. {MIGRATE}"]
    return [*_undecided(using), *_untriggered(using), *_overgranted(using), *_wrong_key(using)]


def undecided_tables(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return every table for which nobody has decided whether its history is kept."""
    return sorted(set(connections[using].introspection.table_names()) - set(policy.decided()))


def _is_set_up(using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public.audit_key_fits(text)')")
        return cursor.fetchone()[0] is not None


def _undecided(using: str) -> list[str]:
    return [f"Nobody has decided about the table {table}: {DECIDE}." for table in undecided_tables(using)]


def _untriggered(using: str) -> list[str]:
    return [
        f"The trigger {name} on {table} is missing or off. {MIGRATE}" for table, name in missing_triggers(using=using)
    ]


def _overgranted(using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(GRANTED)
        found = cursor.fetchall()
    decided = granted_rights({table for table, _ in found})
    return [
        f"The application's role may {right} on {table}, which was not decided. {MIGRATE}"
        for table, right in sorted(found)
        if right not in decided.get(table, frozenset())
    ]


def _wrong_key(using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT public.audit_key_fits(%s)", [signature("fits")])
        fits = cursor.fetchone()[0]
    return (
        [] if fits else [f"SECRET_KEY is not the one the database was migrated with: no deed would be taken. {MIGRATE}"]
    )


def check_audit(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Return the reasons as errors of a system check (`manage.py check --database default`)."""
    if settings.RUNS_AS_OWNER or DEFAULT_DB_ALIAS not in (databases or []):
        return []
    return [checks.Error(sentence, id="audit.E001") for sentence in refusals()]


def refusals() -> list[str]:
    """Return why this process must not serve. None if the database cannot be asked now, or holds nothing yet."""
    try:
        return unsound() if connections[DEFAULT_DB_ALIAS].introspection.table_names() else []
    except OperationalError:
        return []
