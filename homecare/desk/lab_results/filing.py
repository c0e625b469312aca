"""Results from a pathology extract filed in one transaction: what is new, what is on record, what needs a person."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import LONDON
from homecare.desk.lab_results.reading import LabRow
from homecare.desk.lab_results.values import read_range
from homecare.desk.register import staging
from medicines.models import Analyte
from medicines.names import all_analytes, normalise
from monitoring import actions as monitoring

HERE: Final = Path(__file__).parent
_LONGEST_VALUE, _LONGEST_UNIT = 60, 30
_PATIENTS_AT_ONCE: Final = 5_000
_STAGED: Final = (
    ("position", "integer"), ("patient_id", "bigint"), ("test_type_id", "bigint"), ("analyte_id", "bigint"),
    ("taken_at", "timestamptz"), ("value_text", "text"), ("value_number", "numeric"), ("comparator", "text"),
    ("unit", "text"), ("reference_low", "numeric"), ("reference_high", "numeric"),
)  # fmt: skip
_REVIEWED: Final = (("row_hash", "text"), ("number", "integer"), ("reason", "text"), ('"values"', "jsonb"))


class LabOutcome(StrEnum):
    """What becomes of a result."""

    CREATED = "CREATED"
    UNCHANGED = "UNCHANGED"
    SKIPPED = "SKIPPED"
    REVIEW = "REVIEW"


class LabReason(StrEnum):
    """Why a result is not filed; all but the last put it on the review list."""

    PATIENT_UNKNOWN = "nhs_number_unknown"
    ANALYTE_UNKNOWN = "analyte_unknown"
    DATE_INVALID = "date_invalid"
    VALUE_TOO_LONG = "value_too_long"
    VALUE_DIFFERS = "value_differs"
    DUPLICATE_ROW = "duplicate_row"


@dataclass(slots=True)
class LabDecision:
    """What becomes of one result."""

    row: LabRow
    outcome: LabOutcome = LabOutcome.CREATED
    reason: LabReason | None = None
    patient_id: int = 0
    analyte_id: int = 0

    def as_report(self) -> dict[str, Any]:
        """Return the row's line in the report."""
        return {
            "row": self.row.number,
            "nhs_number": self.row.nhs_number_written,
            "outcome": str(self.outcome),
            "reason": None if self.reason is None else str(self.reason),
            "warnings": [],
        }


def count(decisions: Iterable[LabDecision]) -> dict[str, int]:
    """Return a number for each outcome and each outcome with its reason."""
    counted = Counter({str(outcome): 0 for outcome in LabOutcome})
    for decision in decisions:
        counted[str(decision.outcome)] += 1
        if decision.reason is not None:
            counted[f"{decision.outcome} {decision.reason}"] += 1
    return dict(counted)


def preview_lab_results(rows: Sequence[LabRow]) -> list[LabDecision]:
    """Return what would become of each result. Only temporary tables are written."""
    with transaction.atomic():
        return _decide(rows)


@action
def file_lab_results(
    *, rows: Sequence[LabRow], source: str, by: User, at: dt.datetime, reason: str = ""
) -> list[LabDecision]:
    """File what is new, put what needs a person on the review list, and close the tests that the results answer."""
    require(by, Permission.LAB_RESULTS_IMPORT)
    decisions = _decide(rows)
    new = [decision for decision in decisions if decision.outcome is LabOutcome.CREATED]
    _stage(new)
    staging.create("lab_review", _REVIEWED)
    staging.copy("lab_review", [name for name, _ in _REVIEWED], map(_to_review, _reviewed(decisions).items()))
    staging.run(HERE / "file.sql", at=at, source=source[:120])
    patients = sorted({decision.patient_id for decision in new})
    for first in range(0, len(patients), _PATIENTS_AT_ONCE):
        monitoring.match_results(patient_ids=patients[first : first + _PATIENTS_AT_ONCE], by=by, at=at)
    return decisions


