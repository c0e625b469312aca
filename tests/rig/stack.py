"""The whole machine in processes of its own: a private Valkey, the real Celery worker and beat, the real web server.

Only processes started here are stopped or killed, by pid.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import redis
import requests

from homecare.engines.places import find_place, valkey_binary
from tests.rig.provider import API_KEY, Provider
from tests.rig.workers import SHORT_TIMES

FOLDER = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(done: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until it is so; return how long that took, or fail in words."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"After {seconds} s, still not: {what}.")
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Redis:
    """A Valkey that may be killed, stopped in its tracks, or come back empty."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        binary = valkey_binary(find_place())
        self.process = subprocess.Popen(
            [str(binary), *self._settings()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.answers, seconds=30, what="Valkey answers")

    def _settings(self) -> list[str]:
        given = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "appendonly": "yes", "save": ""}
        given |= {"maxmemory-policy": "noeviction", "loglevel": "warning"}
        return [word for name, value in given.items() for word in (f"--{name}", value)]

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=1) as connection:
            return bool(connection.ping())
        return False

    def flush(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=5) as connection:
            connection.flushall()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def signal(self, sent: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sent)

    def empty(self) -> None:
        for left in self.folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()


@dataclass
class Machine:
    """What runs."""

    redis: Redis
    web: str
    logs: Path
    environment: dict[str, str]
    supervisor: "subprocess.Popen[bytes] | None" = None

    def start(self, parts: Mapping[str, Sequence[str]]) -> None:
        """Start the parts under the service's own supervisor."""
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.supervise", str(self.logs), json.dumps(parts)],
            cwd=FOLDER,
            env=self.environment,
            start_new_session=True,
        )

    def deaths(self) -> int:
        """Return how many times a part ended by itself and was started again."""
        told = self.logs / "deaths.log"
        return len(told.read_text().splitlines()) if told.exists() else 0

    def stop(self) -> None:
        """Stop all: the supervisor ends its children, and Linux does if it cannot."""
        if self.supervisor is not None:
            self.supervisor.terminate()
            self.supervisor.wait(40)


@contextlib.contextmanager
def machine(
    environment: Mapping[str, str], provider: Provider, *, parts: Sequence[str] = ("worker", "beat", "web")
) -> Iterator[Machine]:
    """Start the parts, give them, and stop them."""
    folder = Path(tempfile.mkdtemp(prefix="rig-redis-"))
    broker = Redis(folder)
    broker.start()
    port = free_port()
    given = {
        **environment,
        **SHORT_TIMES,
        "DJANGO_SETTINGS_MODULE": "tests.rig.settings",
        "DEMO": "1",
        "REDIS_URL": broker.url,
        "NOTIFY_BASE_URL": provider.url,
        "NOTIFY_API_KEY": API_KEY,
        "LOG_LEVEL": "ERROR",
        "PORT": str(port),
        "WEB_WORKERS": "1",
    }
    logs = Path(os.environ["RIG_LOGS"]) if os.environ.get("RIG_LOGS") else folder
    made = Machine(broker, f"http://127.0.0.1:{port}", logs, given)
    celery = ("-m", "celery", "-A", "homecare")
    known = {
        "worker": (*celery, "worker", "-c", "2", "--loglevel=INFO", "--without-gossip", "--without-mingle"),
        "beat": (*celery, "beat", "--loglevel=INFO"),
        "web": ("-m", "gunicorn", "-c", "python:homecare.gunicorn", "homecare.wsgi"),
    }
    try:
        made.start({name: known[name] for name in parts})
        if "web" in parts:
            wait_for(lambda: _answers(made.web), seconds=60, what="the web server answers")
        yield made
    finally:
        made.stop()
        broker.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{address}/accounts/login/", timeout=5).status_code < 500
    return False
