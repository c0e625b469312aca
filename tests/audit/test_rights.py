"""What the application's own role may do in the database, and what nobody may."""

from typing import Any

import psycopg2.errors
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from homecare.accounts.models import Specialty, User
from homecare.audit import policy
from homecare.audit.actions import acting
from homecare.audit.install import install, missing_triggers
from homecare.audit.proof import actor_proof

HISTORY = "accounts_historicalspecialty"
FORGED = f"""INSERT INTO {HISTORY} (id, name, history_source, history_request_id, history_db_role, history_txid,
    history_date, history_type) VALUES (1, 'Forged', 'APPLICATION', '', '', 1, now(), '+')"""


@pytest.mark.parametrize(
    "statement",
    [
        FORGED,
        f"UPDATE {HISTORY} SET name = 'Tampered'",
        f"DELETE FROM {HISTORY}",
        f"TRUNCATE {HISTORY}",
        "DELETE FROM accounts_specialty",
        "TRUNCATE accounts_specialty CASCADE",
        "ALTER TABLE accounts_specialty DISABLE TRIGGER audit_insert",
        "DROP TRIGGER audit_insert ON accounts_specialty",
        f"ALTER TABLE {HISTORY} DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "INSERT INTO audit_context VALUES ('1', 1, '', '', 'APPLICATION')",
        "SELECT * FROM audit_context",
        "SELECT * FROM audit_key",
        "SELECT audit_proof('1 1')",
        "SELECT audit_begin(1, '', '', '')",
        "SELECT audit_begin(1, '', '', NULL)",
        "SELECT audit_begin(NULL, '', '', NULL)",
        "UPDATE audit_patientaccess SET view = ''",
        "DELETE FROM audit_patientaccess",
        "TRUNCATE audit_patientaccess",
        "DELETE FROM accounts_user",
        "UPDATE django_content_type SET model = ''",
        "CREATE TABLE public.mine (id int)",
    ],
)
def test_the_application_s_role_is_refused(app_connection: Any, statement: str) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("SET homecare.allow_purge = 'on'")  # which must not help it
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)


def test_the_application_s_role_writes_records_and_the_database_their_history(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('By hand')")
        cursor.execute(f"SELECT history_source, history_user_id, history_db_role FROM {HISTORY} WHERE name = 'By hand'")
        assert cursor.fetchall() == [("OUTSIDE", None, app_connection.info.user)]


def test_the_application_s_role_may_take_numbers_and_say_who_acts(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_specialty', 'id')), pg_current_xact_id()::text")
        proof = actor_proof(txid=cursor.fetchone()[1], actor_id=7)
        cursor.execute("SELECT audit_begin(7, 'Why', 'request', %s)", [proof])
        cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('By deed')")
        cursor.execute(f"SELECT history_source, history_user_id FROM {HISTORY} WHERE name = 'By deed'")
        assert cursor.fetchall() == [("APPLICATION", 7)]
        cursor.execute("SELECT audit_end(), audit_sweep()")


def without_leave(statement: str) -> None:
    """Run it as the owner, who has not said that this is a purge."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL homecare.allow_purge = 'off'")
        cursor.execute(statement)


@pytest.mark.parametrize("statement", [FORGED, f"UPDATE {HISTORY} SET name = 'x'", f"DELETE FROM {HISTORY}"])
def test_even_the_owner_is_refused_without_saying_so_first(technician: User, statement: str) -> None:
    with acting(by=technician):
        Specialty.objects.create(name="Rheumatology")
    with pytest.raises(ProgrammingError, match="stays on record"):
        without_leave(statement)


def test_a_tracked_table_cannot_be_truncated(db: None) -> None:
    with pytest.raises(ProgrammingError, match="stays on record"):
        without_leave("TRUNCATE accounts_specialty CASCADE")


def test_a_second_installation_has_nothing_to_do(db: None) -> None:
    assert install() is False


def test_a_dropped_trigger_is_noticed_and_put_back(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_update ON accounts_specialty")
    assert missing_triggers() == [("accounts_specialty", "audit_update")]
    assert install() is True
    assert missing_triggers() == []


def test_a_disabled_trigger_is_noticed_and_put_back(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_specialty DISABLE TRIGGER audit_update")
    assert missing_triggers() == [("accounts_specialty", "audit_update")]
    assert install() is True


def test_every_row_that_may_be_deleted_has_a_reason() -> None:
    deletable = [(table, said) for table, said in policy.decided().items() if "DELETE" in said.granted]
    assert deletable
    assert [table for table, said in deletable if len(said.because) < 10] == []
