"""What every test may ask for."""

import os
import time
from collections.abc import Callable

import pytest
import redis


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the whole N of the assurance goals to `make assure` (pytest -m assure)."""
    if "assure" in str(config.option.markexpr):
        return
    left = [item for item in items if item.get_closest_marker("assure")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not item.get_closest_marker("assure")]


@pytest.fixture
def redis_url() -> str:
    """Give a real, empty Redis database that no other worker of this run uses."""
    address = os.environ["REDIS_URL"]
    with redis.Redis.from_url(address) as connection:
        connection.flushdb()
    return address


@pytest.fixture(scope="session")
def command_environment(django_db_setup: None) -> dict[str, str]:
    """Give the environment in which a `manage.py` of its own process works on this worker's test database."""
    from django.conf import settings

    from homecare.engines.roles import with_database

    name = settings.DATABASES["default"]["NAME"]
    addresses = {key: with_database(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    without = {"DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST", "PYTHONWARNINGS"}
    return {key: value for key, value in os.environ.items() if key not in without} | addresses


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], None]:
    """Wait for something that other processes bring about; fail when it takes longer than said."""

    def wait(happened: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.05)

    return wait
