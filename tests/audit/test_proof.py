"""Goal A8: somebody with the application's own SQL role, and no more, cannot act as anybody."""

import random
from typing import Any

import psycopg2.errors
import pytest
from django.test import override_settings

from homecare.audit.proof import actor_proof, signature

ATTEMPTS = 1_000


def forged_proof(chance: random.Random, seen: str) -> str | None:
    """Return what an attacker might try: nothing, noise, or a proof that was seen for something else."""
    noise = "".join(chance.choices("0123456789abcdef", k=64))
    return chance.choice([None, "", noise, seen, seen.upper(), seen[:-1], f"{seen} ", "' OR true --"])


def test_a_thousand_forged_actors_are_all_refused(app_connection: Any) -> None:
    chance, gained = random.Random(8), 0
    with app_connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        seen = actor_proof(txid=cursor.fetchone()[0], actor_id=7)
        app_connection.rollback()
        for _ in range(ATTEMPTS):
            actor = chance.choice([1, 2, 7, -1, 0, 2**62])
            try:
                cursor.execute("SELECT audit_begin(%s, '', '', %s)", [actor, forged_proof(chance, seen)])
                gained += 1
            except psycopg2.errors.InsufficientPrivilege:
                app_connection.rollback()
    assert gained == 0


def test_a_true_proof_is_accepted(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        cursor.execute("SELECT audit_begin(7, '', '', %s)", [actor_proof(txid=cursor.fetchone()[0], actor_id=7)])


def test_a_proof_is_of_one_actor(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        proof = actor_proof(txid=cursor.fetchone()[0], actor_id=7)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT audit_begin(8, '', '', %s)", [proof])


@pytest.mark.parametrize("name", ["app.actor", "homecare.actor", "audit.actor_id"])
def test_a_setting_of_the_session_makes_nobody_an_actor(app_connection: Any, name: str) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute(f"SET {name} = '7'")
        cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('Forged')")
        cursor.execute("SELECT history_user_id FROM accounts_historicalspecialty WHERE name = 'Forged'")
        assert cursor.fetchall() == [(None,)]


def test_a_table_of_one_s_own_in_the_way_changes_nothing(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE audit_context (txid xid8, actor_id bigint, reason text, request_id text, source text)"
        )
        cursor.execute("INSERT INTO audit_context VALUES (pg_current_xact_id(), 7, '', '', 'APPLICATION')")
        cursor.execute("SET search_path = pg_temp, public")
        cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('Forged')")
        cursor.execute("SELECT history_user_id, history_source FROM accounts_historicalspecialty WHERE name = 'Forged'")
        assert cursor.fetchall() == [(None, "OUTSIDE")]


def test_the_database_tells_whether_the_key_fits(app_connection: Any) -> None:
    with app_connection.cursor() as cursor:
        cursor.execute("SELECT audit_key_fits(%s)", [signature("fits")])
        assert cursor.fetchone() == (True,)
        with override_settings(SECRET_KEY="another"):
            cursor.execute("SELECT audit_key_fits(%s)", [signature("fits")])
        assert cursor.fetchone() == (False,)
