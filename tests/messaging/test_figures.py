"""Figures that add up, and a second opinion on what was due."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest

from homecare.messaging import figures, rules
from homecare.messaging.models import OutboxMessage
from tests.messaging.factories import AT, CANDIDATES, DAY, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("purpose")]

Run = Callable[..., Counter[str]]
MODES = ["ok", "refuse", "accept_drop", "busy"]


def test_the_days_figures_add_up(outbox: Run, provider: Provider) -> None:
    queued(4)
    plan(recipients(2, first=100, safe_to_message=False))
    provider.weather.mode = lambda n: MODES[n]
    outbox()
    (found,) = figures.day_figures(DAY)
    assert (found.sent, found.failed, found.uncertain, found.waiting) == (1, 1, 1, 1)
    assert (found.planned, found.suppressed, found.adds_up) == (6, {"NOT_SAFE_TO_MESSAGE": 2}, True)


def test_a_second_opinion_finds_what_was_not_planned() -> None:
    ids = recipients(3)
    plan(ids[:2])
    missing = figures.not_planned(purpose="TEST_DUE", candidates_sql=CANDIDATES, params={"ids": ids, "due_on": DAY})
    assert missing == [rules.message_id(recipient_id=ids[2], purpose="TEST_DUE", episode="E1", due_on=DAY)]


def test_the_safety_net_counts_what_needs_somebody(outbox: Run, provider: Provider) -> None:
    queued(3)
    plan(recipients(1, first=100), initial_import=True)
    provider.weather.mode = lambda n: MODES[n]
    outbox()
    assert figures.needs_attention_counts() == {"uncertain": 1, "undeliverable": 1, "held_batches": 1}


def test_counts_by_age_tell_new_from_old() -> None:
    queued(2)
    counts = OutboxMessage.objects.counts_by_age(AT + dt.timedelta(days=2))
    assert counts == {"QUEUED": {"day": 0, "three_days": 2, "older": 0}}
