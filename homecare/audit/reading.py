"""What became of a record, in words: who changed what, from what to what, when and why."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import formats, timezone
from django.utils.text import capfirst

from homecare.audit.policy import history_model
from homecare.core.history import HistorySource

KINDS = {"+": "Created", "~": "Changed", "-": "Deleted"}
NOTHING = "nothing"


@dataclass(frozen=True)
class FieldChange:
    """One field's values before and after, as people read them."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of one record."""

    at: dt.datetime
    kind: str
    record: str
    record_id: Any
    who: str
    why: str
    is_outside: bool
    request_id: str
    fields: tuple[FieldChange, ...]


def history_of(*records: models.Model | Iterable[models.Model], limit: int | None = None) -> list[Change]:
    """Return the changes of these tracked records, newest first.

    One query for each kind of record, one for each kind of thing they point at, and one for who acted: however many
    records and changes there are.
    """
    rows_of = {model: _rows(model, ids) for model, ids in _ids_by_model(records).items()}
    names = _Names(rows_of)
    changes = [change for model, rows in rows_of.items() for change in _changes(model, rows, names)]
    changes.sort(key=lambda change: change.at, reverse=True)
    return changes[:limit]


def _ids_by_model(records: Sequence[models.Model | Iterable[models.Model]]) -> dict[type[models.Model], list[Any]]:
    ids: dict[type[models.Model], list[Any]] = defaultdict(list)
    for given in records:
        for record in [given] if isinstance(given, models.Model) else given:
            ids[type(record)].append(record.pk)
    return ids


def _rows(model: type[models.Model], ids: list[Any]) -> list[Any]:
    """Fetch the history of the records, each record's in the order in which it was written."""
    of_record = {f"{model._meta.pk.name}__in": ids}
    return list(history_model(model).objects.filter(**of_record).order_by("history_id"))


def _changes(model: type[models.Model], rows: list[Any], names: "_Names") -> Iterable[Change]:
    before: dict[Any, Any] = {}
    key = model._meta.pk.attname
    for row in rows:
        yield _change(model, before.get(getattr(row, key)), row, names)
        before[getattr(row, key)] = row


def _change(model: type[models.Model], before: Any | None, row: Any, names: "_Names") -> Change:
    return Change(
        at=row.history_date,
        kind=KINDS[row.history_type],
        record=capfirst(str(model._meta.verbose_name)),
        record_id=getattr(row, model._meta.pk.attname),
        who=names.actor(row),
        why=row.history_change_reason or "",
        is_outside=row.history_source == HistorySource.OUTSIDE,
        request_id=row.history_request_id,
        fields=() if row.history_type == "-" else tuple(_field_changes(before, row, names)),
    )


def _field_changes(before: Any | None, row: Any, names: "_Names") -> Iterable[FieldChange]:
    """Compare with the row before; at first everything that was filled in is new."""
    for field in _shown(row):
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(row, field.attname)
        if old != new and not (before is None and new in (None, "", [], {})):
            label = capfirst(str(field.verbose_name))
            yield FieldChange(label, names.value(field, old), names.value(field, new))


def _shown(row: Any) -> Iterable[Any]:
    """Return the fields of the record itself, without its key."""
    key = row.instance_type._meta.pk.name
    return (row._meta.get_field(field.name) for field in row.tracked_fields if field.name != key)


class _Names:
    """The names of everybody and everything the rows point at, fetched together."""

    def __init__(self, rows_of: dict[type[models.Model], list[Any]]) -> None:
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for row in (row for rows in rows_of.values() for row in rows):
            wanted[get_user_model()].add(row.history_user_id)
            for field in _shown(row):
                if field.remote_field is not None:
                    wanted[field.remote_field.model].add(getattr(row, field.attname))
        self._names = {model: self._fetch(model, keys - {None}) for model, keys in wanted.items()}

    @staticmethod
    def _fetch(model: Any, keys: set[Any]) -> dict[Any, str]:
        return {record.pk: str(record) for record in model._base_manager.filter(pk__in=keys)} if keys else {}

    def actor(self, row: Any) -> str:
        """Name who acted; outside the application nobody is known but the database's role."""
        if row.history_user_id is None:
            return f"Outside the application (database role {row.history_db_role})"
        return self._names[get_user_model()].get(row.history_user_id, f"User {row.history_user_id}")

    def value(self, field: Any, value: Any) -> str:
        """Say a value as people read it."""
        if value is None or value == "":
            return NOTHING
        if field.remote_field is not None:
            return self._names[field.remote_field.model].get(value, f"number {value}")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _words(value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value), "j F Y H:i")
    if isinstance(value, dt.date):
        return formats.date_format(value, "j F Y")
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value) or NOTHING
    return str(value)
