"""One process that keeps others running: starts them, restarts those that die, and stops them all.

Each child leads a process group of its own, so that Ctrl-C at the terminal reaches only this process, and so that what
a dead child left behind can be cleared. If this process itself is killed, Linux tells the children to end.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from homecare.engines.process import dies_with_parent, last_words

SIGNALS = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
LONGEST_WAIT_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
STOP_SECONDS = 25.0
LOG_BYTES = 10_000_000

Say = Callable[[str], None]


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    start_again_at: float = field(default=0.0)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it, its words going to its log (the one before is kept as .1 when long)."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_name(self.log.name + ".1"))
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(  # noqa: S603 - commands of ours
                self.command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    def signal_group(self, sent: signal.Signals) -> None:
        """Send a signal to it and all it has started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, sent)

    def has_ended(self) -> bool:
        """Say whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None


class Supervisor:
    """Keeps children running until told to stop."""

    def __init__(self, children: Sequence[Child], environment: Mapping[str, str], say: Say) -> None:
        self.children = children
        self.environment = environment
        self.say = say

    def run(self, when_started: Callable[[], bool], when_stopping: Callable[[], None] = lambda: None) -> None:
        """Run all until Ctrl-C or SIGTERM; `when_started` is asked now and then until it says that it is done."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            for child in self.children:
                child.start(self.environment)
            started = False
            while not self._told_to_stop(wait=1.0 if started else 0.1):
                started = started or when_started()
                self._restart_the_dead()
            when_stopping()
        finally:
            self._stop()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _told_to_stop(self, wait: float) -> bool:
        told = signal.sigtimedwait(SIGNALS, wait)
        return told is not None and told.si_signo != signal.SIGCHLD

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.has_ended():
                self._bury(child, now)
            elif child.process is None and now >= child.start_again_at:
                child.start(self.environment)

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        child.signal_group(signal.SIGKILL)  # what it may have left: pool children of a killed worker
        child.deaths = 1 if now - child.started > STEADY_AFTER_SECONDS else child.deaths + 1
        wait = min(2.0 ** (child.deaths - 1), LONGEST_WAIT_SECONDS)
        child.start_again_at = now + wait
        words = last_words(child.log, 1)[-300:]
        self.say(
            f"The {child.name} ended ({_how(child.process.returncode)}); starting it again in {wait:.0f} s. {words}"
        )
        child.process = None

    def _stop(self) -> None:
        """Ask all to end, wait, then insist. A second Ctrl-C insists at once."""
        for child in self.children:
            if child.process is not None and not child.has_ended():
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(c.process is None or c.has_ended() for c in self.children):
            if self._told_to_stop(wait=0.2):
                break
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