def _decide(rows: Sequence[LabRow]) -> list[LabDecision]:
    patients, analytes = _patients(rows), all_analytes()
    said: dict[tuple[int, int, dt.datetime], tuple[str, str]] = {}
    decisions = []
    for row in rows:
        decision = LabDecision(
            row,
            patient_id=patients.get(row.nhs_number or "", 0),
            analyte_id=analytes.get(normalise(row.analyte), 0),
        )
        decision.reason = _why_not_filed(decision) or _said_before(decision, said)
        if decision.reason is LabReason.DUPLICATE_ROW:
            decision.outcome = LabOutcome.SKIPPED
        elif decision.reason is not None:
            decision.outcome = LabOutcome.REVIEW
        decisions.append(decision)
    _compare([decision for decision in decisions if decision.outcome is LabOutcome.CREATED])
    return decisions


def _why_not_filed(decision: LabDecision) -> LabReason | None:
    row = decision.row
    if not decision.patient_id:
        return LabReason.PATIENT_UNKNOWN
    if not decision.analyte_id:
        return LabReason.ANALYTE_UNKNOWN
    if row.taken_at is None:
        return LabReason.DATE_INVALID
    is_long = len(row.value.text) > _LONGEST_VALUE or len(row.unit) > _LONGEST_UNIT
    return LabReason.VALUE_TOO_LONG if is_long else None


def _said_before(decision: LabDecision, said: dict[tuple[int, int, dt.datetime], tuple[str, str]]) -> LabReason | None:
    """Hold a result against an earlier one of the same file and the same sample."""
    row = decision.row
    assert row.taken_at is not None
    sample, value = (decision.patient_id, decision.analyte_id, row.taken_at), (row.value.text, row.unit)
    if sample not in said:
        said[sample] = value
        return None
    return LabReason.DUPLICATE_ROW if said[sample] == value else LabReason.VALUE_DIFFERS


def _compare(decisions: Sequence[LabDecision]) -> None:
    """Hold what would be filed against what is on record."""
    _stage(decisions)
    with connection.cursor() as cursor:
        cursor.execute((HERE / "compare.sql").read_text())
        for position, outcome in cursor:
            decision = decisions[position]
            decision.outcome = LabOutcome(outcome)
            decision.reason = LabReason.VALUE_DIFFERS if decision.outcome is LabOutcome.REVIEW else None


def _stage(decisions: Sequence[LabDecision]) -> None:
    test_types = dict(Analyte.objects.values_list("pk", "test_type_id"))
    staging.create("lab_row", _STAGED)
    staging.copy(
        "lab_row",
        [name for name, _ in _STAGED],
        (_staged(position, decision, test_types) for position, decision in enumerate(decisions)),
    )
    staging.analyse("lab_row")


def _staged(position: int, decision: LabDecision, test_types: dict[int, int]) -> tuple[Any, ...]:
    row = decision.row
    assert row.taken_at is not None
    low, high = read_range(row.reference_range)
    return (
        position, decision.patient_id, test_types[decision.analyte_id], decision.analyte_id,
        row.taken_at.replace(tzinfo=LONDON), row.value.text, row.value.number, row.value.comparator, row.unit,
        low, high,
    )  # fmt: skip


def _reviewed(decisions: Iterable[LabDecision]) -> dict[str, LabDecision]:
    """Return what goes on the review list by the hash of what it says: a row that comes twice is listed once."""
    found: dict[str, LabDecision] = {}
    for decision in decisions:
        if decision.outcome is LabOutcome.REVIEW:
            text = json.dumps(_as_written(decision.row), sort_keys=True)
            found.setdefault(hashlib.sha256(text.encode()).hexdigest(), decision)
    return found


def _to_review(entry: tuple[str, LabDecision]) -> tuple[Any, ...]:
    row_hash, decision = entry
    assert decision.reason is not None
    return row_hash, decision.row.number, decision.reason.name, staging.Json(_as_written(decision.row))


def _as_written(row: LabRow) -> dict[str, str]:
    return {
        "nhs_number": row.nhs_number_written,
        "taken_at": row.taken_at_written,
        "test_type": row.test_type,
        "analyte": row.analyte,
        "value": row.value.text,
        "unit": row.unit,
        "reference_range": row.reference_range,
    }


def _patients(rows: Sequence[LabRow]) -> dict[str, int]:
    numbers = sorted({row.nhs_number for row in rows if row.nhs_number})
    with connection.cursor() as cursor:
        cursor.execute("SELECT nhs_number, id FROM patients_patient WHERE nhs_number = ANY(%s)", [numbers])
        return dict(cursor.fetchall())
