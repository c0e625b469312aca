"""Deeds on an uploaded register before and after its commit: taken, its columns matched, discarded, reviewed."""

import datetime as dt
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import jobs
from homecare.core.errors import Refused
from homecare.desk.register import limits
from homecare.desk.register.columns import Columns, map_columns
from homecare.desk.register.columns import require as require_columns
from homecare.desk.register.errors import FileRefused
from homecare.desk.register.lookups import load_spellings
from homecare.desk.register.models import ColumnMapping, ImportProgress, RegisterFile, RegisterImport
from homecare.desk.register.reader import open_file
from homecare.desk.register.table import Table, find_table
from homecare.desk.register.values import written

Status = RegisterImport.Status
_SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of an uploaded file: its heading, some of its cells, and the field it is taken for."""

    position: int
    heading: str
    samples: tuple[str, ...]
    field: str


@action
def upload_register(
    *, file: IO[bytes], name: str, as_at: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> RegisterImport:
    """Keep an uploaded register and guess its columns, or refuse the file. Nothing of it is taken yet."""
    require(by, Permission.REGISTER_IMPORT)
    size = file.seek(0, 2)
    if size > limits.MAX_FILE_BYTES:
        raise FileRefused(f"The file is larger than {limits.MAX_FILE_BYTES // limits.MEGABYTE} MB.")
    file.seek(0)
    content = file.read()
    table = find_table(open_file(io.BytesIO(content)))
    columns = _remembered(table) or _guessed(table, as_at)
    kept = RegisterImport.objects.create(
        file_name=name[:255], file_sha256=hashlib.sha256(content).hexdigest(), file_bytes=size, as_at=as_at,
        columns=columns, headings=list(table.headings), note=table.note, uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    RegisterFile.objects.create(register_import=kept, content=content)
    return kept


def _guessed(table: Table, as_at: dt.date) -> dict[str, str]:
    return table.columns(as_at=as_at, names=load_spellings().names).as_mapping()


def _remembered(table: Table) -> dict[str, str] | None:
    found = ColumnMapping.objects.filter(headings_hash=headings_hash(table.headings)).first()
    return None if found is None else dict(found.columns)


def headings_hash(headings: tuple[str, ...] | list[str]) -> str:
    """Return what files with the same headings in the same order share."""
    plain = [" ".join(heading.split()).casefold() for heading in headings]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def columns_seen(kept: RegisterImport) -> list[ColumnSeen]:
    """Return the columns of an uploaded file with what they hold, for somebody to match."""
    table = find_table(open_file(io.BytesIO(bytes(kept.file.content))))
    taken_for = {heading: field for field, heading in reversed(list(kept.columns.items())) if heading}
    seen, used = [], set()
    for position, heading in enumerate(table.headings):
        cells = [written(row[position]) for row in table.sample if position < len(row) and row[position]]
        field = taken_for.get(heading, "") if heading not in used else ""
        used.add(heading)
        seen.append(ColumnSeen(position, heading, tuple(dict.fromkeys(cells))[:_SAMPLES], field))
    return seen


@action
def match_columns(
    *, kept: RegisterImport, columns: Mapping[str, str], by: User, at: dt.datetime, reason: str = ""
) -> RegisterImport:
    """Say which heading is which field, remember it for files with these headings, and have the rows checked.

    Refused when a field without which no row can be judged has no column.
    """
    require(by, Permission.REGISTER_IMPORT)
    locked = _locked(kept, Status.UPLOADED, Status.CHECKED, Status.REFUSED, Status.FAILED)
    headings = tuple(locked.headings)
    mapped = map_columns(headings, columns)
    require_columns(Columns(headings, {field: place for field, place in mapped.items() if place is not None}))
    locked.columns, locked.refusal = dict(columns), ""
    ColumnMapping.objects.update_or_create(
        headings_hash=headings_hash(headings),
        defaults={"headings": list(headings), "columns": dict(columns), "used_at": at, "used_by": by},
    )
    return _begin(locked, Status.CHECKING, "desk.check_register", at)


@action
def start_commit(*, kept: RegisterImport, by: User, at: dt.datetime, reason: str = "") -> RegisterImport:
    """Have a checked register taken in. Asked again while it waits, it is started again: it runs once."""
    require(by, Permission.REGISTER_IMPORT)
    locked = _locked(kept, Status.CHECKED, Status.COMMITTING, Status.FAILED)
    locked.committed_by = by
    return _begin(locked, Status.COMMITTING, "desk.commit_register", at)


def _begin(kept: RegisterImport, status: str, job: str, at: dt.datetime) -> RegisterImport:
    kept.status = status
    kept.save()
    ImportProgress.objects.update_or_create(
        register_import=kept, defaults={"stage": "Waiting to begin", "done": 0, "total": 0, "told_at": at}
    )
    jobs.start(job, import_id=kept.pk)
    return kept


@action
def discard(*, kept: RegisterImport, by: User, at: dt.datetime, reason: str = "") -> RegisterImport:
    """Put an upload away that is not to be committed. Its file is deleted; that it was there stays on record."""
    require(by, Permission.REGISTER_IMPORT)
    locked = _locked(kept, Status.UPLOADED, Status.CHECKED, Status.REFUSED, Status.FAILED)
    locked.status = Status.DISCARDED
    locked.save(update_fields=["status"])
    forget_file(locked)
    return locked


def forget_file(kept: RegisterImport) -> None:
    """Delete the uploaded file and its progress; the hash stays."""
    RegisterFile.objects.filter(pk=kept.pk).delete()
    ImportProgress.objects.filter(pk=kept.pk).delete()


@action
def review(*, kept: RegisterImport, note: str, by: User, at: dt.datetime, reason: str = "") -> RegisterImport:
    """Say that the rows of a committed register that needed somebody have been dealt with."""
    require(by, Permission.REGISTER_IMPORT)
    locked = _locked(kept, Status.COMMITTED)
    if locked.reviewed_at is not None:
        raise Refused(f"{locked.reviewed_by} has already reviewed this import.", code="already_reviewed")
    locked.reviewed_by, locked.reviewed_at, locked.review_note = by, at, note
    locked.save(update_fields=["reviewed_by", "reviewed_at", "review_note"])
    return locked


def _locked(kept: RegisterImport, *allowed: str) -> RegisterImport:
    locked = RegisterImport.objects.select_for_update(no_key=True).get(pk=kept.pk)
    if locked.status not in allowed:
        raise Refused(f"This import is {locked.get_status_display().lower()}: that cannot be done now.")
    return locked
