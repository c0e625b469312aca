"""The commit of a register: one transaction, all or nothing, a handful of statements however many rows there are.

Rows are staged by COPY and written by `INSERT ... SELECT`, and the database's triggers write the history of all of
them (`make bench` holds it against plain SQL). A process that is killed at any moment leaves nothing: the staging
tables are temporary and the transaction is one.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, connection

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.desk.register import changes, planning, staging
from homecare.desk.register.changes_supply import Writer, change_supply, change_tests
from homecare.desk.register.decisions import Decision, Known, Outcome, count
from homecare.desk.register.judging import ReadRegister, Tell, judge, tell_nobody
from homecare.desk.register.lookups import KnownTreatment, Spellings, load_known
from homecare.desk.register.models import RegisterImport
from homecare.desk.register.planning import ImportPlan
from homecare.desk.register.reference import Reference, load_reference
from homecare.desk.sweep.actions import mark_import

HERE: Final = Path(__file__).parent
_ONE_AT_A_TIME: Final = 7_202_611_021
"""The advisory lock of imports: two registers at once could each bring the same patient."""
_ROW_COLUMNS: Final = (
    "id", "register_import_id", "number", "hospital_number", "outcome", "reason", "warnings", "problems", "cells",
    "said", "fingerprint", "enrolment_id",
)  # fmt: skip
_COVER_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class SourceOf:
    """Which file it was."""

    name: str
    sha256: str
    size: int


def source_of(name: str, content: bytes) -> SourceOf:
    """Return what identifies a file."""
    return SourceOf(name[:255], hashlib.sha256(content).hexdigest(), len(content))


@action
def commit_register(
    *,
    register: ReadRegister,
    spellings: Spellings,
    source: SourceOf,
    by: User,
    at: dt.datetime,
    register_import: RegisterImport | None = None,
    tell: Tell = tell_nobody,
    reason: str = "",
) -> tuple[RegisterImport, list[Decision]]:
    """Take a register in whole, and return what it is on record as and what became of each row.

    Everything is judged again here, within the transaction. The same register again changes nothing and says so.
    """
    require(by, Permission.REGISTER_IMPORT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    try:
        known, treatments = load_known(register.rows, spellings)
        decisions = judge(register, known)
        kept = _record(register, decisions, source, register_import, by=by, at=at)
        why = f"From the register {source.name}, as at {register.as_at:%-d %B %Y}"
        writer = Writer(by=by, at=at, as_at=register.as_at, why=why)
        reference = load_reference(_taken(register, decisions))
        plan = _create(register, decisions, known, treatments, reference, writer, tell=tell)
        _change(register, decisions, known, treatments, plan, reference, writer, tell=tell)
        enrolments = {key: found.enrolment_id for key, found in treatments.items()} | plan.enrolment_ids
        _keep_rows(register, decisions, kept, enrolments, tell=tell)
        mark_import(by=by, at=at)
    except IntegrityError as error:
        raise Refused(
            "Somebody changed a patient of this register while it came in, so nothing was taken. Try again.",
            code="import_overtaken",
        ) from error
    return kept, decisions


def _record(
    register: ReadRegister,
    decisions: list[Decision],
    source: SourceOf,
    register_import: RegisterImport | None,
    *,
    by: User,
    at: dt.datetime,
) -> RegisterImport:
    """Write down who imported what, and how it came out."""
    counts = count(decisions)
    kept = register_import or RegisterImport(
        file_name=source.name, file_sha256=source.sha256, file_bytes=source.size, as_at=register.as_at,
        uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    kept.status, kept.refusal = RegisterImport.Status.COMMITTED, ""
    kept.columns, kept.headings = register.columns.as_mapping(), list(register.headings)
    kept.note, kept.counts = register.table.note, counts
    kept.passed_over = [[line.row, line.why, line.text] for line in register.passed_over]
    kept.needs_review = any(n for name, n in counts.items() if " " in name and not name.startswith("UNCHANGED"))
    kept.committed_by, kept.committed_at = by, at
    kept.save()
    return kept


def _taken(register: ReadRegister, decisions: list[Decision]) -> Iterator[tuple[Any, int, int]]:
    for row, decision in zip(register.rows, decisions, strict=True):
        if decision.outcome in (Outcome.CREATED, Outcome.UPDATED) and decision.medicine and decision.provider:
            yield row, decision.medicine.id, decision.provider


def _create(
    register: ReadRegister,
    decisions: list[Decision],
    known: Known,
    treatments: dict[tuple[int, int], KnownTreatment],
    reference: Reference,
    writer: Writer,
    *,
    tell: Tell,
) -> ImportPlan:
    """Write all that the register brings anew."""
    as_at = register.as_at
    dead = {person.key for person in known.people if person.deceased}
    plan = planning.plan_import(
        register.rows,
        decisions,
        reference,
        as_at=as_at,
        take_ids=staging.take_ids,
        dead=dead,
        restarted=set(changes.restarts(register.rows, decisions, treatments, dead)),
    )
    total = len(plan.treatments)
    if not total:
        return plan
    tell("Writing", 0, total)
    _stage("register_person", planning.PERSON_COLUMNS, plan.people)
    _stage("register_treatment", planning.TREATMENT_COLUMNS, (treatment.staged for treatment in plan.treatments))
    _stage("register_test", planning.TEST_COLUMNS, planning.tests_planned(plan, reference.phases, as_at=as_at))
    staging.analyse("register_person", "register_treatment", "register_test")
    staging.run(HERE / "create.sql", at=writer.at, by=writer.by.pk, as_at=as_at, why=writer.why)
    for first in range(0, total, _COVER_BATCH):
        batch = plan.treatments[first : first + _COVER_BATCH]
        staging.copy(
            "patients_cover", [name for name, _ in planning.COVER_COLUMNS], planning.covers(batch, as_at=as_at)
        )
        tell("Working out cover", first + len(batch), total)
    return plan


def _change(
    register: ReadRegister,
    decisions: list[Decision],
    known: Known,
    treatments: dict[tuple[int, int], KnownTreatment],
    plan: ImportPlan,
    reference: Reference,
    writer: Writer,
    *,
    tell: Tell,
) -> None:
    """Write all that the register says differently from before."""
    by, at, why = writer.by, writer.at, writer.why
    without = {person.key for person in known.people if person.nhs_number is None}
    changes.fill_nhs_numbers(register.rows, decisions, known_without=without)
    found = changes.find_changes(register.rows, decisions, treatments, plan.enrolment_ids)
    if found:
        changes.apply_changes(found, reference, register.as_at, why=why, by=by, at=at, tell=tell)
        change_supply(found, reference, writer)
        change_tests(found, reference, writer)
        changes.change_states(found, as_at=register.as_at, why=why, by=by, at=at)
    changes.record_deaths(plan.died, why=why, by=by, at=at)


def _stage(table: str, columns: tuple[tuple[str, str], ...], rows: Any) -> None:
    staging.create(table, columns)
    staging.copy(table, [name for name, _ in columns], rows)


def _keep_rows(
    register: ReadRegister,
    decisions: list[Decision],
    kept: RegisterImport,
    enrolments: dict[tuple[int, int], int],
    *,
    tell: Tell,
) -> None:
    """Write what became of each row and what it said, and point each enrolment at the row that spoke of it last."""
    ids = staging.take_ids("desk_registerimportrow", len(decisions))
    latest: dict[int, tuple[int, str]] = {}

    def rows() -> Iterator[tuple[Any, ...]]:
        for position, (row, decision, pk) in enumerate(zip(register.rows, decisions, ids, strict=True)):
            enrolment = _enrolment_of(decision, enrolments)
            is_new = decision.outcome in (Outcome.CREATED, Outcome.UPDATED)
            if is_new and enrolment is not None:
                latest[enrolment] = pk, decision.fingerprint
            as_written = row.problems or decision.reason is not None
            yield (
                pk, kept.pk, row.number, row.hospital_number[:200], str(decision.outcome), str(decision.reason or ""),
                [str(warning) for warning in decision.warnings],
                staging.Json([list(problem) for problem in row.problems]) if row.problems else None,
                staging.Json(register.cells(position)) if as_written else None,
                staging.Json(row.normalised_values()) if is_new else None,
                decision.fingerprint, enrolment,
            )  # fmt: skip

    staging.copy("desk_registerimportrow", _ROW_COLUMNS, rows())
    staging.create("register_latest", (("enrolment_id", "bigint"), ("row_id", "bigint"), ("fingerprint", "text")))
    staging.copy(
        "register_latest",
        ("enrolment_id", "row_id", "fingerprint"),
        ((enrolment, *last) for enrolment, last in latest.items()),
    )
    staging.run(HERE / "latest.sql")
    tell("Writing", len(decisions), len(decisions))


def _enrolment_of(decision: Decision, enrolments: dict[tuple[int, int], int]) -> int | None:
    if decision.person is None or decision.medicine is None or decision.outcome is Outcome.REJECTED:
        return None
    return enrolments.get((decision.person, decision.medicine.id))
