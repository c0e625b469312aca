"""The register comes in: exactly as expected.json says, twice, all or nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from patients.models import Enrolment
from tests.desk.registers import DATA, PLAIN, csv_of, expected


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


@pytest.mark.usefixtures("reference")
def test_a_file_that_is_refused_as_a_whole_ends_with_two(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="No row of headings") as refused:
        call_command("import_register", bad, "--as-at=2026-11-02")
    assert refused.value.returncode == 2


@pytest.mark.usefixtures("reference")
def test_a_mapping_file_decides_which_column_is_which(tmp_path: Path) -> None:
    mapping, path = tmp_path / "columns.json", tmp_path / "register.csv"
    path.write_bytes(csv_of({**PLAIN, "Sent by": "Alcura"}))
    mapping.write_text(json.dumps({"provider": "Sent by", "mobile": None}))
    import_register(path, tmp_path, "--write", f"--columns={mapping}")
    enrolment = Enrolment.objects.get()
    assert enrolment.service.provider.name == "Alcura Health"
    assert not enrolment.patient.contact_points.exists()
