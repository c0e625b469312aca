"""Who uses an engine, counted by the kernel: a lock dies with its process, so nothing here can go stale.

Three lock files for each engine in `.local/engines/`:
- `<name>.starting` is held for the moment in which a command looks whether the engine runs and starts it if not;
- `<name>.holders` is held *shared* by every command that uses the engine; its keeper takes it alone when all have left;
- `<name>.keeper` is held by the keeper for as long as the server runs.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Lock:
    """One lock file. Closed on exec, so that a server started by us does not hold what we hold."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Wait until we hold it beside other sharers."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait until we hold it alone."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def try_share(self) -> bool:
        """Hold it beside other sharers if that is possible now."""
        return self._try(fcntl.LOCK_SH)

    def try_take(self) -> bool:
        """Hold it alone if that is possible now."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go, keeping the file open."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go and close."""
        with suppress(OSError):
            os.close(self.descriptor)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def lock(local: Path, engine: str, what: str) -> Lock:
    """Open one of an engine's three locks (starting, holders, keeper)."""
    return Lock(local / "engines" / f"{engine}.{what}")


@contextmanager
def held_alone(local: Path, engine: str, what: str) -> Iterator[None]:
    """Hold one of the locks alone for the length of a block."""
    mine = lock(local, engine, what)
    try:
        mine.take()
        yield
    finally:
        mine.close()


def runs(local: Path, engine: str) -> bool:
    """Say whether a keeper is at work."""
    probe = lock(local, engine, "keeper")
    try:
        return not probe.try_share()
    finally:
        probe.close()


def wait_until_stopped_or_needed(local: Path, engine: str, *, seconds: float = 40.0) -> None:
    """Having let go, wait for the keeper to stop the server, unless somebody else still uses it."""
    deadline = time.monotonic() + seconds
    while runs(local, engine) and not _somebody_holds(local, engine) and time.monotonic() < deadline:
        time.sleep(0.02)


def _somebody_holds(local: Path, engine: str) -> bool:
    probe = lock(local, engine, "holders")
    try:
        if probe.try_take():  # nobody: the keeper will notice at its next look
            return False
        return probe.try_share()  # refused when the keeper holds it alone, which it does while stopping
    finally:
        probe.close()
