"""With history not certain to be kept, the service refuses to start."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from homecare.audit.checks import check_audit, undecided_tables, unsound
from homecare.audit.install import app_role


@pytest.fixture
def as_app(db: None) -> Iterator[None]:
    """Ask as the application's role."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def sentences() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{app_role()}"')
    return unsound()


def as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_table_is_decided(db: None) -> None:
    assert undecided_tables() == [], "Make the model Tracked, or say `audit = ...` (homecare/core/rights.py)"


def test_a_sound_database_may_be_served(as_app: None) -> None:
    assert sentences() == []


def test_the_owner_may_not_serve(db: None) -> None:
    assert "erase history" in unsound()[0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE newcomer (id int)", "Nobody has decided about the table newcomer"),
        ("ALTER TABLE accounts_specialty DISABLE TRIGGER audit_update", "audit_update on accounts_specialty"),
        ("DROP TRIGGER audit_insert ON accounts_user", "audit_insert on accounts_user"),
        ("ALTER TABLE accounts_user ENABLE TRIGGER audit_insert", "audit_insert on accounts_user"),
        ("DROP TRIGGER audit_kept ON audit_patientaccess", "audit_kept on audit_patientaccess"),
        ("DROP TRIGGER audit_kept ON accounts_historicaluser", "audit_kept on accounts_historicaluser"),
        (f'GRANT DELETE ON accounts_user TO "{app_role()}"', "may DELETE on accounts_user"),
        (f'GRANT INSERT ON accounts_historicaluser TO "{app_role()}"', "may INSERT on accounts_historicaluser"),
        (f'GRANT TRUNCATE ON accounts_specialty TO "{app_role()}"', "may TRUNCATE on accounts_specialty"),
        ("GRANT UPDATE ON audit_context TO PUBLIC", "may UPDATE on audit_context"),
    ],
)
def test_an_unsound_database_may_not_be_served(as_app: None, statement: str, words: str) -> None:
    as_owner(statement)
    (sentence,) = sentences()
    assert words in sentence


def test_another_secret_key_is_told_before_the_first_deed(as_app: None) -> None:
    with override_settings(SECRET_KEY="another"):
        (sentence,) = sentences()
    assert "SECRET_KEY" in sentence


def test_the_owner_s_commands_are_not_asked(db: None) -> None:
    assert check_audit(databases=["default"]) == []


def test_the_system_check_tells_it(db: None, settings: Any) -> None:
    settings.RUNS_AS_OWNER = False
    (error,) = check_audit(databases=["default"])
    assert (error.id, "erase history" in str(error.msg)) == ("audit.E001", True)


def test_a_database_that_keeps_no_history_may_not_be_served(as_app: None) -> None:
    as_owner("DROP FUNCTION audit_key_fits(text)")
    (sentence,) = sentences()
    assert "does not keep history yet" in sentence
