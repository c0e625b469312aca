"""Named moments at which a test kills the process: inert unless asked for in a demonstration or a test.

`CRASHPOINT=after_claim` ends the process with SIGKILL at that moment, as a failing machine would (goal R1). With
`CRASHPOINT_AFTER=3` it lets it pass three times first.
"""

import os
import signal
from collections.abc import Callable

from django.conf import settings

POINTS = (
    "after_claim",
    "after_eligibility",
    "after_claim_commit",
    "after_begin",
    "before_connect",
    "after_headers",
    "after_accept",
    "before_commit",
    "after_commit",
    "in_recovery",
    "in_reconcile",
    "in_planning",
)

_passed: dict[str, int] = {}
_watchers: list[Callable[[str], None]] = []


def watch(watcher: Callable[[str], None] | None) -> None:
    """Tell this function of each moment, instead of whom was told before: for tests that need an exact interleaving."""
    _watchers[:] = [watcher] if watcher else []


def wanted() -> str:
    """Return the point at which this process is to die; empty almost always."""
    return os.environ.get("CRASHPOINT", "") if settings.DEMO else ""


def reach(point: str) -> None:
    """Die here if this is the point asked for."""
    for watcher in _watchers:
        watcher(point)
    if wanted() != point:
        return
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] > int(os.environ.get("CRASHPOINT_AFTER", "0")):
        os.kill(os.getpid(), signal.SIGKILL)
