"""Fair timings: contestants in turn, each undone, the median of each and the ratio round by round."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Timing:
    """What one contestant took, in seconds, round by round, and how much it did."""

    name: str
    seconds: tuple[float, ...]
    did: object

    @property
    def median(self) -> float:
        """Return the middle of the rounds."""
        return statistics.median(self.seconds)


def side_by_side(contestants: Mapping[str, Callable[[], object]], *, rounds: int = 3) -> list[Timing]:
    """Run the contestants in turn, A B A B ..., each in a transaction that is undone; the first round is a warm-up.

    All must do the same: what they return is compared.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    did: dict[str, object] = {}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            with transaction.atomic():
                started = time.perf_counter()
                did[name] = run()
                check_references()
                taken = time.perf_counter() - started
                transaction.set_rollback(True)
            if number:
                seconds[name].append(taken)
    if len({str(value) for value in did.values()}) != 1:
        raise AssertionError(f"the contestants did not do the same: {did}")
    return [Timing(name, tuple(taken), did[name]) for name, taken in seconds.items()]


def check_references() -> None:
    """Have the database check every foreign key written so far, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def report(title: str, timings: list[Timing], *, goal: float | None) -> float:
    """Print medians and the median of the ratios round by round (first contestant to second); return the ratio."""
    ours, theirs = timings[0], timings[1]
    ratio = statistics.median(a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True))
    verdict = "" if goal is None else f"  goal {goal:g}: {'met' if ratio <= goal else 'MISSED'}"
    print(
        f"{title:<44} {ours.median:8.3f} s {ours.name:<18} {theirs.median:8.3f} s {theirs.name:<18}"
        f" ratio {ratio:5.2f}{verdict}  ({ours.did})",
        flush=True,
    )
    return ratio
