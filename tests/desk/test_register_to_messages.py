"""The main job on real input: a register goes in, and the right prompts and reminders come out, once each."""

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.desk.people.actions import add_demo_people
from homecare.desk.register.dates import read_date
from homecare.messaging.models import OutboxMessage, StandInMessage
from patients.models import Cover, Enrolment
from patients.states import ON_TREATMENT
from prescriptions.models import RenewalRequest

REGISTER = Path(__file__).parent.parent / "data" / "register" / "register.csv"
AS_AT = "2026-11-02"


def run(name: str, *arguments: str, tmp_path: Path) -> dict[str, Any]:
    """Run a command and return its report."""
    report = tmp_path / f"{name}.json"
    call_command(name, *arguments, "--report", str(report), verbosity=0)
    return dict(json.loads(report.read_text()))


@pytest.fixture
def register_imported(tmp_path: Path) -> dict[str, Any]:
    """Import the hospital's register into a database that knows the reference data only."""
    call_command("load_reference", verbosity=0)
    add_demo_people(by=User.objects.system("demo"), at=dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    return run("import_register", str(REGISTER), "--as-at", AS_AT, "--write", tmp_path=tmp_path)


@pytest.mark.django_db
@pytest.mark.usefixtures("register_imported")
def test_nothing_goes_out_by_an_unapproved_protocol(tmp_path: Path) -> None:
    report = run("run_sweep", "--as-at", AS_AT, tmp_path=tmp_path)
    assert (report["opened"], report["planned"]) == (0, 0)
    assert report["held_because"]["PROTOCOL_UNAPPROVED"] > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("register_imported")
def test_each_prompt_and_reminder_comes_out_once(tmp_path: Path) -> None:
    call_command("approve_protocols", "--by", "margaret", "--all", verbosity=0)

    first = run("run_sweep", "--as-at", AS_AT, tmp_path=tmp_path)
    assert first["opened"] == RenewalRequest.objects.count() > 0
    on_treatment = Enrolment.objects.filter(status__in=ON_TREATMENT).count()
    assert sum(first["enrolments"].values()) == on_treatment
    assert set(first["held_because"]) == {"CONSENT_MISSING", "STOCK_UNKNOWN"}

    second = run("run_sweep", "--as-at", AS_AT, tmp_path=tmp_path)
    assert (second["opened"], second["planned"]) == (0, 0)
    assert second["enrolments"] == first["enrolments"]

    # The first batch of each rule after an import waits for a second person.
    batches = [rule["batch"] for rule in first["messages"].values()]
    assert all(rule["held"] == rule["planned"] > 0 for rule in first["messages"].values())
    assert StandInMessage.objects.count() == 0
    for batch in batches:
        call_command("release_batch", str(batch), "--by", "margaret", verbosity=0)

    run("outbox_run", "--at", f"{AS_AT}T10:00", tmp_path=tmp_path)
    run("outbox_run", "--at", f"{AS_AT}T11:00", tmp_path=tmp_path)
    _each_arrived_once(first["planned"])


def _each_arrived_once(planned: int) -> None:
    """Hold the outbox against what the stand-in received, by exact references."""
    statuses = Counter(OutboxMessage.objects.values_list("status", "outcome_reason"))
    assert sum(statuses.values()) == planned
    assert set(statuses) <= {("ACCEPTED", ""), ("DELIVERED", ""), ("SUPPRESSED", "NO_ADDRESS")}
    sent = {str(pk) for pk in OutboxMessage.objects.exclude(status="SUPPRESSED").values_list("pk", flat=True)}
    received = Counter(str(reference) for reference in StandInMessage.objects.values_list("reference", flat=True))
    assert set(received) == sent
    assert max(received.values()) == 1
    consented = Enrolment.objects.with_consent().values("patient__recipient")
    patients = OutboxMessage.objects.filter(recipient__kind="PATIENT")
    assert not patients.exclude(recipient__in=consented).exists()
    assert not patients.filter(recipient__patient__deceased=True).exists()


@pytest.mark.django_db
def test_the_first_uncovered_dose_is_the_day_the_hospital_expects_the_next_delivery(
    register_imported: dict[str, Any],
) -> None:
    """The hospital wrote "Next delivery" beside each last one: our first uncovered dose is that very day."""
    created = {row["row"] for row in register_imported["rows"] if row["outcome"] == "CREATED"}
    with REGISTER.open(encoding="utf-8-sig", newline="") as file:
        rows = {number: row for number, row in enumerate(csv.DictReader(file), start=2) if number in created}
    found = {
        (hospital, row): first
        for hospital, row, first in Cover.objects.filter(
            enrolment__treatment__is_ended=False, enrolment__status="ACTIVE"
        )
        .filter(stock_known=True)
        .values_list(
            "enrolment__patient__hospital_number", "enrolment__register_entry__row__number", "first_uncovered_dose_on"
        )
    }
    assert len(found) > 2500
    differing = {
        key: (first, rows[key[1]]["Next delivery"])
        for key, first in found.items()
        if first != read_date(rows[key[1]]["Next delivery"], as_at=dt.date.fromisoformat(AS_AT))
    }
    assert differing == {}
