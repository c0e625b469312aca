"""Laboratory values: kept as reported, and a number only where they are one."""

from collections import Counter
from decimal import Decimal

import pytest

from homecare.desk.lab_results.reading import read_lab_rows
from homecare.desk.lab_results.values import read_lab_value
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.reader import open_path
from tests.desk.registers import AS_AT, DATA, csv_of, source_of


@pytest.mark.parametrize(
    ("text", "number", "comparator"),
    [
        ("153", Decimal(153), ""),
        ("44.8", Decimal("44.8"), ""),
        (" 6.7 ", Decimal("6.7"), ""),
        ("-2.0", Decimal("-2.0"), ""),
        ("<0.2", None, "<"),
        (">1000", None, ">"),
        ("≥ 90", None, ">="),
        ("HAEMOLYSED", None, ""),
        ("Insufficient", None, ""),
        ("", None, ""),
        ("1,000", None, ""),
        ("12*", None, ""),
        ("1e5", None, ""),
        ("NaN", None, ""),
        ("١٥٣", None, ""),
        ("3-5", None, ""),
    ],
)
def test_a_value_is_kept_as_reported(text: str, number: Decimal | None, comparator: str) -> None:
    value = read_lab_value(text)
    assert (value.text, value.number, value.comparator) == (text, number, comparator)


def test_the_pathology_extract_is_read_whole() -> None:
    with open_path(DATA / "lab_results.csv") as source:
        rows = list(read_lab_rows(source, as_at=AS_AT))
    assert len(rows) == 54_504
    assert {row.nhs_number_written for row in rows if row.nhs_number is None} == set()
    assert all(row.taken_at for row in rows)
    odd = Counter(row.value.text for row in rows if row.value.number is None)
    assert odd == {">1000": 53, "<0.2": 52, "": 49, "Insufficient": 40, "HAEMOLYSED": 40}


def test_an_extract_without_values_is_refused_by_name() -> None:
    with pytest.raises(FileRefused, match="missing are value"):
        list(read_lab_rows(source_of(csv_of({"NHS Number": "1", "Sample taken": "", "Analyte": "ALT"})), as_at=AS_AT))
