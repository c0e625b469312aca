"""Numbers over everybody: counted as the page is made where that is quick, as in a hospital; kept where it is not.

A task counts again what is kept, the slow ones less often, and the page says how old a kept number is. One that has
grown old is counted by the page that needs it, so that nothing here depends on the worker it watches.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping

from django.db import connection, transaction

from homecare.desk.today.counting import Count
from homecare.desk.today.models import Tally

Counter = Callable[[], Count]
QUICK_MS = 25  # a number that took no longer is counted live
OLD_AFTER = dt.timedelta(minutes=10)
SHARE = 60  # a number that takes a second is counted once a minute, one that takes three every three minutes
_LOCK = 720_431  # any number, the same everywhere: one process counts at a time


def current(counters: Mapping[str, Counter], *, at: dt.datetime) -> dict[str, Tally]:
    """Return every number: live where that is quick, else as kept, unless it is old."""
    kept = _kept()
    if any(name not in kept or at - kept[name].counted_at > OLD_AFTER for name in counters):
        return kept | _count(list(counters), counters, at=at)
    return {
        name: _one(name, counters[name], at=at) if kept[name].took_ms <= QUICK_MS else kept[name] for name in counters
    }


def count_due(counters: Mapping[str, Counter], *, at: dt.datetime) -> int:
    """Count again what is due to be counted; return how many."""
    kept = _kept()
    due = [name for name in counters if name not in kept or at - kept[name].counted_at >= _pause(kept[name])]
    return len(_count(due, counters, at=at))


def _pause(tally: Tally) -> dt.timedelta:
    wanted = dt.timedelta(milliseconds=tally.took_ms * SHARE)
    return min(max(wanted, dt.timedelta(seconds=50)), OLD_AFTER / 2)


def _count(names: list[str], counters: Mapping[str, Counter], *, at: dt.datetime) -> dict[str, Tally]:
    """Count these and keep them; nothing, if somebody else is counting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return {}
        counted = [_one(name, counters[name], at=at) for name in names]
        Tally.objects.bulk_create(
            counted,
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["number", "oldest_on", "took_ms", "counted_at"],
        )
    return {tally.name: tally for tally in counted}


def _one(name: str, counter: Counter, *, at: dt.datetime) -> Tally:
    begun = time.perf_counter()
    count = counter()
    took_ms = int((time.perf_counter() - begun) * 1000)
    return Tally(name=name, number=count.number, oldest_on=count.oldest_on, took_ms=took_ms, counted_at=at)


def _kept() -> dict[str, Tally]:
    return {tally.name: tally for tally in Tally.objects.all()}
