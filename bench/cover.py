"""Everybody's cover computed again, against plain SQL that reads the same rows and computes nothing."""

import time

from django.db import connection, transaction

from bench.dataset import DAY
from homecare.accounts.models import User
from homecare.core.clock import at_local
from patients.cover.actions import recompute_next
from patients.models import Enrolment

GOAL_SECONDS = 15 * 60
READS = (
    "SELECT * FROM patients_regimenphase ORDER BY enrolment_id, starts_on",
    'SELECT * FROM patients_supplyfact ORDER BY enrolment_id, "on", id',
    "SELECT * FROM patients_suspension ORDER BY enrolment_id, starts_on",
    "SELECT * FROM patients_remainingsupply",
    """SELECT e.id, s.buffer_days, s.lead_working_days, s.provider_lead_working_days, p.shelf_life_days
       FROM patients_enrolment e JOIN providers_homecareservice s ON s.id = e.service_id
       JOIN patients_treatment t ON t.id = e.treatment_id LEFT JOIN medicines_product p ON p.id = t.product_id""",
)
AT_ONCE = 2000


def run() -> None:
    """Print both sides, and hold the recomputation against its fifteen minutes."""
    with transaction.atomic():
        started = time.perf_counter()
        done = _recompute()
        took = time.perf_counter() - started
        transaction.set_rollback(True)
    started = time.perf_counter()
    rows = sum(_read(statement) for statement in READS)
    read = time.perf_counter() - started
    verdict = "met" if took <= GOAL_SECONDS else "MISSED"
    print(
        f"{f'cover of {done:,} computed again':<40} {took:9.1f} s recompute_cover {read:9.1f} s plain SQL reads"
        f" {rows:,} rows  ratio {took / read:.1f}  goal {GOAL_SECONDS} s: {verdict}",
        flush=True,
    )


def _recompute() -> int:
    by, reached = User.objects.system("command"), 0
    while (last := recompute_next(after=reached, on=DAY, by=by, at=at_local(DAY, 3))) is not None:
        reached = last
    return Enrolment.objects.on_treatment().count()


def _read(statement: str) -> int:
    """Fetch every row of a statement, a batch at a time, and return how many there were."""
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DECLARE everything NO SCROLL CURSOR FOR {statement}")
        while True:
            cursor.execute(f"FETCH {AT_ONCE} FROM everything")
            got = len(cursor.fetchall())
            count += got
            if not got:
                return count
