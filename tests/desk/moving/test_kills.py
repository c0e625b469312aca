"""A worker that is killed in the middle of a list loses nobody and moves nobody twice (SIGKILL, wherever it is)."""

import signal
import subprocess
import sys
from collections import Counter

import pytest

from homecare.desk.moving import running
from patients.models import BulkTransfer, BulkTransferRow, Enrolment, PathwayClock, ProviderNotice, Transfer
from tests.desk.moving.lists import failing, planned
from tests.factories import NOON

PATIENTS, KILLS = 4, 6
ALL_PATIENTS, ALL_KILLS = 60, 120
STATEMENTS_EACH = 40  # one patient's transfer takes about so many

_RUN = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from homecare.desk.moving import running
from patients.models import BulkTransfer
last, said = int(sys.argv[2]), 0
def kill(execute, sql, params, many, context):
    global said
    said += 1
    if said == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(kill):
    while BulkTransfer.objects.running().filter(pk=int(sys.argv[1])).exists():
        running.run_for(bulk_id=int(sys.argv[1]), seconds=60)
"""


def _run(environment: dict[str, str], bulk: BulkTransfer, *, killed_at: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(bulk.pk), str(killed_at)],
        env={**environment, "DJANGO_SETTINGS_MODULE": "homecare.settings"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr[-2000:]
    return done.returncode


def _expect_each_whole(bulk: BulkTransfer) -> None:
    """Every row that says so has its transfer, whole; none that waits has any part of one."""
    done = set(BulkTransferRow.objects.filter(bulk=bulk, status="DONE").values_list("enrolment_id", flat=True))
    moved = Counter(Transfer.objects.values_list("from_enrolment_id", flat=True))
    assert set(moved) == done
    assert set(moved.values()) <= {1}
    assert Enrolment.objects.filter(status="TRANSFERRING").count() == len(done)
    assert Enrolment.objects.filter(status="SUITABLE").count() == len(done)
    assert PathwayClock.objects.filter(kind="TRANSFER").count() == len(done)
    assert ProviderNotice.objects.filter(kind="TRANSFER").count() == len(done)


def _kill(environment: dict[str, str], *, patients: int, kills: int) -> None:
    at = failing(patients)
    bulk = running.start_bulk_transfer(bulk=planned(at), by=at.lead, at=NOON)
    for n in range(kills):
        # Each kill a little further into a transfer than the one before; what went before is not done again.
        _run(environment, bulk, killed_at=3 + n * STATEMENTS_EACH * 2 // kills)
        _expect_each_whole(bulk)
    assert _run(environment, bulk, killed_at=-1) == 0
    _expect_each_whole(bulk)
    bulk.refresh_from_db()
    assert (bulk.status, Transfer.objects.count()) == ("DONE", patients)


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_loses_nobody_and_moves_nobody_twice(command_environment: dict[str, str]) -> None:
    _kill(command_environment, patients=PATIENTS, kills=KILLS)


@pytest.mark.assure
@pytest.mark.django_db(transaction=True)
def test_a_run_killed_a_hundred_times_moves_each_exactly_once(command_environment: dict[str, str]) -> None:
    _kill(command_environment, patients=ALL_PATIENTS, kills=ALL_KILLS)
