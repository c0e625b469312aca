"""The long work on an uploaded register, by a worker or by a person's button: check its rows, take it in.

Each may be lost or run twice without harm: the work is one transaction, and the import's status says whether it is
still to be done. How far it has come is told by a connection of its own.
"""

import datetime as dt
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

from homecare.accounts.models import User
from homecare.audit.actions import acting, action
from homecare.core.errors import Refused
from homecare.desk.register.commit import SourceOf, commit_register
from homecare.desk.register.decisions import Decision, Outcome, count
from homecare.desk.register.judging import ReadRegister, Tell, judge, read_register, tell_nobody
from homecare.desk.register.lookups import Spellings, load_known, load_spellings
from homecare.desk.register.models import RegisterFile, RegisterImport
from homecare.desk.register.reader import open_file
from homecare.desk.register.rows import RegisterRow
from homecare.desk.register.uploads import forget_file

Status = RegisterImport.Status
MOST_IN_PREVIEW: Final = 2_000
"""Rows worth looking at that a preview keeps; the counts are of all."""
_TELL_SECONDS: Final = 0.5


def check_register(*, import_id: int, at: dt.datetime, tell: Tell = tell_nobody) -> None:
    """Check the rows of an uploaded register and keep a preview. Does nothing unless it waits to be checked."""
    kept = RegisterImport.objects.select_related("uploaded_by").get(pk=import_id)
    if kept.status != Status.CHECKING:
        return
    try:
        register, spellings = _read(kept, tell)
        with transaction.atomic():
            known, _ = load_known(register.rows, spellings)
        decisions = judge(register, known)
        _keep_preview(kept=kept, register=register, decisions=decisions, by=kept.uploaded_by, at=at)
    except Refused as refusal:
        _fail(kept=kept, status=Status.REFUSED, words=refusal.message, by=kept.uploaded_by, at=at)


def commit_import(*, import_id: int, at: dt.datetime, tell: Tell = tell_nobody) -> None:
    """Take a checked register in. Does nothing unless it waits to be committed; killed, it leaves no trace."""
    kept = RegisterImport.objects.select_related("committed_by").get(pk=import_id)
    if kept.status != Status.COMMITTING or kept.committed_by is None:
        return
    by = kept.committed_by
    try:
        register, spellings = _read(kept, tell)
        source = SourceOf(kept.file_name, kept.file_sha256, kept.file_bytes)
        with acting(by=by):
            waits = RegisterImport.objects.select_for_update(no_key=True).get(pk=import_id)
            if waits.status != Status.COMMITTING:
                return
            commit_register(
                register=register, spellings=spellings, source=source, register_import=waits, by=by, at=at, tell=tell
            )
            forget_file(waits)
    except Refused as refusal:
        _fail(kept=kept, status=Status.FAILED, words=refusal.message, by=by, at=at)


def reread(kept: RegisterImport) -> tuple[ReadRegister, list[Decision]]:
    """Read an uploaded register again and judge it as things stand now."""
    register, spellings = _read(kept, tell_nobody)
    known, _ = load_known(register.rows, spellings)
    return register, judge(register, known)


def _read(kept: RegisterImport, tell: Tell) -> tuple[ReadRegister, Spellings]:
    spellings = load_spellings()
    file = RegisterFile.objects.filter(pk=kept.pk).first()
    if file is None:
        raise Refused("The uploaded file is no longer here: upload it again.")
    source = open_file(io.BytesIO(bytes(file.content)))
    mapping = {field: heading or "" for field, heading in kept.columns.items()}
    return read_register(source, as_at=kept.as_at, mapping=mapping, names=spellings.names, tell=tell), spellings


@action
def _keep_preview(
    *, kept: RegisterImport, register: ReadRegister, decisions: list[Decision], by: User, at: dt.datetime
) -> None:
    looked_at = [
        _preview_row(row, decision)
        for row, decision in zip(register.rows, decisions, strict=True)
        if row.problems or decision.reason or decision.warnings or decision.outcome is Outcome.UPDATED
    ]
    RegisterFile.objects.filter(pk=kept.pk).update(preview=looked_at[:MOST_IN_PREVIEW])
    kept.status, kept.refusal, kept.counts = Status.CHECKED, "", count(decisions)
    kept.passed_over = [[line.row, line.why, line.text] for line in register.passed_over]
    kept.note = register.table.note
    kept.save()


def _preview_row(row: RegisterRow, decision: Decision) -> dict[str, Any]:
    return {
        "number": row.number,
        "hospital_number": row.hospital_number,
        "name": f"{row.family_name.upper()}, {row.given_name}".strip(", "),
        "born": row.date_of_birth.isoformat() if row.date_of_birth else "",
        "patient": decision.person if decision.person is not None and decision.person > 0 else None,
        "outcome": str(decision.outcome),
        "reason": str(decision.reason or ""),
        "warnings": [str(warning) for warning in decision.warnings],
        "problems": [list(problem) for problem in row.problems],
        "medicine": row.medicine,
        "provider": row.provider,
    }


@action
def _fail(*, kept: RegisterImport, status: str, words: str, by: User, at: dt.datetime) -> None:
    kept.status, kept.refusal = status, words
    kept.save(update_fields=["status", "refusal"])


@contextmanager
def telling(import_id: int) -> Iterator[Tell]:
    """Give a way to tell how far the work has come, over a connection that is not in the work's transaction."""
    other = connection.copy()
    last = [0.0]

    def tell(stage: str, done: int, total: int) -> None:
        if time.monotonic() - last[0] < _TELL_SECONDS and done != total:
            return
        last[0] = time.monotonic()
        with suppress(DatabaseError), other.cursor() as cursor:  # a progress bar is not worth a failed import
            cursor.execute(
                "UPDATE desk_importprogress SET stage = %s, done = %s, total = %s, told_at = clock_timestamp() "
                "WHERE register_import_id = %s",
                [stage, done, total, import_id],
            )

    try:
        yield tell
    finally:
        other.close()
