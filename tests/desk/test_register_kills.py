"""A process that is killed in the middle of an import leaves no trace (assurance goal S6), wherever it is killed."""

import signal
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from tests.desk.registers import DATA

KILLS = 10
ALL_KILLS = 100

_IMPORT = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
last, said = int(sys.argv[1]), 0
def kill(execute, sql, params, many, context):
    global said
    said += 1
    if said == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(kill):
    call_command("import_register", sys.argv[2], "--as-at=2026-11-02", "--write", verbosity=0)
    print("statements", said)
    if last == -1:
        sys.exit()
"""
TRACES = """
    SELECT (SELECT count(*) FROM patients_patient) + (SELECT count(*) FROM messaging_recipient)
         + (SELECT count(*) FROM patients_enrolment) + (SELECT count(*) FROM desk_registerimport)
         + (SELECT count(*) FROM desk_registerimportrow) + (SELECT count(*) FROM patients_historicalpatient)
         + (SELECT count(*) FROM accounts_clinic) + (SELECT count(*) FROM patients_cover)
"""


def _import(environment: dict[str, str], *, killed_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _IMPORT, str(killed_at), str(DATA / "register.csv")],
        env={**environment, "DJANGO_SETTINGS_MODULE": "homecare.settings"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def _traces() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TRACES)
        found: int = cursor.fetchone()[0]
    return found


def _kill(environment: dict[str, str], *, times: int) -> None:
    call_command("load_reference", verbosity=0)
    statements = 60
    for n in range(times):
        at = 2 + n * statements // times
        done = _import(environment, killed_at=at)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
        assert _traces() == 0, f"killed at statement {at}"
    done = _import(environment, killed_at=-1)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) > statements
    assert _traces() > 3_000


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_no_trace(command_environment: dict[str, str]) -> None:
    _kill(command_environment, times=KILLS)


@pytest.mark.assure
@pytest.mark.django_db(transaction=True)
def test_a_hundred_killed_imports_leave_no_trace(command_environment: dict[str, str]) -> None:
    _kill(command_environment, times=ALL_KILLS)
