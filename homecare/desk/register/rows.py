"""One row of a register: what was written, what it means, and what is wrong with which cell."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, NamedTuple

from homecare.desk.register import dates, values
from homecare.desk.register.columns import Columns
from homecare.desk.register.sheet_cells import Cell
from homecare.desk.register.values import ConsentGiven, ContactBy, RegisterStatus, Sex


class CellProblem(NamedTuple):
    """What is wrong with one cell: the field, what was written, and what to do."""

    field: str
    written: str
    words: str


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One row, normalised. `nhs_number` is None both when blank and when invalid; `nhs_number_written` tells which."""

    number: int
    problems: tuple[CellProblem, ...]
    hospital_number: str = ""
    nhs_number: str | None = None
    nhs_number_written: str = ""
    family_name: str = ""
    given_name: str = ""
    date_of_birth: date | None = None
    sex: Sex = Sex.NOT_KNOWN
    ethnicity: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    town: str = ""
    postcode: str = ""
    mobile: str = ""
    mobile_written: str = ""
    email: str = ""
    contact_by: ContactBy | None = None
    gp_practice: str = ""
    specialty: str = ""
    consultant: str = ""
    indication: str = ""
    medicine: str = ""
    strength_form: str = ""
    dose: str = ""
    frequency: str = ""
    provider: str = ""
    funding: str = ""
    tier: str = ""
    registered_on: date | None = None
    consent: ConsentGiven = ConsentGiven.MISSING
    consent_on: date | None = None
    status: RegisterStatus = RegisterStatus.ACTIVE
    last_prescription_on: date | None = None
    prescription_weeks: int | None = None
    number_of_deliveries: int | None = None
    last_delivery_on: date | None = None
    next_delivery_on: date | None = None
    last_blood_test_on: date | None = None
    notes: str = ""

    def normalised_values(self) -> dict[str, str]:
        """Return what the row says in one form, without blanks: what is compared, and kept as what it said."""
        said: dict[str, str] = {}
        for name in COMPARED:
            value = getattr(self, name)
            if value is not None and value != "":
                said[name] = value if isinstance(value, str) else str(value)
        return said

    @property
    def has_no_nhs_number(self) -> bool:
        """Whether nothing was written as an NHS number (an invalid one is something)."""
        return self.nhs_number is None and not self.nhs_number_written


_NOT_COMPARED: Final = {"number", "problems", "nhs_number_written", "mobile_written", "hospital_number"}
COMPARED: Final = tuple(f.name for f in fields(RegisterRow) if f.name not in _NOT_COMPARED)
_BY_LOOKUP: Final = frozenset({"medicine", "provider"})
_LETTER_CASE_COUNTS: Final = frozenset({"notes"})


def fingerprint(row: RegisterRow, *, medicine: str, brand: str, provider: str) -> str:
    """Return what two rows share when they say the same: letter case, spacing and spelling of names set aside."""
    said = [medicine, brand, provider]
    for name in COMPARED:
        if name not in _BY_LOOKUP:
            value = getattr(row, name)
            text = "" if value is None else value if isinstance(value, str) else str(value)
            said.append(text if name in _LETTER_CASE_COUNTS else text.casefold())
    return hashlib.blake2b("\x1f".join(said).encode(), digest_size=16).hexdigest()


