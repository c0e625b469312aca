"""R1: kill -9 at random moments and at every named one. Nothing lost, nothing sent twice, doubts in sight."""

import datetime as dt
import random
import time
from uuid import UUID

import pytest

from homecare.messaging.models import OutboxEvent, OutboxMessage
from tests.messaging.factories import database_time_passes
from tests.rig.conftest import Report
from tests.rig.jobs import POINTS, make_recipients, plan_due
from tests.rig.oracle import DUE_ON, due_ids, judge
from tests.rig.provider import Provider
from tests.rig.workers import Workers

KILLED = 9


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("n", "kills"), [(400, 100), pytest.param(10_000, 1_000, marks=pytest.mark.assure)], ids=["slice", "whole"]
)
def test_killed_at_random_moments(pool: Workers, provider: Provider, result: Report, n: int, kills: int) -> None:
    """Kill groups of two senders, now and then one of them first, until so many groups have died."""
    provider.weather.mode = lambda _: "slow"
    provider.weather.slow_seconds = 0.006
    recipients = make_recipients(n)
    days = [DUE_ON]
    plan_due()
    dice, done, processes = random.Random(n), 0, 0
    while done < kills:
        killed = _kill_at_random(pool, dice)
        processes, done = processes + killed, done + bool(killed)
        if not OutboxMessage.objects.filter(status="QUEUED").exists():  # all was sent before all were killed
            days.append(days[-1] + dt.timedelta(days=1))
            plan_due(days[-1])
    assert pool.run("send") == [0, 0]
    parked = OutboxEvent.objects.filter(to_status="UNCERTAIN").count()
    verdict = judge(set().union(*(due_ids(recipients, due_on=day) for day in days)), provider)
    result("R1 random", verdict, kills=done, processes_killed=processes, parked_and_looked_up=parked)
    assert verdict.holds
    assert verdict.sent == provider.counts().total() == n * len(days)
    assert parked <= processes


def _kill_at_random(pool: Workers, dice: random.Random) -> int:
    """Start a group, let it work for a moment, kill it; return how many processes died of it."""
    group = pool.fork("send")
    time.sleep(dice.uniform(0.01, 0.12))  # the random moment
    if dice.random() < 0.2:
        group.kill_one()
        time.sleep(dice.uniform(0, 0.03))
    group.kill()
    return pool.reap(group).count(KILLED)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("times", [2, pytest.param(100, marks=pytest.mark.assure)], ids=["slice", "whole"])
def test_killed_at_every_named_moment(pool: Workers, provider: Provider, result: Report, times: int) -> None:
    recipients = make_recipients(times * 4 + 8)
    due: set[UUID] = set()
    for number, point in enumerate(POINTS):
        day = DUE_ON + dt.timedelta(days=number)
        due |= due_ids(recipients, due_on=day)
        kills = _kill_at(point, day, pool, provider, times=times)
        provider.weather.mode = lambda n: "ok"
        plan_due(day)
        assert pool.run("send", workers=1) == [0]
        verdict = judge(due, provider)
        result(f"R1 {point}", verdict, kills=kills)
        assert verdict.holds, point
        assert verdict.sent == len(due)


def _kill_at(point: str, day: dt.date, pool: Workers, provider: Provider, *, times: int) -> int:
    """Kill one sender after the other at this moment; return how many died."""
    if point != "in_planning":
        plan_due(day)
    if point == "in_reconcile":
        provider.weather.mode = lambda n: "accept_drop" if n % 2 else "ok"
    kills = 0
    for again in range(times):
        if point == "in_recovery":
            kills += pool.run("send", workers=1, env={"CRASHPOINT": "after_begin"}) == [KILLED]
            database_time_passes(hours=1)
        env = {"CRASHPOINT": point, "CRASHPOINT_AFTER": str(again % 3 if point.startswith("after_c") else 0)}
        env |= {"RIG_DAY": day.isoformat()}
        job = "plan" if point == "in_planning" else "send"
        assert pool.run(job, workers=1, env=env) == [KILLED], f"{point} was not reached"
        kills += 1
    return kills


# -- the same with a protection removed: the oracle must see it --------------------------------------------------------


@pytest.mark.parametrize(("mutant", "point"), [("blind_retry", "after_accept"), ("mark_first", "before_connect")])
def test_the_oracle_sees_a_sender_without_its_protection(
    pool: Workers, provider: Provider, mutant: str, point: str
) -> None:
    recipients = make_recipients(12)
    plan_due()
    assert pool.run("send", workers=1, mutants=[mutant], env={"CRASHPOINT": point}) == [KILLED]
    pool.run("send", workers=1, mutants=[mutant])
    verdict = judge(due_ids(recipients), provider)
    assert not verdict.holds
    assert (len(verdict.duplicated), len(verdict.lost)) == ((1, 0) if mutant == "blind_retry" else (0, 1))


def test_the_oracle_sees_a_look_up_that_is_believed_too_soon(pool: Workers, provider: Provider) -> None:
    recipients = make_recipients(12)
    plan_due()
    provider.weather.lists_after = 1.5  # the provider lists late what it accepted
    provider.weather.mode = lambda n: "accept_drop" if n == 0 else "ok"
    env = {"OUTBOX_LOOK_UP_AFTER_SECONDS": "0", "OUTBOX_LOOK_UPS_APART_SECONDS": "0"}
    pool.run("send", workers=1, mutants=["no_control"], env=env)
    assert judge(due_ids(recipients), provider).duplicated
