"""Today and the patient page at a hospital's size and at the country's: queries and server time."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client

from bench.dataset import DAY
from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from homecare.desk.sweep.actions import sweep
from homecare.desk.tasks import count_safety_net
from patients.models import Patient

GOAL_MS = 100
LOOKS = 15


def run(size: int) -> dict[str, int]:
    """Print each page's queries and median server time with everything of a catch-up day open; return the queries."""
    with transaction.atomic():
        sweep(by=User.objects.system("sweep"), at=at_local(DAY, 9))
        count_safety_net()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE prescriptions_renewalrequest")
        client = signed_in()
        patient = Patient.objects.order_by("pk").values_list("pk", flat=True)[size // 2]
        queries = {
            title: look(client, title, path, size)
            for title, path in (
                ("Today", "/today/"),
                ("Today, one specialty's worklist", "/today/?specialty=1"),
                ("patient page", f"/patients/{patient}/"),
                ("search by name", "/patients/?q=Smith"),
            )
        }
        transaction.set_rollback(True)
    return queries


def signed_in() -> Client:
    """Return a browser in which a technician has signed in."""
    with acting(by=User.objects.system("command")):
        technician, _ = User.objects.get_or_create(username="bench", defaults={"role": "TECHNICIAN"})
    client = Client(headers={"host": "localhost"})
    client.force_login(technician)
    return client


def look(client: Client, title: str, path: str, size: int, *, goal_ms: int = GOAL_MS) -> int:
    """Print a page's queries and median server time, held against a goal; return the queries."""
    seconds, counts = [], []
    _queries_of(client, path)  # once to warm up: what is compiled and cached stays so
    worked = _processor_seconds()
    for _ in range(LOOKS):
        started = time.perf_counter()
        counts.append(_queries_of(client, path))
        seconds.append(time.perf_counter() - started)
    processor = (_processor_seconds() - worked) / LOOKS * 1000
    # The fewest: now and then a request also notes, for the idle clock, that somebody is there.
    queries = min(counts)
    median = statistics.median(seconds) * 1000
    verdict = "met" if median <= goal_ms else "MISSED"
    print(
        f"{title + f', {size:,} patients':<56} {queries:3d} queries {median:7.1f} ms median"
        f"  goal {goal_ms} ms: {verdict}  ({processor:.0f} ms of processor)",
        flush=True,
    )
    return queries


def _processor_seconds() -> float:
    """Return the processor time that this process and its database session have taken: a busy machine adds none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _queries_of(client: Client, path: str) -> int:
    """Get a page and return how many statements it took."""
    counted: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        counted.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(path)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code} {answer.headers}")
    return len(counted)
