"""The safety net: what has no next step, what did not go out, and whether the machine is alive.

"Alive" is read from rows that each part writes itself; nothing here depends on the worker it watches.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core import heartbeat
from homecare.desk.today.models import Tally
from homecare.messaging.models import MessageBatch, OutboxMessage
from homecare.messaging.states import Status
from monitoring.models import MonitoringItem, MonitoringPlan
from patients.models import Cover, Enrolment
from patients.states import EnrolmentStatus
from prescriptions.models import RenewalRequest

SOON_DAYS = 7


@dataclass(frozen=True)
class Light:
    """One light: a number or a state, what it means, and the records behind it."""

    figure: str
    words: str
    colour: str
    href: str = ""
    detail: str = ""


def without_next_prompt(user: User) -> "Any":
    """Return the active enrolments for which nothing will ever ask for a prescription.

    While a patient moves between providers either enrolment of the treatment may be asking.
    """
    will_ask = Cover.objects.filter(enrolment=OuterRef("pk"), prompt_due_on__isnull=False)
    asking = RenewalRequest.objects.visible_to(user).open().filter(enrolment__treatment=OuterRef("treatment"))
    on_their_way = [EnrolmentStatus.ACTIVE, EnrolmentStatus.TRANSFERRING]
    active = Enrolment.objects.visible_to(user).filter(status__in=on_their_way)
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


def soon_without(user: User, *, day: dt.date) -> "Any":
    """Return the covers of those who reach a dose with no medicine within a week, today being its first day."""
    covers = Cover.objects.filter(is_live=True, first_uncovered_dose_on__lt=day + dt.timedelta(days=SOON_DAYS))
    return covers.filter(enrolment__in=Enrolment.objects.visible_to(user)) if not user.is_human else covers


def lights(user: User, *, at: dt.datetime, tallies: dict[str, Tally], address: Callable[[str], str]) -> list[Light]:
    """Return the lights, in the order in which they could hurt somebody."""
    sees_messages = user.may(Permission.MESSAGE_VIEW)
    return [
        _light(tallies, "soon_without", "will reach a dose with no medicine in 7 days", "red", address, at),
        *(_messages(user, address) if sees_messages else []),
        _light(tallies, "without_next_prompt", "active enrolments with no next prompt", "red", address, at),
        _light(tallies, "without_next_test", "patients with no next test date", "red", address, at),
        _light(
            tallies,
            "waiting_long",
            f"referred over {settings.NOT_STARTED_WARNED_DAYS} days ago and not started",
            "amber",
            address,
            at,
        ),
        _machine(at),
    ]


def _light(
    tallies: dict[str, Tally], name: str, words: str, colour: str, address: Callable[[str], str], at: dt.datetime
) -> Light:
    tally = tallies.get(name)
    if tally is None:
        return Light("?", words, "red", detail="not counted yet")
    minutes = int((at - tally.counted_at).total_seconds() // 60)
    return _number(tally.number, words, colour, address(name), f"counted {minutes} min ago" if minutes else "")


def _number(number: int, words: str, colour: str, href: str, detail: str = "") -> Light:
    return Light(f"{number:,}", words, colour if number else "green", href if number else "", detail)


def _messages(user: User, address: Callable[[str], str]) -> list[Light]:
    troubled = OutboxMessage.objects.visible_to(user).needs_attention()
    is_uncertain = Q(status=Status.UNCERTAIN)
    found = troubled.aggregate(uncertain=Count("pk", filter=is_uncertain), lost=Count("pk", filter=~is_uncertain))
    href = address("messages_to_settle")
    held = MessageBatch.objects.visible_to(user).held().aggregate(number=Sum("held_count"))["number"] or 0
    waiting = [_number(held, "messages wait for a second person", "amber", reverse("messages") + "?show=held")]
    return [
        *(waiting if held else []),
        _number(found["lost"], "messages that did not arrive", "amber", href),
        _number(found["uncertain"], "messages that may or may not have gone", "amber", href),
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
