"""`manage.py serve`: one supervisor, nothing left behind however it ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from homecare.desk.management.commands.serve import sign_in_lines
from tests.engines.conftest import ROOT, Bench

Eventually = Callable[..., None]


@dataclass
class Service:
    """A running `manage.py serve`."""

    process: "subprocess.Popen[str]"
    words: Path
    local: str

    def said(self) -> str:
        """All it has printed so far."""
        return self.words.read_text()

    def parts(self, named: str = "") -> list[psutil.Process]:
        """Every process of this service, found by an environment variable that all inherit."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("HOMECARE_LOCAL") == self.local or self.local in " ".join(
                    process.cmdline()
                )
                if mine and named in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def port() -> int:
    """Give a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def service(bench: Bench, port: int, tmp_path: Path, eventually: Eventually) -> Iterator[Service]:
    """Serve an empty database on that port, and wait until it has said where."""
    environment = bench.environment | {"PORT": str(port)}
    words = tmp_path / "words"
    with words.open("w") as out:
        command = [sys.executable, "manage.py", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, text=True)
    running = Service(process, words, str(bench.folder))
    eventually(lambda: "Ctrl-C stops it" in running.said(), 90)
    yield running
    process.kill()
    process.wait()


def test_it_stops_everything_on_ctrl_c(service: Service) -> None:
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(60) == 0
    assert service.parts() == []


def test_one_sign_in_is_printed_for_each_role() -> None:
    printed = [line.split("  ")[1] for line in sign_in_lines()]
    assert {"Chief Pharmacist", "Homecare technician"} <= set(printed)
    assert len(printed) == len(set(printed))


def test_a_part_that_dies_is_started_again_and_said_so(service: Service, eventually: Eventually) -> None:
    (beat,) = service.parts("homecare beat")
    beat.kill()
    eventually(lambda: "The beat ended (killed by SIGKILL)" in service.said(), 20)
    eventually(lambda: [part.pid for part in service.parts("homecare beat")] not in ([], [beat.pid]), 20)


def test_a_killed_supervisor_leaves_no_orphan(service: Service, eventually: Eventually) -> None:
    service.process.kill()
    service.process.wait()
    eventually(lambda: service.parts() == [], 60)


def test_a_busy_port_is_one_sentence(bench: Bench, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=os.environ | bench.environment | {"PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    sentence = f"Port {port} is in use by another program: choose another, as in `PORT={port + 1} make run`."
    assert done.stderr.strip() == f"CommandError: {sentence}"
