"""Engines of their own for the tests of engines, in a folder of their own, started by real commands."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Command:
    """A running command that holds the engines."""

    process: "subprocess.Popen[str]"
    about: dict[str, str]

    @property
    def server(self) -> int:
        """The process id of the PostgreSQL it uses."""
        return int(self.about["server"])

    def end(self) -> int:
        """Let it end as a command does."""
        self.process.communicate(timeout=60)
        return self.process.returncode


@dataclass
class Bench:
    """A folder for engines, and what is needed to use it."""

    folder: Path
    environment: dict[str, str]
    started: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def begin(self) -> "subprocess.Popen[str]":
        """Start a command without waiting for it."""
        command = [sys.executable, "-m", "tests.engines.holder"]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        self.started.append(process)
        return process

    def begun(self, process: "subprocess.Popen[str]") -> Command:
        """Wait until it holds the engines."""
        assert process.stdout is not None
        return Command(process, json.loads(process.stdout.readline()))

    def command(self) -> Command:
        """Start a command and wait until it holds the engines."""
        return self.begun(self.begin())

    def clear(self) -> None:
        """End whatever a failed test left."""
        for begun in self.started:
            if begun.poll() is None:
                begun.kill()
            for stream in (begun.stdin, begun.stdout):
                if stream is not None:
                    stream.close()
            begun.wait()
        for process in self.servers():
            with contextlib.suppress(psutil.Error):
                process.kill()
                process.wait(10)

    def servers(self) -> list[psutil.Process]:
        """Return every process whose command line names this folder, keepers by their environment."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                keeps = "homecare.engines.keeper" in process.cmdline()
                if str(self.folder) in " ".join(process.cmdline()) or (
                    keeps and process.environ().get("HOMECARE_LOCAL") == str(self.folder)
                ):
                    found.append(process)
        return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def made_bench() -> Iterator[Bench]:
    """Give a folder whose cluster is made once: making one takes most of the time."""
    yield from make_bench()


@pytest.fixture
def fresh_bench() -> Iterator[Bench]:
    """Give an empty folder."""
    yield from make_bench()


@pytest.fixture
def bench(made_bench: Bench) -> Iterator[Bench]:
    """Give a folder for engines on which nothing runs."""
    assert made_bench.servers() == []
    yield made_bench
    made_bench.clear()


def make_bench() -> Iterator[Bench]:
    """Make a folder that the servers' user can reach, and remove it with whatever still runs on it."""
    folder = Path(tempfile.mkdtemp(prefix="hc-engines-"))
    folder.chmod(0o755)
    named = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "HOMECARE_LOCAL"}
    environment = {key: value for key, value in os.environ.items() if key not in named}
    made = Bench(folder, environment | {"HOMECARE_LOCAL": str(folder), "DEMO": "1"})
    yield made
    made.clear()
    shutil.rmtree(folder, ignore_errors=True)
