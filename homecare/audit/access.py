"""Who was looked at: collected while an answer is made, written as one entry before it leaves.

A queryset that may show patients is `watched()`; whatever else shows one calls `collect`. The middleware writes the
entry. A command or task that makes a file for somebody calls `record_access` itself.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from django.db import models

from homecare.audit.context import current_request_id
from homecare.audit.models import PatientAccess
from homecare.core.errors import Refused

Purpose = PatientAccess.Purpose
PURPOSE_OF_ROLE = {"AUDITOR": Purpose.AUDIT, "PROVIDER_CLIENT": Purpose.PROVIDER, "FINANCE": Purpose.ADMINISTRATION}


@dataclass
class Seen:
    """The patients shown by the answer that is being made, and the file it is, if it is one."""

    patient_ids: set[int] = field(default_factory=set)
    recorded: set[int] = field(default_factory=set)
    purpose: str = ""
    file_sha256: str = ""
    file_rows: int | None = None

    def take(self) -> list[int]:
        """Return those not yet on record, and count them as recorded."""
        new = sorted(self.patient_ids - self.recorded)
        self.recorded |= self.patient_ids
        return new


_seen: ContextVar[Seen | None] = ContextVar("audit_seen", default=None)


def collect(patient_ids: Iterable[int | None], *, purpose: str = "") -> None:
    """Note that the answer being made shows these patients. Outside a request nothing is shown, and nothing noted."""
    seen = _seen.get()
    if seen is not None:
        seen.patient_ids.update(pk for pk in patient_ids if pk is not None)
        seen.purpose = purpose or seen.purpose


def collect_file(content: bytes, *, rows: int) -> None:
    """Note that the answer is this file, so that a copy found elsewhere can be told."""
    seen = _seen.get()
    if seen is not None:
        seen.purpose, seen.file_rows = Purpose.EXPORT, rows
        seen.file_sha256 = hashlib.sha256(content).hexdigest()


@contextmanager
def looking(seen: Seen) -> Iterator[Seen]:
    """Collect into this for a block."""
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def record_access(
    *,
    user: Any,
    patient_ids: Iterable[int],
    view: str,
    purpose: str = "",
    ip_address: str | None = None,
    file_sha256: str = "",
    file_rows: int | None = None,
) -> PatientAccess:
    """Write that this user was shown these patients. Nobody's look is refused."""
    if user is None or user.pk is None:
        raise Refused("Patients are shown to somebody who is signed in, or not at all.", code="no_actor")
    return PatientAccess.objects.create(
        user_id=user.pk,
        role=user.role,
        patient_ids=sorted(patient_ids),
        purpose=purpose or PURPOSE_OF_ROLE.get(user.role, Purpose.DIRECT_CARE),
        view=view[:200],
        request_id=current_request_id(),
        ip_address=ip_address,
        file_sha256=file_sha256,
        file_rows=file_rows,
    )


Record = TypeVar("Record", bound=models.Model, covariant=True)


class WatchedQuerySet(models.QuerySet[Record]):
    """A queryset that notes the patients of the rows it fetches, once it is `watched()`: `visible_to` says so.

    Records are noted, and dictionaries of `values()` that name the patient. Tuples of `values_list()` and counts name
    nobody: who shows patients from those calls `collect`.
    """

    patient_attribute = "patient_id"
    _is_watched = False

    def watched(self) -> Self:
        """Note whose rows are fetched from here on."""
        clone = self.all()
        clone._is_watched = True
        return clone

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Fetch piece by piece, noting as it goes."""
        for row in super().iterator(*args, **kwargs):
            self._note([row])
            yield row

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new:
            self._note(self._result_cache or [])

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._is_watched = self._is_watched
        return clone

    def _note(self, rows: Iterable[Any]) -> None:
        if self._is_watched and _seen.get() is not None:
            collect(filter(None, (self._patient_of(row) for row in rows)))

    def _patient_of(self, row: Any) -> int | None:
        if not isinstance(row, dict):
            found = getattr(row, self.patient_attribute, None)
        else:
            said = self.patient_attribute
            names = ("pk", "id") if said == "pk" else (said, said.removesuffix("_id"))
            found = next((row[name] for name in names if name in row), None)
        return int(found) if found is not None else None


def looked_at(patient_id: int, *, limit: int = 100) -> list[PatientAccess]:
    """Return who looked at this patient, newest first, each with its user."""
    return list(PatientAccess.objects.of_patient(patient_id).select_related("user")[:limit])
