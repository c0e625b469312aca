"""What is done by hand: running the outbox, releasing a batch; and what beat wakes."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from homecare.messaging import tasks
from homecare.messaging.models import KillSwitch, MessageBatch, OutboxMessage
from homecare.messaging.states import Status
from tests.messaging.factories import person, plan, queued, recipients
from tests.rig.provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("purpose")]


def run(name: str, *args: object, **options: object) -> str:
    said = io.StringIO()
    call_command(name, *args, stdout=said, stderr=said, **options)
    return said.getvalue()


def test_outbox_run_sends_by_the_clock_it_is_given(provider: Provider, tmp_path: Path) -> None:
    queued(3)
    report = tmp_path / "report.json"
    run("outbox_run", "--at", "2026-03-10T09:00", "--report", str(report))
    said = json.loads(report.read_text())
    assert (said["statuses"], said["came_to"]["accept"]) == ({"ACCEPTED": 3}, 3)


def test_outbox_run_stops_at_its_limit(provider: Provider) -> None:
    queued(12)
    run("outbox_run", "--at", "2026-03-10T09:00", "--limit", "11")
    assert provider.requests == 11


def test_outbox_run_before_they_are_due_sends_nothing(provider: Provider) -> None:
    queued()
    run("outbox_run", "--at", "2026-03-10T08:59")
    assert provider.requests == 0


@pytest.mark.parametrize("at", ["yesterday", "2026-02-30", "2026-03-10T25:00"])
def test_outbox_run_refuses_what_is_no_instant(at: str) -> None:
    with pytest.raises(CommandError, match="instant"):
        run("outbox_run", "--at", at)


def test_release_batch_lets_it_go() -> None:
    batch = plan(recipients(51)).batch
    person("sister")
    assert batch is not None
    assert f"{batch.pk}\tBlood test due" in run("release_batch")
    assert "51" in run("release_batch", batch.pk, "--by", "sister")
    assert MessageBatch.objects.get().status == MessageBatch.Status.RELEASED


@pytest.mark.parametrize(("args", "words"), [((1,), "Say by whom"), ((999999, "--by", "sister"), "no batch")])
def test_release_batch_says_what_is_wrong(args: tuple[object, ...], words: str) -> None:
    person("sister")
    with pytest.raises(CommandError, match=words):
        run("release_batch", *args)


def test_release_batch_refuses_the_planner() -> None:
    planner = person("sister")
    batch = plan(recipients(51), by=planner).batch
    assert batch is not None
    with pytest.raises(CommandError, match="Somebody else"):
        run("release_batch", batch.pk, "--by", "sister")


@pytest.mark.parametrize("task", [tasks.outbox_tick, tasks.recover, tasks.reconcile])
def test_a_task_that_is_delivered_twice_does_no_harm(provider: Provider, settings: Settings, task: object) -> None:
    queued()
    task()  # type: ignore[operator]
    task()  # type: ignore[operator]
    assert max(provider.counts().values(), default=0) <= 1


def test_a_restored_copy_starts_paused(provider: Provider) -> None:
    from homecare.messaging.models import DatabaseMark

    queued()
    run("outbox_run", "--at", "2026-03-10T08:00")
    DatabaseMark.objects.update(system_identifier="another")
    run("outbox_run", "--at", "2026-03-10T09:00")
    run("outbox_run", "--at", "2026-03-10T09:00")
    assert (OutboxMessage.objects.get().status, provider.requests) == (Status.QUEUED, 0)
    assert KillSwitch.objects.off().get().scope == "ALL"
