"""R5: many planners and many ticks, one message each."""

from collections import Counter

import pytest

from homecare.messaging.models import MessageBatch, OutboxEvent, OutboxMessage
from tests.rig.conftest import Report
from tests.rig.jobs import make_recipients
from tests.rig.workers import Workers

PLANNERS = 5


def doubles() -> Counter[tuple[object, ...]]:
    """Return what was planned more than once, by its meaning and not by its id."""
    meanings = Counter(OutboxMessage.objects.values_list("recipient_id", "purpose", "episode", "due_on", "step"))
    return Counter({meaning: count for meaning, count in meanings.items() if count > 1})


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("ticks", "people"), [(12, 40), pytest.param(1_000, 40, marks=pytest.mark.assure)], ids=["slice", "whole"]
)
def test_five_planners_plan_each_message_once(pool: Workers, result: Report, ticks: int, people: int) -> None:
    make_recipients(people)
    ends = pool.run("ticks", workers=PLANNERS, env={"RIG_TICKS": str(ticks)})
    planned = OutboxMessage.objects.count()
    result("R5", N=ticks, planners=PLANNERS, planned=planned, due=ticks * people, duplicated=len(doubles()))
    assert ends == [0] * PLANNERS
    assert planned == ticks * people
    assert not doubles()
    assert OutboxEvent.objects.count() == planned
    assert sum(MessageBatch.objects.values_list("planned_count", flat=True)) == planned


def test_the_check_sees_planners_whose_messages_have_ids_by_chance(pool: Workers) -> None:
    make_recipients(40)
    pool.run("ticks", workers=PLANNERS, mutants=["chance_in_the_key"], env={"RIG_TICKS": "2"})
    assert doubles()


def test_without_taking_turns_the_key_alone_holds(pool: Workers, result: Report) -> None:
    """Take away the lock that makes planners take turns: the primary key still stops every double."""
    make_recipients(40)
    ends = pool.run("ticks", workers=PLANNERS, mutants=["no_turns"], env={"RIG_TICKS": "6"})
    assert (ends, OutboxMessage.objects.count(), len(doubles())) == ([0] * PLANNERS, 240, 0)
