"""The command that holds the computation against written cases."""

import copy
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CASES = Path(__file__).parents[1] / "data" / "cover_cases.json"


def write(path: Path, written: object) -> Path:
    path.write_text(json.dumps(written), encoding="utf-8")
    return path


@pytest.fixture
def few() -> dict:
    written = json.loads(CASES.read_text())
    return {"cases": copy.deepcopy(written["cases"][:3]), "legal_life": written["legal_life"]}


def test_finds_no_difference_in_the_written_cases() -> None:
    out = StringIO()
    call_command("check_cover", str(CASES), stdout=out)
    assert out.getvalue() == "No difference in 518 cases and 13 legal lives.\n"


def test_lists_and_reports_each_difference(few: dict, tmp_path: Path) -> None:
    few["cases"][1]["expected"]["units_on_hand"] = 99
    few["legal_life"][0]["last_valid_on"] = "2026-07-01"
    out, report = StringIO(), tmp_path / "report.json"
    with pytest.raises(CommandError, match="2 differences in 2 of 3 cases"):
        call_command("check_cover", str(write(tmp_path / "cases.json", few)), report=report, stdout=out)
    assert "units_on_hand: expected 99, found 0" in out.getvalue()
    assert [found["field"] for found in json.loads(report.read_text())["differences"]] == [
        "last_valid_on",
        "units_on_hand",
    ]


def test_a_case_that_cannot_be_computed_is_a_difference(few: dict, tmp_path: Path) -> None:
    few["cases"][0]["phases"] *= 2
    with pytest.raises(CommandError, match="1 differences in 1 of 3 cases"):
        call_command("check_cover", str(write(tmp_path / "cases.json", few)), stdout=StringIO())


def test_a_field_nobody_computes_is_a_difference(few: dict, tmp_path: Path) -> None:
    few["cases"][0]["expected"]["moon"] = "full"
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_cover", str(write(tmp_path / "cases.json", few)), stdout=StringIO())


@pytest.mark.parametrize("content", ["{", "{}", "3", '{"cases": 3}'])
def test_refuses_a_file_that_holds_no_cases(content: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(content)
    with pytest.raises(CommandError) as refusal:
        call_command("check_cover", str(path))
    assert refusal.value.returncode == 2
