"""R3, R4: Redis is killed, hangs, comes back empty, is flushed. The web answers, nothing is lost, sending goes on."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

import pytest
import requests
from django.contrib.sessions.backends.db import SessionStore

from homecare.messaging.models import OutboxMessage
from tests.messaging.factories import person
from tests.rig import jobs
from tests.rig.conftest import Report
from tests.rig.jobs import OUTSTANDING, make_recipients, plan_due
from tests.rig.oracle import due_ids, judge
from tests.rig.provider import Provider
from tests.rig.stack import Machine, machine, wait_for

RESUMES_WITHIN = 60


def cookie_of_somebody() -> dict[str, str]:
    """Sign somebody in, as the server would: sessions are rows."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.test import Client

    client = Client()
    client.force_login(person("watcher"))
    session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert {SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY} <= set(session.keys())
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


@dataclass
class Visitor:
    """Somebody who reads pages all the while."""

    web: str
    cookies: dict[str, str]
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        with requests.Session() as session:
            while not self.stopped.wait(0.05):
                began = time.monotonic()
                answer = session.get(f"{self.web}/messages/?show=all", cookies=self.cookies, timeout=30)
                self.seconds.append(time.monotonic() - began)
                self.statuses.append(answer.status_code)

    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


@contextmanager
def visiting(made: Machine) -> Iterator[Visitor]:
    """Have somebody read pages for a block."""
    visitor = Visitor(made.web, cookie_of_somebody())
    thread = threading.Thread(target=visitor.read)
    thread.start()
    try:
        yield visitor
    finally:
        visitor.stopped.set()
        thread.join()


def is_done() -> bool:
    return not OutboxMessage.objects.filter(status__in=OUTSTANDING).exists()


def break_redis(made: Machine, how: str, seconds: float) -> None:
    """Break it for so long."""
    if how == "hangs":
        made.redis.signal(signal.SIGSTOP)
        time.sleep(seconds)  # the outage
        made.redis.signal(signal.SIGCONT)
        return
    made.redis.kill()
    if how == "comes back empty":
        made.redis.empty()
    time.sleep(seconds)  # the outage
    made.redis.start()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("times", "seconds"), [(3, 2.0), pytest.param(50, 30.0, marks=pytest.mark.assure)], ids=["slice", "whole"]
)
def test_redis_stops(
    transactional_db: None,
    command_environment: Mapping[str, str],
    provider: Provider,
    result: Report,
    times: int,
    seconds: float,
) -> None:
    jobs.register()
    provider.weather.mode = lambda n: "slow"
    made_so_far: list[int] = []
    slowest = 0.0
    with machine(command_environment, provider) as made, visiting(made) as visitor:
        for number in range(times):
            made_so_far += make_recipients(20)
            plan_due()
            how = ("is killed", "hangs", "comes back empty")[number % 3]
            outage = threading.Thread(target=break_redis, args=(made, how, seconds))
            outage.start()
            made_so_far += make_recipients(20)  # and what is planned meanwhile
            plan_due()
            outage.join()
            slowest = max(slowest, wait_for(is_done, seconds=RESUMES_WITHIN, what=f"sending goes on after Redis {how}"))
        deaths = made.deaths()
    verdict = judge(due_ids(made_so_far), provider)
    result(
        "R3",
        verdict,
        outages=times,
        parts_started_again=deaths,
        resumed_within=round(slowest, 1),
        pages=len(visitor.seconds),
        p99=round(visitor.p99(), 2),
        errors=sum(status >= 500 for status in visitor.statuses),
    )
    assert verdict.holds
    assert verdict.sent == len(made_so_far)
    assert set(visitor.statuses) == {200}
    assert visitor.p99() < 2


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("n", "flushes"), [(120, 10), pytest.param(10_000, 100, marks=pytest.mark.assure)], ids=["slice", "whole"]
)
def test_redis_is_flushed(
    transactional_db: None,
    command_environment: Mapping[str, str],
    provider: Provider,
    result: Report,
    n: int,
    flushes: int,
) -> None:
    jobs.register()
    provider.weather.mode = lambda number: "slow"
    recipients = make_recipients(n)
    plan_due()
    dice = Random(n)
    with machine(command_environment, provider, parts=("worker", "beat")) as made:
        wait_for(lambda: bool(provider.requests), seconds=60, what="the worker sends")
        for _ in range(flushes):
            time.sleep(dice.uniform(0.01, 0.3))  # the random moment
            made.redis.flush()
        wait_for(is_done, seconds=RESUMES_WITHIN + n / 10, what="all is sent after the flushes")
    verdict = judge(due_ids(recipients), provider)
    result("R4", verdict, flushes=flushes)
    assert verdict.holds
    assert verdict.sent == n


def test_the_check_sees_work_that_lives_in_redis(
    transactional_db: None, command_environment: Mapping[str, str], provider: Provider
) -> None:
    """A design with one Celery task for each message, and no tick: what is flushed is never sent."""
    import celery

    jobs.register()
    provider.weather.mode, provider.weather.slow_seconds = (lambda n: "slow"), 0.4
    recipients = make_recipients(40)
    plan_due()
    with machine(command_environment, provider, parts=("worker",)) as made:
        app = celery.Celery(broker=made.redis.url, set_as_current=False)  # the service's own stays current
        for _ in recipients:
            app.send_task("rig.send_some")
        wait_for(lambda: provider.requests >= 2, seconds=60, what="the worker sends")
        made.redis.flush()
        before = -1
        while before != provider.requests:  # until it is quiet
            before = provider.requests
            time.sleep(1)
        app.close()
    verdict = judge(due_ids(recipients), provider)
    assert verdict.waiting > 0
    assert not is_done()
