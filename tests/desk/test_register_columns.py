"""Which column is which field, in this hospital's file and in others'."""

import random

import pytest

from homecare.desk.register.columns import Names
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.reader import open_path
from homecare.desk.register.table import find_table
from tests.desk.registers import AS_AT, DATA, PLAIN, csv_of, known, rows_of, source_of

MINE = {
    "hospital_number": "Hosp No", "nhs_number": "NHS No", "family_name": "Surname", "given_name": "Forename",
    "date_of_birth": "DOB", "sex": "Sex", "address_line_1": "Address 1", "town": "Town", "postcode": "Post code",
    "mobile": "Mobile", "email": "Email", "contact_by": "Contact by", "specialty": "Specialty",
    "consultant": "Consultant", "medicine": "Drug", "strength_form": "Strength / form", "dose": "Dose",
    "frequency": "Frequency", "provider": "Homecare Co", "funding": "Funding", "tier": "Tier",
    "registered_on": "Date registered", "consent": "Consent?", "consent_on": "Consent date", "status": "Status",
    "last_prescription_on": "Last Rx date", "prescription_weeks": "Rx length (wks)",
    "number_of_deliveries": "No. of deliveries", "last_delivery_on": "Last delivery",
    "next_delivery_on": "Next delivery", "last_blood_test_on": "Last bloods", "notes": "Notes",
}  # fmt: skip
THEIRS = [
    dict(MINE),
    {
        **MINE, "hospital_number": "MRN", "nhs_number": "NHS Number", "family_name": "Patient Surname",
        "given_name": "First name", "date_of_birth": "D.O.B.", "sex": "Gender", "postcode": "Postcode",
        "mobile": "Contact number", "email": "E-mail address", "contact_by": "Preferred contact method",
        "specialty": "Speciality", "medicine": "Medication", "strength_form": "Presentation", "dose": "Dosage",
        "frequency": "Dosing frequency", "provider": "Homecare provider", "registered_on": "Registration date",
        "consent": "Consent obtained", "consent_on": "Date of consent", "status": "Patient status",
        "last_prescription_on": "Date of last prescription", "prescription_weeks": "Duration (weeks)",
        "number_of_deliveries": "Deliveries per Rx", "last_delivery_on": "Date last delivered",
        "next_delivery_on": "Next delivery due", "last_blood_test_on": "Date of last blood test",
        "notes": "Comments",
    },
    {
        **MINE, "hospital_number": "Unit No.", "nhs_number": "NHS", "family_name": "LAST NAME",
        "given_name": "GIVEN NAME", "date_of_birth": "Date of Birth", "address_line_1": "Address line 1",
        "mobile": "Mobile tel no", "medicine": "Drug name", "provider": "Supplier", "specialty": "Dept",
        "consultant": "Consultant name", "registered_on": "Start date", "consent": "Consented",
        "consent_on": "Consent signed (date)", "last_prescription_on": "Rx date", "prescription_weeks": "Weeks supply",
        "last_delivery_on": "Last del. date", "next_delivery_on": "Delivery due", "last_blood_test_on": "Bloods",
    },
]  # fmt: skip


def _file_headed(theirs: dict[str, str]) -> bytes:
    """Return the hospital's first 300 rows under other headings, in another order."""
    order = random.Random(7).sample(sorted(theirs), len(theirs))
    with open_path(DATA / "register.csv") as source:
        table = find_table(source)
        columns = table.columns(as_at=AS_AT)
        rows = [cells for _, cells in list(table.rows(columns))[:300]]
    return csv_of(
        *({theirs[name]: str(cells[columns.positions[name]] or "") for name in order} for cells in rows),
        headings=[theirs[name] for name in order],
    )


@pytest.mark.parametrize("theirs", THEIRS, ids=["mine", "other", "third"])
def test_other_headings_in_another_order_are_understood(theirs: dict[str, str]) -> None:
    columns = find_table(source_of(_file_headed(theirs))).columns(as_at=AS_AT)
    assert columns.as_mapping() == theirs


def test_columns_under_meaningless_headings_are_known_by_their_contents() -> None:
    vague = {**MINE, "nhs_number": "Identifier A", "medicine": "Col 7", "provider": "Sent via", "postcode": "PC2"}
    names = Names(medicines=known().medicines.keys(), providers=known().providers.keys())
    mapping = find_table(source_of(_file_headed(vague))).columns(as_at=AS_AT, names=names).as_mapping()
    assert {name: mapping.get(name) for name in vague} == vague


def test_titles_above_the_headings_are_passed_over() -> None:
    with open_path(DATA / "register.xlsx") as source:
        assert find_table(source).heading_row == 3


def test_blank_subtotal_and_repeated_heading_lines_are_no_rows() -> None:
    lines = csv_of(PLAIN).decode().splitlines()
    content = "\n".join([*lines, "," * 11, "Total,1" + "," * 10, lines[0], lines[1]])
    assert [row.number for row in rows_of(source_of(content.encode()))] == [2, 6]


def test_what_was_passed_over_is_said() -> None:
    lines = csv_of(PLAIN).decode().splitlines()
    table = find_table(source_of("\n".join([*lines, "Total,1" + "," * 10]).encode()))
    list(table.rows(table.columns(as_at=AS_AT)))
    assert [(line.row, line.why, line.text) for line in table.passed_over] == [(3, "subtotal", "Total 1")]


def test_a_record_over_two_lines_has_the_number_of_its_first() -> None:
    first = {**PLAIN, "Notes": "rings\ntwice"}
    rows = rows_of(source_of(csv_of(first, {**first, "Hosp No": "M2"})))
    assert [(row.number, row.notes) for row in rows] == [(2, "rings\ntwice"), (4, "rings\ntwice")]


def test_a_mapping_decides_over_a_guess() -> None:
    content = csv_of({**PLAIN, "Known as": "Joe"})
    assert rows_of(source_of(content), {"given_name": "Known as"})[0].given_name == "Joe"


def test_a_field_mapped_to_nothing_has_no_column() -> None:
    assert rows_of(source_of(csv_of(PLAIN)), {"mobile": ""})[0].mobile_written == ""


@pytest.mark.parametrize(
    ("mapping", "words"),
    [({"surname": "Surname"}, "There is no field called surname"), ({"mobile": "Mob"}, "no column headed “Mob”")],
)
def test_a_mapping_of_what_does_not_exist_is_refused(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        rows_of(source_of(csv_of(PLAIN)), mapping)


@pytest.mark.parametrize(
    ("heading", "label"),
    [("NHS No", "NHS number"), ("Surname", "Family name"), ("DOB", "Date of birth"), ("Drug", "Medicine"),
     ("Homecare Co", "Homecare provider"), ("Hosp No", "Hospital number")],
)  # fmt: skip
def test_a_file_without_a_required_field_is_refused_by_name(heading: str, label: str) -> None:
    content = csv_of({key: value for key, value in PLAIN.items() if key != heading})
    with pytest.raises(FileRefused, match=f"No column was found for: {label}"):
        rows_of(source_of(content))


def test_a_record_with_more_values_than_headings_is_refused() -> None:
    with pytest.raises(FileRefused, match="Row 2 has 13 values under 12 headings"):
        rows_of(source_of(csv_of(PLAIN)[:-2] + b",Rheumatology\r\n"))
