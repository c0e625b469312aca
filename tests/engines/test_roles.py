"""A database that somebody else runs: one owner's address is enough in the demonstration, and never elsewhere."""

import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from homecare.engines.roles import with_database, with_user
from tests.engines.conftest import Bench, Command


@pytest.fixture
def superuser_address(bench: Bench) -> str:
    """The address of a cluster's superuser, as a developer with a PostgreSQL of their own would name it."""
    running: Command = bench.command()
    password = json.loads((bench.folder / "engines" / "passwords.json").read_text())["homecare_setup"]
    return with_user(running.about["DATABASE_OWNER_URL"], "homecare_setup", password)


def told(bench: Bench, **named: str) -> dict[str, str]:
    """Start a command of another checkout, with these addresses named, and return those it works with."""
    folder = Path(tempfile.mkdtemp(prefix="hc-other-", dir=bench.folder))
    folder.chmod(0o755)
    other = Bench(folder, bench.environment | named | {"HOMECARE_LOCAL": str(folder), "REDIS_URL": "redis://x/0"})
    words, _ = other.begin().communicate()
    found: dict[str, str] = json.loads(words)
    return found


@pytest.mark.parametrize("variable", ["DATABASE_OWNER_URL", "DATABASE_URL"])
def test_an_owner_s_address_alone_serves_as_a_role_that_owns_nothing(
    bench: Bench, superuser_address: str, variable: str
) -> None:
    found = told(bench, **{variable: superuser_address})
    assert found["DATABASE_OWNER_URL"] == superuser_address
    assert urlsplit(found["DATABASE_URL"]).username == "homecare_app"
    connection = psycopg2.connect(found["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
    connection.close()


def test_outside_the_demonstration_an_address_is_used_as_it_is(bench: Bench, superuser_address: str) -> None:
    found = told(bench, DATABASE_URL=superuser_address, DEMO="0")
    assert found["DATABASE_URL"] == superuser_address


def test_both_addresses_are_used_as_they_are(bench: Bench, superuser_address: str) -> None:
    app = with_user(superuser_address, "somebody", "secret")
    found = told(bench, DATABASE_OWNER_URL=superuser_address, DATABASE_URL=app)
    assert (found["DATABASE_OWNER_URL"], found["DATABASE_URL"]) == (superuser_address, app)


@pytest.mark.parametrize(
    ("address", "changed"),
    [
        ("postgres://a:b@h:5433/old?sslmode=require", "postgres://a:b@h:5433/new?sslmode=require"),
        ("postgres://a:b@%2Frun%2Fx/old", "postgres://a:b@%2Frun%2Fx/new"),
    ],
)
def test_an_address_keeps_all_but_the_database(address: str, changed: str) -> None:
    assert with_database(address, "new") == changed
