"""Laboratory results come in: filed as reported, or put on a list for a person."""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.lab_results.filing import LabDecision, file_lab_results, preview_lab_results
from homecare.desk.lab_results.reading import read_lab_rows
from monitoring.models import LabResult, LabResultToReview, MonitoringItem
from tests.desk.imports import NOON, full, import_rows
from tests.desk.registers import AS_AT, DATA, csv_of, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
PLAIN = {
    "NHS Number": "9990000018", "Sample taken": "20/10/2026 09:05", "Test set": "FBC", "Analyte": "Haemoglobin",
    "Value": "153", "Units": "g/L",
}  # fmt: skip


def result(**changes: str) -> dict[str, str]:
    return {**PLAIN, **{key.replace("_", " "): value for key, value in changes.items()}}


def file(*rows: dict[str, str], name: str = "lab.csv") -> list[LabDecision]:
    found = list(read_lab_rows(source_of(csv_of(*rows)), as_at=AS_AT))
    return file_lab_results(rows=found, source=name, by=User.objects.system("lab_import"), at=NOON)


def said(decisions: list[LabDecision]) -> list[str]:
    return [f"{decision.outcome} {decision.reason or ''}".strip() for decision in decisions]


@pytest.fixture
def patient(reference: None) -> None:
    import_rows(full(Drug="Methotrexate", Strength="15mg pen", Dose="15mg", Frequency="weekly"))


@pytest.mark.usefixtures("patient")
def test_a_result_is_filed_with_its_unit_and_moment() -> None:
    assert said(file(result())) == ["CREATED"]
    filed = LabResult.objects.get()
    assert (filed.value_text, filed.value_number, filed.unit) == ("153", Decimal(153), "g/L")
    assert (filed.taken_at, filed.test_type.code) == (at_local(dt.date(2026, 10, 20), 9, 5), "FBC")


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("value", ["HAEMOLYSED", "<0.2", ">1000", "Insufficient", ""])
def test_what_is_no_number_is_kept_and_never_read_as_one(value: str) -> None:
    file(result(Value=value))
    assert (LabResult.objects.get().value_text, LabResult.objects.get().value_number) == (value, None)


@pytest.mark.usefixtures("patient")
def test_the_same_file_again_changes_nothing() -> None:
    rows = result(), result(Analyte="Faecal calprotectin")
    file(*rows)
    assert said(file(*rows)) == ["UNCHANGED", "REVIEW analyte_unknown"]
    assert (LabResult.objects.count(), LabResultToReview.objects.count()) == (1, 1)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"NHS_Number": "9990000026"}, "PATIENT_UNKNOWN"),
        ({"NHS_Number": "garbage"}, "PATIENT_UNKNOWN"),
        ({"Analyte": "Faecal calprotectin"}, "ANALYTE_UNKNOWN"),
        ({"Sample_taken": "yesterday"}, "DATE_INVALID"),
        ({"Value": "x" * 61}, "VALUE_TOO_LONG"),
    ],
)
def test_what_cannot_be_filed_waits_for_a_person_with_all_it_said(changes: dict[str, str], reason: str) -> None:
    file(result(**changes))
    waiting = LabResultToReview.objects.get()
    assert (waiting.reason, waiting.row_number, LabResult.objects.count()) == (reason, 2, 0)
    assert waiting.values["value"] == changes.get("Value", "153")


@pytest.mark.usefixtures("patient")
def test_another_value_for_the_same_sample_is_never_overwritten() -> None:
    file(result())
    assert said(file(result(Value="15.3"))) == ["REVIEW value_differs"]
    assert LabResult.objects.get().value_text == "153"


@pytest.mark.usefixtures("patient")
def test_a_row_that_stands_twice_in_a_file_is_filed_once() -> None:
    assert said(file(result(), result(), result(Value="15.3"))) == [
        "CREATED", "SKIPPED duplicate_row", "REVIEW value_differs",
    ]  # fmt: skip


@pytest.mark.usefixtures("patient")
def test_a_preview_files_nothing() -> None:
    rows = list(read_lab_rows(source_of(csv_of(result())), as_at=AS_AT))
    assert said(preview_lab_results(rows)) == ["CREATED"]
    assert not LabResult.objects.exists()


@pytest.mark.usefixtures("patient")
def test_a_result_closes_the_test_that_waited_for_it() -> None:
    before = MonitoringItem.objects.waiting().get(test_type__code="FBC")
    file(result())
    before.refresh_from_db()
    assert (before.status, before.done_on) == ("RESULTED", dt.date(2026, 10, 20))
    assert MonitoringItem.objects.waiting().get(test_type__code="FBC").due_on > before.due_on


@pytest.mark.usefixtures("patient")
def test_a_reference_range_is_read() -> None:
    file({**result(), "Reference range": "115-165"})
    assert (LabResult.objects.get().reference_low, LabResult.objects.get().reference_high) == (115, 165)


def test_the_pathology_extract_comes_in_twice(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    call_command("import_register", DATA / "register.csv", "--as-at=2026-11-02", "--write", verbosity=0)
    call_command("import_lab_results", DATA / "lab_results.csv", "--write", f"--report={report}", verbosity=0)
    first = json.loads(report.read_text())
    assert len(first["rows"]) == 54_504
    odd = Counter(LabResult.objects.filter(value_number=None).values_list("value_text", flat=True))
    assert set(odd) <= {">1000", "<0.2", "", "Insufficient", "HAEMOLYSED"}
    assert first["counts"]["REVIEW analyte_unknown"] > 0
    assert first["counts"]["CREATED"] == LabResult.objects.count() > 50_000
    call_command("import_lab_results", DATA / "lab_results.csv", "--write", f"--report={report}", verbosity=0)
    again = json.loads(report.read_text())["counts"]
    assert (again["CREATED"], again["UNCHANGED"]) == (0, first["counts"]["CREATED"])
