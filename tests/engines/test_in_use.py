"""The tests themselves run on real engines."""

import os
from collections.abc import Iterator

import psycopg2
import pytest
import redis


@pytest.fixture
def owner() -> Iterator["psycopg2.extensions.cursor"]:
    """Sign in as the role that tests run as."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def test_the_database_is_postgresql_with_fsync_on(owner: "psycopg2.extensions.cursor") -> None:
    owner.execute("SELECT current_setting('fsync'), current_setting('server_version_num')::int >= 150000")
    assert owner.fetchone() == ("on", True)


def test_the_owner_is_no_superuser_but_may_make_a_test_database(owner: "psycopg2.extensions.cursor") -> None:
    owner.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
    assert owner.fetchone() == (False, False, True)


def test_the_owner_can_stand_in_for_the_app_role(owner: "psycopg2.extensions.cursor") -> None:
    owner.execute("SET ROLE homecare_app")
    owner.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
    assert owner.fetchone() == (False, False)


def test_redis_keeps_what_it_is_given_and_evicts_nothing(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert connection.config_get("appendonly") == {"appendonly": "yes"}
