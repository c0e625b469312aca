"""Goal A1 from outside: a superuser, a replica's session, another role, psql. All of it is on record, and flagged."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import dj_database_url
import psycopg2
import pytest
from django.db import connection, models

from homecare.accounts.models import Specialty
from homecare.audit import policy
from homecare.audit.install import app_role
from homecare.engines.places import find_place
from homecare.engines.secrets import passwords
from tests.audit.plain_rows import column_list, plain_row, without_constraints, written_fields

TRACKED = policy.tracked_models()


@pytest.fixture
def superuser(db: None) -> Iterator[Any]:
    """Connect as a superuser of the test server; whatever is done is rolled back."""
    address = dict(dj_database_url.parse(os.environ.get("DATABASE_SUPERUSER_URL") or _embedded_superuser()))
    told = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=address["USER"], password=address["PASSWORD"],
        host=address["HOST"] or None, port=address["PORT"] or None, **address.get("OPTIONS", {}),
    )  # fmt: skip
    yield told
    told.rollback()
    told.close()


def _embedded_superuser() -> str:
    """Name the embedded server's superuser; a server of the hospital's own has one we do not know."""
    owner = os.environ["DATABASE_OWNER_URL"]
    place = find_place()
    if quote(str(place.sockets), safe="") not in owner:
        pytest.skip("No superuser of this server is known: set DATABASE_SUPERUSER_URL to run this test.")
    _, _, rest = owner.partition("@")
    return f"postgres://homecare_setup:{passwords(place.local)['homecare_setup']}@{rest}"


def write_and_read(cursor: Any, model: type[models.Model]) -> list[tuple[str, str, int | None, str]]:
    """Insert, change and delete one row by plain SQL, and return what history says of it."""
    row = plain_row(model, 101)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in written_fields(model)]
    table, history = f'"{model._meta.db_table}"', policy.history_model(model)._meta.db_table
    key = f'"{model._meta.pk.column}"'
    key_value = values[[field.primary_key for field in written_fields(model)].index(True)]
    cursor.execute(f"INSERT INTO {table} ({column_list(model)}) VALUES ({', '.join(['%s'] * len(values))})", values)
    cursor.execute(f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", [key_value])
    cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [key_value])
    cursor.execute(
        f"SELECT history_type, history_source, history_user_id, history_db_role FROM {history}"
        f" WHERE {key} = %s ORDER BY history_id",
        [key_value],
    )
    found: list[tuple[str, str, int | None, str]] = cursor.fetchall()
    return found


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_a_superuser_in_a_replica_s_session_is_on_record(superuser: Any, model: type[models.Model]) -> None:
    with superuser.cursor() as cursor:
        without_constraints(cursor, model._meta.db_table)
        cursor.execute("SET session_replication_role = replica")
        role = superuser.info.user
        assert write_and_read(cursor, model) == [(mark, "OUTSIDE", None, role) for mark in "+~-"]


def test_another_role_is_on_record_by_its_name(superuser: Any) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("CREATE ROLE passer_by")
        cursor.execute("GRANT ALL ON accounts_specialty TO passer_by")
        cursor.execute("SET SESSION AUTHORIZATION passer_by")
        cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('By another')")
        cursor.execute("RESET SESSION AUTHORIZATION")
        cursor.execute(
            "SELECT history_db_role, history_source FROM accounts_historicalspecialty WHERE name = 'By another'"
        )
        assert cursor.fetchall() == [("passer_by", "OUTSIDE")]


@pytest.mark.parametrize("statement", ["UPDATE {} SET name = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_a_superuser_s_plain_statement_cannot_change_history(superuser: Any, statement: str) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="stays on record"):
            cursor.execute(statement.format("accounts_historicalspecialty"))


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_the_application_s_role_can_only_read_history(db: None, model: type[models.Model]) -> None:
    rights = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
    with connection.cursor() as cursor:
        table = policy.history_model(model)._meta.db_table
        cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [app_role(), table])
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [app_role(), table, rights])
        assert cursor.fetchone() == (False,)


def test_a_many_to_many_through_its_own_model_has_history(db: None) -> None:
    through = [field.remote_field.through for model in TRACKED for field in model._meta.many_to_many]
    untracked = [model._meta.label for model in through if model not in TRACKED]
    assert untracked == [], "Give the relation a through model that is Tracked"


@pytest.mark.django_db(transaction=True)
def test_psql_is_on_record() -> None:
    if shutil.which("psql") is None:
        pytest.skip("psql is not installed here")
    address = dj_database_url.parse(os.environ["DATABASE_URL"])
    environment = os.environ | {"PGPASSWORD": str(address["PASSWORD"]), "PGDATABASE": connection.settings_dict["NAME"]}
    environment |= {"PGHOST": str(address["HOST"] or address["OPTIONS"]["host"]), "PGUSER": str(address["USER"])}
    environment |= {"PGPORT": str(address["PORT"] or 5432)}
    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", "INSERT INTO accounts_specialty (name) VALUES ('By psql')"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert Specialty.history.values_list("history_source", "history_db_role").get() == ("OUTSIDE", app_role())
