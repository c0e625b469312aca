"""R10: nothing unusual goes without a second person: generated batches against a rule written anew here."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import Settings

from homecare.accounts.models import User
from homecare.messaging import actions, planning, registry, sending
from homecare.messaging.models import MessageBatch, OutboxMessage, Recipient
from homecare.messaging.planning import plan
from tests.messaging.factories import AT, DAY, person, purpose, recipients
from tests.rig.conftest import Report
from tests.rig.provider import API_KEY, Provider

CODE = "BRAKE"
CANDIDATES = """
SELECT id AS recipient_id, 'rig' AS subject_type, id AS subject_id, 'E' AS episode, %(due_on)s::date AS due_on,
       'SMS' AS channel FROM messaging_recipient WHERE id = ANY(%(ids)s)
"""
SHARED = 7
"""So many of the people share one number."""


@pytest.fixture
def people(db: None, settings: Settings, provider: Provider) -> Iterator[tuple[list[int], list[int]]]:
    """Make people with numbers of their own, and some who share one."""
    from homecare.messaging.channels.choice import forget_carriers

    settings.DEMO, settings.NOTIFY_BASE_URL, settings.NOTIFY_API_KEY = False, provider.url, API_KEY
    forget_carriers()
    registry.forget(CODE)
    registry.register(purpose(CODE, same_text_limit=300))
    yield recipients(400), recipients(SHARED, first=5000, mobile="+447911000001")
    registry.forget(CODE)
    forget_carriers()


def plan_some(ids: list[int], day: dt.date, due_on: dt.date, *, after_import: bool = False) -> planning.PlanResult:
    at = dt.datetime.combine(day, AT.time(), tzinfo=dt.UTC)
    by = User.objects.system("sweep")
    params = {"ids": ids, "due_on": due_on}
    return plan(
        purpose=CODE, candidates_sql=CANDIDATES, params=params, day=day, by=by, at=at, initial_import=after_import
    )


def expected_held(*, sizes: list[int], usual: list[int], shared: bool, after_import: bool) -> int:
    """Say how many of the last batch must be held, by the goal's own words and nothing of the code."""
    average = sum(usual) / len(usual) if usual else 0
    passed_before = 0
    for size in sizes[:-1]:
        if passed_before + size <= max(50, 2 * average) and passed_before + size <= 300:
            passed_before += size
    total = passed_before + sizes[-1]
    if after_import or total > max(50, int(2 * average)) or total > 300:
        return sizes[-1] + (SHARED if shared else 0)
    return SHARED if shared else 0


def one_batch(dice: random.Random, people: tuple[list[int], list[int]]) -> tuple[int, int]:
    """Make a history, plan a day of one to three batches, return (held, what must be held) of the last."""
    alone, crowd = people
    weeks = dice.sample(range(1, 9), dice.choice([0, 0, 1, 2, 3]))
    usual = [dice.choice([1, 10, 24, 25, 26, 40, 60]) for _ in weeks]
    for week, size in zip(weeks, usual, strict=True):
        MessageBatch.objects.create(
            purpose=CODE,
            day=DAY - dt.timedelta(weeks=week),
            status="PASSED",
            planned_count=size,
            planned_by=User.objects.system("sweep"),
            planned_at=AT,
        )
    limit = max(50, int(2 * sum(usual) / len(usual))) if usual else 50
    sizes = [dice.choice([1, 5, 20]) for _ in range(dice.choice([0, 0, 1, 2]))]
    sizes.append(max(1, dice.choice([1, 20, limit - sum(sizes), limit - sum(sizes) + 1, limit + 1, 140])))
    shared, after_import = dice.random() < 0.2 and sizes[-1] + SHARED + sum(sizes) < limit, dice.random() < 0.1
    for number, size in enumerate(sizes[:-1]):
        plan_some(alone[:size], DAY, DAY + dt.timedelta(days=number + 1))
    last = plan_some(alone[: sizes[-1]] + (crowd if shared else []), DAY, DAY, after_import=after_import)
    return last.held, expected_held(sizes=sizes, usual=usual, shared=shared, after_import=after_import)


def run(dice: random.Random, people: tuple[list[int], list[int]], n: int) -> Counter[str]:
    """Plan so many generated days, each in a transaction that is taken back; count what was wrong."""
    came_to: Counter[str] = Counter()
    for _ in range(n):
        with transaction.atomic():
            held, expected = one_batch(dice, people)
            came_to.update(batches=1, held=held > 0, let_go_wrongly=held < expected, held_wrongly=held > expected)
            transaction.set_rollback(True)
    return came_to


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("n", [150, pytest.param(1_000, marks=pytest.mark.assure)], ids=["slice", "whole"])
def test_no_oversize_batch_goes_by_itself(people: tuple[list[int], list[int]], result: Report, n: int) -> None:
    came_to = run(random.Random(n), people, n)
    result("R10", N=n, **came_to)
    assert (came_to["let_go_wrongly"], came_to["held_wrongly"]) == (0, 0)
    assert 0.1 * n < came_to["held"] < 0.9 * n, "the generator makes both kinds"


def test_the_check_sees_a_planner_without_a_brake(
    people: tuple[list[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "batch_limit", lambda usual: 10**9)
    assert run(random.Random(1), people, 30)["let_go_wrongly"] > 0


def test_the_provider_gets_nothing_of_a_held_batch_until_it_is_released(
    people: tuple[list[int], list[int]], provider: Provider
) -> None:
    """Send all that may go: what was held reaches the provider only after a second person."""
    alone, crowd = people
    held = plan_some(alone[:120], DAY, DAY)
    small = plan_some(alone[:10] + crowd, DAY, DAY + dt.timedelta(days=1))
    send = {"now": lambda: AT, "by": User.objects.system("outbox")}
    sending.send_all(**send)  # type: ignore[arg-type]
    assert (held.held, small.held, provider.requests) == (120, SHARED, 10)
    assert held.batch_id is not None
    actions.release_batch(batch_id=held.batch_id, by=person(), at=AT)
    sending.send_all(**send)  # type: ignore[arg-type]
    assert (provider.requests, max(provider.counts().values())) == (130, 1)
    assert OutboxMessage.objects.filter(status="HELD").count() == SHARED
    assert Recipient.objects.count() == 407
