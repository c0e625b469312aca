"""Real sending processes on the test's database, and their killer. It kills only what it started, by pid."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rig.provider import API_KEY, Provider

# Short by the database's clock, so that a hundred recoveries fit into seconds. The lease is still longer than a call.
SHORT_TIMES = {
    "OUTBOX_LEASE_SECONDS": "1.0",
    "OUTBOX_LOOK_UP_AFTER_SECONDS": "0.2",
    "OUTBOX_LOOK_UPS_APART_SECONDS": "0.2",
    "OUTBOX_BACKOFF_SCALE": "0.001",
}


@dataclass(frozen=True)
class Group:
    """Workers of one process group."""

    group: int
    pids: list[int]

    def kill(self) -> None:
        """Kill all of them at once."""
        with contextlib.suppress(ProcessLookupError):  # they had just finished
            os.killpg(self.group, signal.SIGKILL)

    def kill_one(self) -> None:
        """Kill the last one only: the others go on sending."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids[-1], signal.SIGKILL)


class Workers:
    """The zygote, as the test sees it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.zygote"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sys.stderr.fileno() if _has_file(sys.stderr) else None,
            text=True,
            start_new_session=True,
        )
        self._hear()

    def fork(
        self, job: str, *, workers: int = 2, mutants: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> Group:
        """Start workers that do a job."""
        said = self._ask({"do": "fork", "job": job, "workers": workers, "mutants": list(mutants), "env": env or {}})
        return Group(said["group"], said["pids"])

    def reap(self, group: Group) -> list[int]:
        """Wait until they have ended; return each one's signal, or its exit code as a negative number."""
        ends = self._ask({"do": "reap", "pids": group.pids})["ends"]
        return [ends[str(pid)] for pid in group.pids]

    def run(self, job: str, **values: Any) -> list[int]:
        """Start workers and wait for them."""
        return self.reap(self.fork(job, **values))

    def close(self) -> None:
        """End the zygote."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def _ask(self, asked: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The zygote ended with {self.process.wait()}.")
        return json.loads(line)


def _has_file(stream: Any) -> bool:
    try:
        return bool(stream.fileno() >= 0)
    except (OSError, AttributeError):
        return False


@contextlib.contextmanager
def workers(environment: Mapping[str, str], provider: Provider) -> Iterator[Workers]:
    """Give workers that send to this provider."""
    given = {
        "DJANGO_SETTINGS_MODULE": "homecare.settings",
        "DEMO": "1",
        "NOTIFY_BASE_URL": provider.url,
        "NOTIFY_API_KEY": API_KEY,
        "LOG_LEVEL": "CRITICAL",
    }
    made = Workers({**environment, **SHORT_TIMES, **given})
    try:
        yield made
    finally:
        made.close()
