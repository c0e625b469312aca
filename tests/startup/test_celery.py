"""Celery as the outbox's design asks for it."""

import json
import os
import socket
import threading
import time
from typing import Any

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from homecare.celery import app


def test_every_thread_of_a_process_with_settings_knows_the_app() -> None:
    known: list[str | None] = []
    thread = threading.Thread(target=lambda: known.append(current_app.main))
    thread.start()
    thread.join()
    assert (known, current_app.main) == (["homecare"], "homecare")


def test_every_entry_of_the_schedule_names_a_task_and_expires(settings: Any) -> None:
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= 120


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("worker_cancel_long_running_tasks_on_connection_loss", True),
        ("task_ignore_result", True),
        ("task_time_limit", 30),
        ("worker_max_tasks_per_child", 1000),
        ("accept_content", ["json"]),
        ("timezone", "UTC"),
    ],
)
def test_the_settings_that_keep_a_message_from_being_lost(name: str, value: object) -> None:
    assert app.conf[name] == value


def test_a_killed_worker_s_message_comes_back_soon() -> None:
    options = app.conf.broker_transport_options
    assert (options["visibility_timeout"], options["unacked_restore_throttle"]) == (300, 1)


def test_a_message_is_plain_json(redis_url: str) -> None:
    import redis

    app.send_task("messaging.recover")
    with redis.Redis.from_url(redis_url) as connection:
        waiting = json.loads(connection.lpop("celery"))
    assert waiting["content-type"] == "application/json"


def test_a_dead_broker_never_hangs_a_request() -> None:
    """A broker that takes the connection and never answers is worse than one that refuses it."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        with pytest.raises(OperationalError), app.connection_for_write(url=address) as connection:
            app.send_task("messaging.recover", connection=connection)
        assert time.monotonic() - started < 12


def test_tests_do_not_share_a_redis_database_with_the_service() -> None:
    assert not os.environ["REDIS_URL"].endswith("/0")
