"""Celery only shortens the wait: what is due, sent and uncertain are rows in PostgreSQL."""

import datetime as dt
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.signals import beat_init, celeryd_init, heartbeat_sent
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homecare.settings")

app = Celery("homecare")
app.set_default()  # for every thread, not only the one that imports this first
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

HEARTBEAT_SECONDS = 30
_last_beat = 0.0


def show_alive(name: str) -> None:
    """Write down, at most every 30 s, that this process is alive: a row for Today, a file for the container engine."""
    global _last_beat
    if time.monotonic() - _last_beat < HEARTBEAT_SECONDS:
        return
    _last_beat = time.monotonic()
    if os.environ.get("ALIVE_FILE"):
        Path(os.environ["ALIVE_FILE"]).touch()
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from homecare.core.heartbeat import beat

    with suppress(DatabaseError):  # nobody could read it now either; the next beat tells
        beat(name, at=timezone.now())
    connection.close()  # not carried into the children that this process forks


@celeryd_init.connect
@beat_init.connect
def refuse_unless_safe(**_: Any) -> None:
    """Do not work for a hospital without what it must set."""
    import django

    from homecare import startup

    django.setup()  # Celery would do so only after this
    startup.refuse_unless_safe()


@heartbeat_sent.connect
def worker_is_alive(**_: Any) -> None:
    """Runs every few seconds while the worker reaches the broker."""
    show_alive("worker")


class Beat(Scheduler):
    """The static schedule, kept in memory: each entry is a tick that may be lost or doubled without harm."""

    def setup_schedule(self) -> None:
        """Take the schedule of the settings; each entry is due at once, so that a start asks at once what is due."""
        self.merge_inplace(self.app.conf.beat_schedule)
        long_ago = self.app.now() - dt.timedelta(days=1)
        for entry in self.schedule.values():
            entry.last_run_at = long_ago

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due; go on when the broker is away."""
        show_alive("beat")
        return float(super().tick(*args, **options))
