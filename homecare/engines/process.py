"""Start a server so that it cannot outlive the process that watches it."""

import ctypes
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before it becomes the program: Linux sends it this signal when its parent dies."""

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        _libc.prctl(PR_SET_PDEATHSIG, sent)

    return prepare


def start_server(
    command: Sequence[str],
    *,
    user: str | None,
    folder: Path,
    log: Path,
    when_parent_dies: signal.Signals,
    environment: Mapping[str, str],
) -> "subprocess.Popen[bytes]":
    """Start a server in its own process group (Ctrl-C at the terminal is not for it), its words going to a log."""
    with log.open("ab") as words:
        return subprocess.Popen(  # noqa: S603 - our own binaries and arguments
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=dies_with_parent(when_parent_dies),
            user=user,
            group="nogroup" if user else None,
            extra_groups=[] if user else None,
        )


def run_as(command: Sequence[str], *, user: str | None, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a short command as the servers' user and return all it said; raise CalledProcessError if it failed."""
    done = subprocess.run(  # noqa: S603 - our own binaries and arguments
        command,
        cwd=folder,
        env=dict(environment),
        check=True,
        capture_output=True,
        text=True,
        user=user,
        group="nogroup" if user else None,
        extra_groups=[] if user else None,
    )
    return done.stdout + done.stderr


def last_words(log: Path, count: int = 3) -> str:
    """Return the last lines of a log, for an error's sentence."""
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-count:]) if log.exists() else ""