class RowReader:
    """Turn the cells of one row after another into what they mean. Cells that repeat are worked out once."""

    def __init__(self, columns: Columns, *, as_at: date) -> None:
        self._as_at = as_at
        readers = self._readers()
        self._plan = [
            (name, position, readers.get(name) or _text_reader(LONGEST.get(name, _LONGEST_TEXT)))
            for name, position in columns.positions.items()
        ]
        self._known: dict[str, dict[Cell, tuple[Any, str]]] = {name: {} for name, _, _ in self._plan}

    def read(self, number: int, cells: Sequence[Cell]) -> RegisterRow:
        """Return the row as it is understood."""
        found: dict[str, Any] = {}
        problems: list[CellProblem] = []
        for name, position, reader in self._plan:
            cell = cells[position]
            if cell is None or cell == "":
                continue
            known = self._known[name]
            result = known.get(cell)
            if result is None:
                result = reader(cell)
                if len(known) < 20_000:
                    known[cell] = result
            value, words = result
            if words:
                problems.append(CellProblem(name, values.written(cell), words))
            if value is not None:
                found[name] = value
        self._complete(found, cells)
        return RegisterRow(number=number, problems=tuple(problems), **found)

    def _complete(self, found: dict[str, Any], cells: Sequence[Cell]) -> None:
        """Add what one cell says about another: what was written as numbers, and a consent given as a date."""
        for name, position, _ in self._plan:
            if name in ("nhs_number", "mobile"):
                found[f"{name}_written"] = values.tidy(cells[position])
        if isinstance(found.get("consent"), date):
            found.setdefault("consent_on", found["consent"])
            found["consent"] = ConsentGiven.GIVEN

    def _readers(self) -> dict[str, Callable[[Cell], tuple[Any, str]]]:
        date_fields = (
            "registered_on", "consent_on", "last_prescription_on", "last_delivery_on", "next_delivery_on",
            "last_blood_test_on",
        )  # fmt: skip
        return {
            "hospital_number": _read_hospital_number,
            "nhs_number": _read_nhs_number,
            "family_name": _read_name,
            "given_name": _read_name,
            "date_of_birth": self._read_birth,
            "sex": _read_or("sex", values.read_sex),
            "postcode": _read_postcode,
            "mobile": _read_mobile,
            "email": _read_or("email address", values.read_email),
            "contact_by": _read_or("way of contact", values.read_contact_by),
            "consent": self._read_consent,
            "status": _read_status,
            "prescription_weeks": _read_or("whole number", values.read_whole),
            "number_of_deliveries": _read_or("whole number", values.read_whole),
            "notes": lambda cell: (values.written(cell), ""),
            **dict.fromkeys(date_fields, self._read_date),
        }

    def _read_birth(self, cell: Cell) -> tuple[date | None, str]:
        found = dates.read_birth(cell, as_at=self._as_at)
        if found is None and not values.tidy(cell):
            return None, ""
        return found, "" if found else "This is not a day on which this patient can have been born."

    def _read_date(self, cell: Cell) -> tuple[date | None, str]:
        found = dates.read_date(cell, as_at=self._as_at)
        if found is None:
            return None, "" if not values.tidy(cell) else "This is not a date: write it as 31/12/2026."
        if not _EARLIEST <= found.year <= self._as_at.year + _YEARS_AHEAD:
            return None, "This date is too far away to be right."
        return found, ""

    def _read_consent(self, cell: Cell) -> tuple[ConsentGiven | date, str]:
        said = values.read_consent(cell)
        if said is ConsentGiven.MISSING and (on := dates.read_date(cell, as_at=self._as_at)) and on <= self._as_at:
            return on, ""
        words = "" if said is not ConsentGiven.MISSING or not values.tidy(cell) else "Neither yes nor no."
        return said, words


LONGEST: Final = {
    "ethnicity": 40, "address_line_1": 120, "address_line_2": 120, "town": 80, "gp_practice": 120, "specialty": 60,
    "consultant": 80, "indication": 200, "strength_form": 60, "dose": 58, "frequency": 60, "postcode": 8,
    "family_name": 100, "given_name": 100, "hospital_number": 20,
}  # fmt: skip
"""Characters that a field can hold. What is written longer is kept whole beside the row."""
_LONGEST_TEXT: Final = 200
_EARLIEST: Final = 1970
_YEARS_AHEAD: Final = 10


def _text_reader(longest: int) -> Callable[[Cell], tuple[str, str]]:
    return lambda cell: _cut(values.tidy(cell), longest)


def _cut(text: str, longest: int) -> tuple[str, str]:
    return text[:longest], "" if len(text) <= longest else f"This is longer than {longest} characters; it was cut."


def _read_name(cell: Cell) -> tuple[str, str]:
    return _cut(values.tidy_name(values.written(cell)), LONGEST["family_name"])


def _read_hospital_number(cell: Cell) -> tuple[str, str]:
    number = values.tidy(cell).upper()
    if len(number) > LONGEST["hospital_number"]:
        return "", "This is too long for a hospital number."
    return number, ""


def _read_nhs_number(cell: Cell) -> tuple[str | None, str]:
    text = values.written(cell)
    found = values.read_nhs_number(text)
    return found, "" if found or not text.strip() else "This is not an NHS number: its check digit does not fit."


def _read_mobile(cell: Cell) -> tuple[str | None, str]:
    text = values.tidy(cell)
    found = values.read_mobile(text)
    return found, "" if found or not text else "No text message can reach this number."


def _read_postcode(cell: Cell) -> tuple[str, str]:
    text = values.tidy(cell)
    found = values.read_postcode(text)
    kept = found or (text if len(text) <= LONGEST["postcode"] else "")
    return kept, "" if found or not text else "This is not a postcode."


def _read_status(cell: Cell) -> tuple[RegisterStatus, str]:
    found = values.read_status(cell)
    if found is None:
        return (
            RegisterStatus.SUSPENDED,
            "This status is not known; the enrolment is put on hold until somebody decides.",
        )
    return found, ""


def _read_or(what: str, read: Callable[[Cell], Any]) -> Callable[[Cell], tuple[Any, str]]:
    def reader(cell: Cell) -> tuple[Any, str]:
        if not values.tidy(cell):
            return None, ""
        found = read(cell)
        return found, "" if found is not None else f"This is not a known {what}."

    return reader
