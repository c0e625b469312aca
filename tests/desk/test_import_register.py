"""The register comes in: exactly as expected.json says, twice, all or nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from patients.models import Enrolment
from tests.desk.registers import DATA, expected


def import_register(path: Path, tmp_path: Path, *extra: str) -> dict[str, Any]:
    report = tmp_path / "report.json"
    call_command("import_register", path, f"--report={report}", "--as-at=2026-11-02", *extra, verbosity=0)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("name", "number"), [("register.xlsx", "sheet_row"), ("register.csv", "csv_row")])
def test_the_hospitals_register_comes_in_as_expected_twice(name: str, number: str, tmp_path: Path) -> None:
    listed = {entry[number]: entry for entry in expected()["rows"]}
    preview = import_register(DATA / name, tmp_path)
    assert Enrolment.objects.count() == 0
    written = import_register(DATA / name, tmp_path, "--write")
    assert written["rows"] == preview["rows"]
    for row in written["rows"]:
        entry = listed.get(row["row"])
        wanted = entry or {
            "outcome": "CREATED",
            "reason": None,
            "warnings": [],
            "hospital_number": row["hospital_number"],
        }
        assert row == {"row": row["row"], **{key: wanted[key] for key in row if key != "row"}}
    assert Enrolment.objects.count() == expected()["created_rows"]
    again = import_register(DATA / name, tmp_path, "--write")
    assert again["rows"] == [
        {**row, "outcome": "UNCHANGED" if row["outcome"] == "CREATED" else row["outcome"]} for row in written["rows"]
    ]
    assert Enrolment.objects.count() == expected()["created_rows"]
