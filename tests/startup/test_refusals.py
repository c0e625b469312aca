"""What the service refuses to start without, asked of real processes as a hospital would start them."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from homecare.engines.places import find_place, valkey_binary
from homecare.engines.roles import with_database
from homecare.startup import must_be_set

SAFE = {
    "DEMO": "0",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "homecare.example.com",
    "ORGANISATION_NAME": "Example Hospital",
}


def start(entrance: str, **changed: str | None) -> "subprocess.CompletedProcess[str]":
    """Start one of the service's ways in, in a hospital's environment with these values changed (None: unset)."""
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"} | SAFE
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):  # an empty one: what is asked of a full one is audit's to test
        environment[name] = with_database(os.environ[name], "postgres")
    environment |= {key: value for key, value in changed.items() if value is not None}
    for key in (key for key, value in changed.items() if value is None):
        environment.pop(key, None)
    commands = {
        "command": [sys.executable, "manage.py", "check"],
        "web": [sys.executable, "-c", "import homecare.wsgi"],
        "worker": [sys.executable, "-c", "from homecare.celery import refuse_unless_safe as r; r()"],
    }
    return subprocess.run(commands[entrance], env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("entrance", ["command", "web", "worker"])
def test_a_complete_environment_starts(entrance: str) -> None:
    done = start(entrance)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("entrance", ["command", "web", "worker"])
def test_every_way_in_refuses_in_a_sentence(entrance: str) -> None:
    done = start(entrance, SECRET_KEY=None)
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "demonstration-only"}, "SECRET_KEY is not set, or short"),
        ({"DEBUG": True}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": ["*"]}, "allows every host name"),
        ({"ORGANISATION_NAME": ""}, "ORGANISATION_NAME is not set"),
    ],
)
def test_each_missing_piece_is_named(settings: Any, changed: dict[str, Any], said: str) -> None:
    complete = {"DEMO": False, "SECRET_KEY": "k" * 50, "DEBUG": False, "ALLOWED_HOSTS": ["x"], "ORGANISATION_NAME": "X"}
    for name, value in (complete | changed).items():
        setattr(settings, name, value)
    (sentence,) = must_be_set()
    assert said in sentence


def test_the_demonstration_needs_none_of_it() -> None:
    done = start("command", DEMO="1", SECRET_KEY=None, ALLOWED_HOSTS=None, ORGANISATION_NAME=None)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("entrance", ["command", "web", "worker"])
def test_a_redis_that_may_evict_is_refused(entrance: str, evicting_redis: str) -> None:
    done = start(entrance, REDIS_URL=evicting_redis)
    assert done.returncode != 0
    assert "allkeys-lru" in done.stderr


def test_a_redis_out_of_reach_is_a_warning() -> None:
    done = start("command", REDIS_URL="redis://127.0.0.1:1/0")
    assert done.returncode == 0
    assert re.search(r"WARNINGS:\s.*homecare.W001", done.stderr)


@pytest.fixture
def evicting_redis(tmp_path: Path) -> Iterator[str]:
    """A real server of its own that may evict."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(valkey_binary(find_place())), "--port", str(port), "--save", "", "--maxmemory-policy", "allkeys-lru"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    with redis.Redis.from_url(address, retry=Retry(ConstantBackoff(0.05), 100)) as connection:
        connection.ping()
    yield address
    server.terminate()
    server.wait(10)
