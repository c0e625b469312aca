"""What every test may ask for."""

import os

import pytest
import redis


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """Give a real, empty Redis database that no other worker of this run uses."""
    number = 1 if worker_id == "master" else 2 + int(worker_id.removeprefix("gw"))
    address = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{number}"
    with redis.Redis.from_url(address) as connection:
        connection.flushdb()
    return address
