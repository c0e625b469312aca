"""docker-compose.yml, tried without a container engine: each service's command as a process of this machine.

What this cannot show: that the image builds, and that the official PostgreSQL and Redis images take these variables.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import yaml

from homecare.engines.places import find_place, valkey_binary
from homecare.engines.roles import with_database

# A whole database is made and a service started: minutes on a machine that is busy with much else.
pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
OURS = ("web", "worker", "beat")
REQUIRED = re.compile(r"\$\{(\w+):\?")
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::[-?]([^}]*))?\}")

Eventually = Callable[..., None]


def interpolated(value: Any, named: dict[str, str]) -> Any:
    """Do what compose does with ${NAME:?words}, ${NAME:-default} and $$."""
    if isinstance(value, dict):
        return {key: interpolated(inner, named) for key, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, named) for inner in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: "$" if found[0] == "$$" else named.get(found[1], found[2] or ""), value)
    return value


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services with every required variable set to something."""
    named = dict.fromkeys(REQUIRED.findall(TEXT), "example") | {
        "SECRET_KEY": "k" * 50,
        "ALLOWED_HOSTS": "homecare.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://homecare.example.com",
        "BASE_URL": "https://homecare.example.com",
        "TEAM_EMAIL": "team@example.com",
    }
    found: dict[str, Any] = interpolated(yaml.safe_load(TEXT), named)["services"]
    return found


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """An empty database of its own, and a port, in place of the container names."""
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    name = f"compose_{os.getpid()}"
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    urls = {key: with_database(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    yield urls | {"REDIS_URL": os.environ["REDIS_URL"]}
    with owner.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    owner.close()


@pytest.fixture(scope="module")
def migrated(services: dict[str, Any], addresses: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run the one-shot service first, as the others wait for it."""
    return subprocess.run(
        command(services["migrate"]),
        cwd=ROOT,
        env=environment(services["migrate"], addresses),
        capture_output=True,
        text=True,
        check=False,
    )


def environment(service: dict[str, Any], addresses: dict[str, str], **more: str) -> dict[str, str]:
    """Return a service's own environment, with the addresses of this machine for those it names."""
    stated = {key: str(value) for key, value in service["environment"].items()}
    here = {key: value for key, value in addresses.items() if key in stated}
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.environ["HOME"]}
    return stated | here | path | more


def command(service: dict[str, Any]) -> list[str]:
    """Return the command, with this interpreter for the image's."""
    return [sys.executable if word == "python" else word for word in service["command"]]


def is_healthy(service: dict[str, Any], within: dict[str, str]) -> bool:
    """Run the health check as the container engine would."""
    kind, *words = service["healthcheck"]["test"]
    asked = ["sh", "-c", words[0]] if kind == "CMD-SHELL" else [sys.executable, *words[1:]]
    return subprocess.run(asked, env=within, capture_output=True, check=False).returncode == 0


def test_migrate_ends_well(migrated: "subprocess.CompletedProcess[str]") -> None:
    assert migrated.returncode == 0, migrated.stderr


@pytest.mark.parametrize("name", OURS)
def test_each_service_becomes_healthy(
    name: str,
    services: dict[str, Any],
    addresses: dict[str, str],
    migrated: "subprocess.CompletedProcess[str]",
    tmp_path: Path,
    eventually: Eventually,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    more = {"PORT": port, "BIND": "127.0.0.1", "WEB_WORKERS": "1"} if name == "web" else {}
    if "ALIVE_FILE" in services[name]["environment"]:
        more["ALIVE_FILE"] = str(tmp_path / "alive")
    more["STATIC_ROOT"] = static_root(tmp_path)
    within = environment(services[name], addresses, **more)
    assert not is_healthy(services[name], within)
    with (tmp_path / "words").open("w") as words:
        process = subprocess.Popen(
            command(services[name]), cwd=ROOT, env=within, stdout=words, stderr=words, process_group=0
        )
    try:
        eventually(lambda: process.poll() is not None or is_healthy(services[name], within), 180)
        assert process.poll() is None, (tmp_path / "words").read_text()
    finally:
        process.terminate()
        process.wait(60)


def static_root(folder: Path) -> str:
    """Give the manifest that the image has from its build."""
    made = folder / "static"
    made.mkdir()
    (made / "staticfiles.json").write_text('{"version": "1.1", "hash": "", "paths": {}}')
    return str(made)


def test_redis_starts_as_told_and_evicts_nothing(
    services: dict[str, Any], tmp_path: Path, eventually: Eventually
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stand_in = tmp_path / "redis-server"
    stand_in.write_text(f'#!/bin/sh\nexec {valkey_binary(find_place())} --port {port} --dir {tmp_path} "$@"\n')
    stand_in.chmod(0o755)
    stated = {key: str(value) for key, value in services["redis"]["environment"].items()}
    server = subprocess.Popen(
        services["redis"]["command"],
        env=stated | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
    )
    with redis.Redis(port=port, password=stated["REDISCLI_AUTH"]) as connection:

        def answers() -> bool:
            try:
                return bool(connection.ping())
            except redis.ConnectionError:
                return False

        eventually(answers, 20)
        told = connection.config_get("maxmemory-policy", "appendonly")
    server.terminate()
    server.wait(20)
    assert told == {"maxmemory-policy": "noeviction", "appendonly": "yes"}


def test_every_required_variable_is_explained() -> None:
    explained = set(re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert explained == set(REQUIRED.findall(TEXT))


def test_no_secret_has_a_default() -> None:
    secrets = [name for name in re.findall(r"\$\{(\w+)", TEXT) if re.search("SECRET|PASSWORD|API_KEY", name)]
    assert secrets
    assert set(secrets) <= set(REQUIRED.findall(TEXT))


def test_the_image_runs_as_an_ordinary_user() -> None:
    last = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last, re.MULTILINE)


def test_what_others_wait_for_exists(services: dict[str, Any]) -> None:
    waited_for = {name for service in services.values() for name in service.get("depends_on", {})}
    assert waited_for <= set(services)
    healthy = {
        name
        for service in services.values()
        for name, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert all("healthcheck" in services[name] for name in healthy)


def test_the_schema_is_compose_s(tmp_path: Path) -> None:
    checker = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    assert checker
    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")], check=False
    )
    assert done.returncode == 0
