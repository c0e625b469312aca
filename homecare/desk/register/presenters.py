"""What the import pages show: counts in words, and each problem beside its cell."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homecare.desk.register.decisions import Reason, Warn
from homecare.desk.register.exports import to_csv, to_xlsx
from homecare.desk.register.fields import BY_NAME
from homecare.desk.register.inert import REASON_HEADING
from homecare.desk.register.models import ImportProgress, RegisterImport, RegisterImportRow
from homecare.desk.register.sheet_cells import Cell

Status = RegisterImport.Status
STALLED_AFTER: Final = dt.timedelta(seconds=15)
OUTCOMES: Final = {
    "CREATED": "New treatments",
    "UPDATED": "Changed treatments",
    "UNCHANGED": "Unchanged treatments",
    "SKIPPED": "Rows that stand twice",
    "REJECTED": "Rejected rows",
}
WORDS: Final[dict[str, str]] = {
    Reason.DATE_OF_BIRTH_INVALID: "The date of birth is missing or cannot be right.",
    Reason.NHS_NUMBER_INVALID: "The NHS number is not one: its digits do not fit together.",
    Reason.IDENTITY_CONFLICT: "The NHS or hospital number belongs to somebody with other particulars.",
    Reason.MEDICINE_UNKNOWN: "The medicine is not in the formulary under this name.",
    Reason.PROVIDER_UNKNOWN: "No homecare provider is known by this name.",
    Reason.DUPLICATE_ROW: "An earlier row says the same.",
    Warn.NHS_NUMBER_MISSING: "No NHS number.",
    Warn.CONSENT_MISSING: "No consent: nobody is messaged until it is recorded.",
    Warn.DELIVERED_BEFORE_REGISTERED: "The last delivery is earlier than the registration.",
    Warn.MOBILE_UNUSABLE: "The mobile number cannot be texted.",
}
TAGS: Final = {
    "UPLOADED": "blue", "CHECKING": "blue", "CHECKED": "amber", "COMMITTING": "blue", "COMMITTED": "green",
    "REFUSED": "red", "FAILED": "red", "DISCARDED": "grey",
}  # fmt: skip
_FIELD_OF_REASON: Final[dict[str, str]] = {Reason.MEDICINE_UNKNOWN: "medicine", Reason.PROVIDER_UNKNOWN: "provider"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One count, and how to see its rows."""

    words: str
    number: int
    show: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell with what is wrong with it."""

    field: str
    written: str
    words: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row as the pages show it."""

    number: int
    who: str
    born: str
    hospital_number: str
    outcome: str
    is_rejected: bool
    words: tuple[str, ...]
    problems: tuple[Problem, ...]


def figures(counts: dict[str, int]) -> list[Figure]:
    """Return the counts that say something: outcomes first, then reasons and warnings."""
    found = [
        Figure(words, counts.get(outcome, 0), outcome, outcome == "REJECTED" and counts.get(outcome, 0) > 0)
        for outcome, words in OUTCOMES.items()
    ]
    details = [(name, number) for name, number in counts.items() if " " in name and number]
    for name, number in sorted(details, key=lambda detail: -detail[1]):
        outcome, code = name.split(" ", 1)
        if code != Reason.DUPLICATE_ROW:
            found.append(Figure(WORDS.get(code, code).rstrip("."), number, code, outcome == "REJECTED"))
    return _merged(found)


def _merged(found: list[Figure]) -> list[Figure]:
    """Add up the same warning on created and updated rows."""
    merged: dict[str, Figure] = {}
    for figure in found:
        before = merged.get(figure.show)
        number = figure.number + (before.number if before else 0)
        merged[figure.show] = Figure(figure.words, number, figure.show, figure.is_bad)
    return list(merged.values())


def preview_rows(preview: Sequence[dict[str, Any]], show: str) -> list[dict[str, Any]]:
    """Return the preview's rows of one outcome, reason or warning; of all without one."""
    return [row for row in preview if not show or show in (row["outcome"], row["reason"], *row["warnings"])]


def shown_in_preview(rows: Iterable[dict[str, Any]]) -> list[RowShown]:
    """Return the preview's rows as the page shows them."""
    return [
        RowShown(
            number=row["number"],
            who=row["name"],
            born=row["born"],
            hospital_number=row["hospital_number"],
            outcome=row["outcome"],
            is_rejected=row["outcome"] == "REJECTED",
            words=_words(row["reason"], row["warnings"]),
            problems=_problems(row["problems"], row["reason"], {name: row[name] for name in ("medicine", "provider")}),
        )
        for row in rows
    ]


def shown_on_record(rows: Iterable[RegisterImportRow]) -> list[RowShown]:
    """Return committed rows as the page shows them."""
    return [
        RowShown(
            number=row.number,
            who="",
            born="",
            hospital_number=row.hospital_number,
            outcome=row.outcome,
            is_rejected=row.outcome == "REJECTED",
            words=_words(row.reason, row.warnings),
            problems=_problems(row.problems or [], row.reason, {}),
        )
        for row in rows
    ]


def _words(reason: str, warnings: Sequence[str]) -> tuple[str, ...]:
    return tuple(WORDS.get(code, code) for code in ([reason] if reason else []) + list(warnings))


def _problems(problems: Sequence[Sequence[str]], reason: str, cells: dict[str, str]) -> tuple[Problem, ...]:
    found = [Problem(_field(field), written, words) for field, written, words in problems]
    field = _FIELD_OF_REASON.get(reason)
    if field in cells:
        found.append(Problem(_field(field), cells[field], WORDS[reason]))
    return tuple(found)


def _field(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name


@dataclass(frozen=True, slots=True)
class ProgressShown:
    """How far the work has come."""

    stage: str
    done: int
    total: int
    is_stalled: bool
    is_over: bool

    @property
    def per_cent(self) -> int:
        """The share done, in whole per cent."""
        return 100 * self.done // self.total if self.total else 0


def progress(kept: RegisterImport, told: ImportProgress | None, *, now: dt.datetime) -> ProgressShown:
    """Return how far the work has come; stalled when nothing was told for a while."""
    is_over = kept.status not in (Status.CHECKING, Status.COMMITTING)
    if told is None:
        return ProgressShown("Waiting to begin", 0, 0, is_stalled=not is_over, is_over=is_over)
    is_stalled = not is_over and now - told.told_at > STALLED_AFTER
    return ProgressShown(told.stage, told.done, told.total, is_stalled, is_over)


def rejected_file(
    headings: Sequence[str], rows: Iterable[tuple[Sequence[Cell], str]], *, kind: str
) -> tuple[bytes, str]:
    """Return the rejected rows as written, each with why, as a file that can be corrected and uploaded again.

    The heading of the last column says that the file was written here; a column of that name is not written twice.
    """
    own = list(headings)
    if own and own[-1] == REASON_HEADING:
        own.pop()
    lines = [[*_padded(cells, len(own)), WORDS.get(reason, reason)] for cells, reason in rows]
    if kind == "csv":
        return to_csv([*own, REASON_HEADING], lines), "text/csv; charset=utf-8"
    content = to_xlsx([*own, REASON_HEADING], lines, title="Rejected rows")
    return content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells[:width], *[""] * (width - len(cells))]
