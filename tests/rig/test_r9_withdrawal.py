"""R9: somebody withdraws while their message is being sent. No call begins after the withdrawal has committed.

Two connections: one sends, the other does the deed. The sender is stopped at a chosen moment; the deed begins there and
runs until it has committed or is seen to wait for the sender; then the sender goes on. Nothing is left to chance, so
each of the interleavings is met; a soak at random moments follows.
"""

import contextlib
import datetime as dt
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import Settings

from homecare.accounts.models import User
from homecare.messaging import actions, crashpoints, locks, registry, sending, words
from homecare.messaging.channels.choice import forget_carriers
from homecare.messaging.models import Channel, OutboxMessage, Recipient
from homecare.messaging.registry import Purpose, Words
from homecare.messaging.states import Status
from homecare.messaging.switches import OFF_SQL
from tests.rig.conftest import Report
from tests.rig.jobs import AT, make_recipients
from tests.rig.provider import API_KEY, Provider

TIMES = int(os.environ.get("ASSURE_TIMES", "1"))
CODE, OLD, NEW = "RIG_RACE", "A test is due.", "A test is due (new words)."
ended_subjects: set[int] = set()


def _by() -> User:
    return User.objects.system("command")


def withdraw(m: OutboxMessage) -> None:
    actions.update_recipient(recipient_id=m.recipient_id, silence="OPTED_OUT", by=_by(), at=AT)


def die(m: OutboxMessage) -> None:
    actions.update_recipient(recipient_id=m.recipient_id, silence="DECEASED", by=_by(), at=AT)


def become_unsafe(m: OutboxMessage) -> None:
    actions.update_recipient(recipient_id=m.recipient_id, safe_to_message=False, by=_by(), at=AT)


def change_number(m: OutboxMessage) -> None:
    actions.update_recipient(recipient_id=m.recipient_id, mobile="+447911999999", by=_by(), at=AT)


def cancel(m: OutboxMessage) -> None:
    actions.suppress(reason="CANCELLED", subject_type="rig", subject_ids=[m.subject_id], by=_by(), at=AT)


def switch_off(m: OutboxMessage) -> None:
    who = User.objects.get(username="lead")
    actions.switch_off(scope="PURPOSE", code=CODE, reason="Wrong text", by=who, at=AT)


def new_words(m: OutboxMessage) -> None:
    words.publish(purpose=CODE, channel="SMS", subject="", body=NEW, reason="Clearer", by=_by(), at=AT)


STOPPING = {withdraw, die, become_unsafe, cancel, switch_off}
"""After these have committed, no call may begin."""

DEEDS: tuple[Callable[[OutboxMessage], None], ...] = (
    withdraw, die, become_unsafe, cancel, change_number, switch_off, new_words,
)  # fmt: skip
STAGES = (
    "before", "after_claim", "after_eligibility", "after_claim_commit", "after_begin", "before_connect", "in_call",
    "after_accept", "before_commit", "after_commit",
)  # fmt: skip


