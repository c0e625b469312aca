"""The two roles on a database that somebody else runs: the owner's address is given, the app's role is made.

Given both, `DATABASE_OWNER_URL` and `DATABASE_URL` are used as they are; `setup_database` makes the app's role if
the owner may. In development and with DEMO=1 one address that may change the schema is enough: the app's role is then
made with a password of this checkout's and the service runs as that.
"""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from homecare.engines.errors import EngineError
from homecare.engines.secrets import passwords

APP = "homecare_app"


def named_addresses(local: Path) -> dict[str, str]:
    """Return both addresses of the database that the environment names, from one or two of them."""
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
    if app and owner:
        return {}
    alone = owner or app
    if not (_is_demonstration() and _may_change_the_schema(alone)):
        return {}
    served_as = with_user(alone, APP, passwords(local)[APP])
    make_app_role(owner_url=alone, app_url=served_as)
    return {"DATABASE_OWNER_URL": alone, "DATABASE_URL": served_as}


def make_app_role(*, owner_url: str, app_url: str) -> None:
    """Make the role that serves, if it cannot sign in yet, and let the owner stand in for it."""
    if owner_url == app_url or _can_sign_in(app_url):
        return
    parts = urlsplit(app_url)
    role = sql.Identifier(parts.username or APP)
    try:
        connection = psycopg2.connect(owner_url, connect_timeout=5)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [parts.username])
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            password = sql.Literal(parts.password or "")
            options = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD")
            cursor.execute(sql.SQL("{} ROLE {} {} {}").format(verb, role, options, password))
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
            cursor.execute(sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = '60s'").format(role))
            name = sql.Identifier(connection.info.dbname)
            cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, role))
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        connection.close()
    except psycopg2.Error as error:
        raise EngineError(
            f"The owner of the database could not make the role {parts.username} that serves: {str(error).strip()} "
            "Make it, and name it by DATABASE_URL beside DATABASE_OWNER_URL."
        ) from error


def with_user(address: str, user: str, password: str) -> str:
    """Return the same address for another user."""
    parts = urlsplit(address)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password)}@{place}"))


def with_database(address: str, name: str) -> str:
    """Return the same address for another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{quote(name)}"))


def _is_demonstration() -> bool:
    return any(os.environ.get(name, "0").lower() in {"1", "true", "yes", "on"} for name in ("DEMO", "DEBUG"))


def _can_sign_in(address: str) -> bool:
    try:
        psycopg2.connect(address, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _may_change_the_schema(address: str) -> bool:
    """Say whether this role could make tables; a database out of reach is left for the command itself to report."""
    try:
        connection = psycopg2.connect(address, connect_timeout=5)
    except psycopg2.OperationalError:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        found = cursor.fetchone()
    connection.close()
    return bool(found and found[0])
