"""Whether the parts of the machine that nobody watches are alive."""

import datetime as dt
from dataclasses import dataclass

from homecare.core.models import Heartbeat

SILENT_AFTER = dt.timedelta(minutes=2, seconds=30)  # "red within 3 minutes of a stop", a beat being at most 30 s late
PARTS = ("worker", "beat", "sweep")


@dataclass(frozen=True)
class Pulse:
    """One part of the machine, as last seen."""

    name: str
    beat_at: dt.datetime | None
    alive: bool


def beat(name: str, *, at: dt.datetime) -> None:
    """Write down that this part is alive at this instant."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})


def pulses(*, at: dt.datetime, parts: tuple[str, ...] = PARTS) -> list[Pulse]:
    """Return each part with when it was last seen; a part never seen is not alive."""
    seen = dict(Heartbeat.objects.filter(name__in=parts).values_list("name", "beat_at"))
    return [Pulse(name, seen.get(name), name in seen and at - seen[name] <= SILENT_AFTER) for name in parts]