@dataclass
class Race:
    """One sender against one deed."""

    message: OutboxMessage
    deed: Callable[[OutboxMessage], None]
    stage: str
    committed_at: float = float("inf")
    began_after_wait: bool = False
    backend: int = 0
    started: threading.Event = field(default_factory=threading.Event)
    errors: list[BaseException] = field(default_factory=list)
    thread: threading.Thread | None = None

    def reach(self, stage: str) -> None:
        """Called by the sender at each of its moments: at the chosen one, start the deed and let it run."""
        if stage != self.stage or self.thread is not None:
            return
        self.thread = threading.Thread(target=self._do)
        self.thread.start()
        self.started.wait(10)
        while self.thread.is_alive() and not self._waits():
            time.sleep(0.0005)

    def _do(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.started.set()
            self.deed(self.message)
            self.committed_at = time.monotonic()
        except BaseException as error:
            self.errors.append(error)
            self.started.set()
        finally:
            connections.close_all()

    def _waits(self) -> bool:
        """Say whether the deed waits for a lock, asked on a connection that neither of the two uses."""
        return backend_waits(self.backend)


_watcher: dict[str, Any] = {}


def backend_waits(backend: int) -> bool:
    if "connection" not in _watcher:
        _watcher["connection"] = connections.create_connection("default")
        _watcher["connection"].inc_thread_sharing()  # asked by the sender's thread, or by the provider's
    with _watcher["connection"].cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def race_day(transactional_db: None, settings: Settings, provider: Provider) -> Iterator[None]:
    """Register a purpose and somebody who may switch it off; watch the sender's moments."""
    settings.NOTIFY_BASE_URL, settings.NOTIFY_API_KEY = provider.url, API_KEY
    forget_carriers()
    registry.forget(CODE)
    registry.register(
        Purpose(
            code=CODE,
            title="Race",
            words={Channel.SMS: Words(OLD)},
            channels=(Channel.SMS,),
            still_needed=lambda messages, at: {message.id: None for message in messages},
            usual_batch=10**6,
            same_text_limit=10**9,
        )
    )
    User.objects.create(username="lead", role="HOMECARE_LEAD", kind=User.Kind.HUMAN)
    for name in ("outbox", "command", "sweep"):
        User.objects.system(name)
    yield
    crashpoints.watch(None)
    registry.forget(CODE)
    forget_carriers()
    if "connection" in _watcher:
        _watcher.pop("connection").close()


def plan_races(count: int, first_step: int) -> list[OutboxMessage]:
    """Plan so many messages, each to somebody of their own."""
    from homecare.messaging.planning import plan

    made = make_recipients(count)
    sql = (
        "SELECT id AS recipient_id, 'rig' AS subject_type, id AS subject_id, 'E' AS episode, "
        "'2026-03-10'::date AS due_on, 'SMS' AS channel FROM messaging_recipient WHERE id = ANY(%(ids)s)"
    )
    day = dt.date(2026, 3, 10)
    plan(purpose=CODE, candidates_sql=sql, params={"ids": made}, day=day, by=_by(), at=AT, step=first_step)
    OutboxMessage.objects.update(retry_at=FAR)  # each race lets its own message go
    return list(OutboxMessage.objects.filter(recipient__in=made).order_by("recipient_id"))


def run_race(race: Race, provider: Provider, came_to: Counter[str]) -> None:
    """Let the sender send this one message, with the deed in the middle; count what went wrong."""
    message, calls = race.message, len(provider.accepted)
    crashpoints.watch(race.reach)
    provider.on_send = lambda sent: race.reach("in_call")
    race.reach("before")
    OutboxMessage.objects.filter(pk=message.pk).update(retry_at=None)
    sending.send_all(now=lambda: AT, by=User.objects.system("outbox"), most=1)
    if race.thread is None:  # the sender never came that far
        race.reach(race.stage)
    assert race.thread is not None
    race.thread.join(20)
    if race.errors:
        raise race.errors[0]
    crashpoints.watch(None)
    provider.on_send = None
    sending.send_all(now=lambda: AT, by=User.objects.system("outbox"), most=1)
    OutboxMessage.objects.filter(pk=message.pk, status="QUEUED").update(retry_at=FAR)
    message.refresh_from_db()
    judge_race(race, provider.accepted[calls:], came_to)
    actions_taken_back()


FAR = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def judge_race(race: Race, got: list[Any], came_to: Counter[str]) -> None:
    """Count what must never be: a call begun after the withdrawal, an old number, two copies, a lie."""
    began = [one.began_at for one in got]
    came_to["sent"] += len(got)
    came_to["doubled"] += len(got) > 1
    if race.deed in STOPPING:
        if any(at > race.committed_at for at in began):
            came_to["begun_after_the_deed"] += 1
            came_to[f"{race.deed.__name__} at {race.stage}"] += 1
        came_to["withdrawn_while_sending"] += race.message.withdrawn_at is not None
    if race.deed is change_number:
        late = [one for one in got if one.began_at > race.committed_at]
        came_to["to_the_old_number"] += any(one.to != "+447911999999" for one in late)
    says_sent = race.message.status in {Status.ACCEPTED, Status.DELIVERED}
    came_to["wrong_status"] += says_sent != bool(got)
    came_to["races"] += 1


def actions_taken_back() -> None:
    """Switch on again what a race switched off."""
    from homecare.messaging.models import KillSwitch

    KillSwitch.objects.update(is_off=False)


WRONG = ("begun_after_the_deed", "to_the_old_number", "doubled", "wrong_status")


def run_all(n: int, provider: Provider) -> Counter[str]:
    """Run each deed at each stage, again and again, until n interleavings have been met."""
    came_to: Counter[str] = Counter()
    pairs = [(deed, stage) for deed in DEEDS for stage in STAGES]
    messages = plan_races(n, 0)
    for number, message in enumerate(messages):
        deed, stage = pairs[number % len(pairs)]
        run_race(Race(message, deed, stage), provider, came_to)
    return came_to


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("n", [210, pytest.param(1_000 * TIMES, marks=pytest.mark.assure)], ids=["slice", "whole"])
def test_no_call_begins_after_the_withdrawal(race_day: None, provider: Provider, result: Report, n: int) -> None:
    came_to = run_all(n, provider)
    result("R9", N=n, **(dict.fromkeys(WRONG, 0) | came_to))
    assert {name: came_to[name] for name in WRONG} == dict.fromkeys(WRONG, 0)
    assert 0 < came_to["sent"] < n


@pytest.mark.parametrize("without", ["lock", "look"])
def test_the_check_sees_a_sender_without_its_protection(
    race_day: None, provider: Provider, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    """Without the look before beginning, or without the lock, a call begins after a withdrawal."""
    if without == "lock":
        monkeypatch.setattr(locks, "wait_until_nobody_writes_to", lambda ids: True)
        monkeypatch.setattr(actions, "wait_until_nobody_writes_to", lambda ids: True)
    begin = sending._BEGIN.replace("r.version = m.recipient_version", "true").replace("AND m.withdrawn_at IS NULL", "")
    begin = begin.replace("AND r.silenced_at IS NULL AND r.safe_to_message", "").replace(OFF_SQL, "false")
    if without == "look":
        monkeypatch.setattr(sending, "_BEGIN", begin)
    came_to = run_all(len(DEEDS) * len(STAGES), provider)
    assert came_to["begun_after_the_deed"] > 0


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("n", [60, pytest.param(2_000, marks=pytest.mark.assure)], ids=["slice", "whole"])
def test_the_same_at_random_moments(race_day: None, provider: Provider, result: Report, n: int) -> None:
    """A soak: the deed begins at a moment that nobody chose."""
    dice, came_to = random.Random(n), Counter[str]()
    provider.weather.mode = lambda number: "slow"
    provider.weather.slow_seconds = 0.004
    for message in plan_races(n, 0):
        race, wait = Race(message, dice.choice(DEEDS), "never"), dice.uniform(0, 0.02)

        def begin(race: Race = race, wait: float = wait) -> None:
            time.sleep(wait)  # the random moment
            race._do()

        race.thread = threading.Thread(target=begin)
        race.thread.start()
        run_race(race, provider, came_to)
    result("R9 soak", N=n, **(dict.fromkeys(WRONG, 0) | came_to))
    assert {name: came_to[name] for name in WRONG} == dict.fromkeys(WRONG, 0)


def test_an_error_while_checking_is_a_no(race_day: None, provider: Provider) -> None:
    """Default deny: a recipient whose row cannot be locked now is left for the next claim."""
    (message,) = plan_races(1, 0)
    done, holding = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with contextlib.closing(connections["default"]), transaction.atomic():
            Recipient.objects.select_for_update().get(pk=message.recipient_id)
            holding.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    sending.send_all(now=lambda: AT, by=User.objects.system("outbox"), seconds=1)
    done.set()
    thread.join()
    message.refresh_from_db()
    assert (message.status, provider.requests) == (Status.QUEUED, 0)
