"""Bulk writes with the history that the database writes, against the same writes without."""

import datetime as dt
from collections.abc import Callable

from django.db import connection

from bench.measure import report, side_by_side
from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment, SupplyFact

GOAL = 3.5
ROWS = 100_000
AT = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
INSERT = """
INSERT INTO patients_supplyfact (enrolment_id, kind, "on", units, after_dose, method, recorded_at, recorded_by_id,
    is_assumed)
SELECT e.id, 'COUNT', %s, n, false, 'bench', %s, %s, false
FROM patients_enrolment e CROSS JOIN generate_series(1, %s) n LIMIT %s"""
UPDATE = "UPDATE patients_supplyfact SET units = units + 1, is_assumed = true WHERE method = 'bench'"


def run(rounds: int) -> None:
    """Print the cost of history for inserts and updates by one statement, and for bulk_create."""
    by = User.objects.system("command")
    for title, write in (
        (f"insert {ROWS:,} rows, one statement", lambda: _insert(by)),
        (f"insert, then update {ROWS:,} rows", lambda: _insert(by) + _update()),
        (f"bulk_create {ROWS // 5:,} rows", lambda: _bulk_create(by)),
    ):
        contestants = {"with history": _with(write, by), "without": _without(write)}
        report(title, side_by_side(contestants, rounds=rounds), goal=GOAL)


def _with(write: Callable[[], int], by: User) -> Callable[[], int]:
    def contestant() -> int:
        with acting(by=by, reason="bench"):
            return write()

    return contestant


def _without(write: Callable[[], int]) -> Callable[[], int]:
    def contestant() -> int:
        with connection.cursor() as cursor:
            for trigger in ("audit_insert", "audit_update", "audit_delete"):
                cursor.execute(f"ALTER TABLE patients_supplyfact DISABLE TRIGGER {trigger}")
        return write()

    return contestant


def _insert(by: User) -> int:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [AT.date(), AT, by.pk, ROWS, ROWS])
        return int(cursor.rowcount)


def _update() -> int:
    with connection.cursor() as cursor:
        cursor.execute(UPDATE)
        return int(cursor.rowcount)


def _bulk_create(by: User) -> int:
    count = ROWS // 5
    ids = list(Enrolment.objects.values_list("pk", flat=True)[:count])
    facts = (
        SupplyFact(enrolment_id=ids[n % len(ids)], kind="COUNT", on=AT.date(), units=n, recorded_at=AT, recorded_by=by)
        for n in range(count)
    )
    return len(SupplyFact.objects.bulk_create(facts, batch_size=2_000))
