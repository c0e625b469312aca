"""The safety net: what has no next step, what did not go out, and whether the machine is alive.

Three tallies look at every enrolment. Where that is quick, as in a hospital, they are counted as the page is made;
where it is not, a task counts them each minute into a row that the page reads, saying how old it is. One that has
grown old is counted again by the page that needs it, so that nothing here depends on the worker it watches.
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from homecare.accounts.models import User
from homecare.core import heartbeat
from homecare.core.clock import local_day
from homecare.desk.today.counting import Count, counted
from homecare.desk.today.models import Tally
from homecare.messaging.models import OutboxMessage
from homecare.messaging.states import Status
from monitoring.models import MonitoringItem, MonitoringPlan
from patients.models import Cover, Enrolment
from patients.states import EnrolmentStatus
from prescriptions.models import RenewalRequest

STALE_AFTER = dt.timedelta(minutes=5)
QUICK_MS = 20  # a tally that took no longer is counted live
SOON_DAYS = 7
_LOCK = 720_431  # any number, the same everywhere: one page recounts at a time


@dataclass(frozen=True)
class Light:
    """One light: a number or a state, what it means, and the records behind it."""

    figure: str
    words: str
    colour: str
    href: str = ""
    detail: str = ""


def without_next_prompt(user: User) -> "Any":
    """Return the active enrolments for which nothing will ever ask for a prescription."""
    will_ask = Cover.objects.filter(enrolment=OuterRef("pk"), prompt_due_on__isnull=False)
    asking = RenewalRequest.objects.visible_to(user).open().filter(enrolment=OuterRef("pk"))
    active = Enrolment.objects.visible_to(user).filter(status=EnrolmentStatus.ACTIVE)
    return active.filter(~Exists(will_ask), ~Exists(asking))


def without_next_test(user: User) -> "Any":
    """Return the running plans of monitoring that have no test to come although their protocol asks for some."""
    waiting = MonitoringItem.objects.visible_to(user).waiting().filter(plan=OuterRef("pk"))
    running = MonitoringPlan.objects.filter(ended_on__isnull=True, enrolment__status=EnrolmentStatus.ACTIVE)
    visible = running.filter(enrolment__in=Enrolment.objects.visible_to(user))
    return visible.filter(~Exists(waiting), protocol__phases__phase_tests__isnull=False).distinct()


def without_consent(user: User) -> "Any":
    """Return the enrolments that wait for consent."""
    return Enrolment.objects.visible_to(user).on_treatment().without_consent().filter(patient__deceased=False)


TALLIES: dict[str, Callable[[User], Any]] = {
    "without_next_prompt": without_next_prompt,
    "without_next_test": without_next_test,
    "without_consent": without_consent,
}


def count_all(*, at: dt.datetime) -> dict[str, Tally]:
    """Count every tally over everybody and keep it. One counts at a time; who comes second takes what is there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return kept()
        rows = [_count(name, at=at) for name in TALLIES]
        Tally.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["name"], update_fields=["number", "took_ms", "counted_at"]
        )
    return {row.name: row for row in rows}


def _count(name: str, *, at: dt.datetime) -> Tally:
    begun = time.perf_counter()
    number = TALLIES[name](User.objects.system("worker")).count()
    return Tally(name=name, number=number, took_ms=int((time.perf_counter() - begun) * 1000), counted_at=at)


def kept() -> dict[str, Tally]:
    """Return the tallies as last counted."""
    return {tally.name: tally for tally in Tally.objects.all()}


def tallies(*, at: dt.datetime) -> dict[str, Tally]:
    """Return the tallies: counted now where that is quick, else as last counted, unless that was long ago."""
    found = kept()
    is_fresh = len(found) == len(TALLIES) and all(at - tally.counted_at <= STALE_AFTER for tally in found.values())
    if not is_fresh:
        return count_all(at=at)
    return {name: _count(name, at=at) if tally.took_ms <= QUICK_MS else tally for name, tally in found.items()}


def soon_without(user: User, *, day: dt.date) -> "Any":
    """Return the covers of those who reach a dose with no medicine within a week, today being its first day."""
    covers = Cover.objects.filter(is_live=True, first_uncovered_dose_on__lt=day + dt.timedelta(days=SOON_DAYS))
    return covers.filter(enrolment__in=Enrolment.objects.visible_to(user)) if not user.is_human else covers


def lights(user: User, *, at: dt.datetime, found: dict[str, Tally], address: Callable[[str], str]) -> list[Light]:
    """Return the lights, in the order in which they could hurt somebody."""
    day = local_day(at)
    soon = counted(soon_without(user, day=day))
    return [
        _number(soon, "will reach a dose with no medicine in 7 days", "red", address("soon_without")),
        *_messages(user, address),
        _tally(found, "without_next_prompt", "active enrolments with no next prompt", address, at),
        _tally(found, "without_next_test", "patients with no next test date", address, at),
        _machine(at),
    ]


def _number(count: Count, words: str, colour: str, href: str, detail: str = "") -> Light:
    return Light(count.words, words, colour if count.number else "green", href if count.number else "", detail)


def _tally(found: dict[str, Tally], name: str, words: str, address: Callable[[str], str], at: dt.datetime) -> Light:
    tally = found.get(name)
    if tally is None:
        return Light("?", words, "red", detail="not counted yet")
    minutes = int((at - tally.counted_at).total_seconds() // 60)
    detail = f"counted {minutes} min ago" if minutes else ""
    return _number(Count(tally.number), words, "red", address(name), detail)


def _messages(user: User, address: Callable[[str], str]) -> list[Light]:
    troubled = OutboxMessage.objects.visible_to(user).needs_attention()
    uncertain = counted(troubled.filter(status=Status.UNCERTAIN))
    undelivered = counted(troubled.filter(~Q(status=Status.UNCERTAIN)))
    href = address("messages_to_settle")
    return [
        _number(undelivered, "messages that did not arrive", "amber", href),
        _number(uncertain, "messages that may or may not have gone", "amber", href),
    ]


def _machine(at: dt.datetime) -> Light:
    pulses = heartbeat.pulses(at=at)
    silent = [pulse for pulse in pulses if not pulse.alive]
    if not silent:
        return Light("All running", "worker, clock and sweep", "green", detail=_seen(pulses, at))
    names = " and ".join(_PART_WORDS[pulse.name] for pulse in silent)
    return Light("Stopped", f"{names}: nothing new is asked for or sent", "red", detail=_seen(silent, at))


_PART_WORDS = {"worker": "worker", "beat": "clock", "sweep": "sweep"}


def _seen(pulses: list[heartbeat.Pulse], at: dt.datetime) -> str:
    times = [pulse.beat_at for pulse in pulses if pulse.beat_at is not None]
    if not times:
        return "never seen"
    minutes = int((at - min(times)).total_seconds() // 60)
    return "last seen just now" if minutes < 1 else f"last seen {minutes:,} min ago"
