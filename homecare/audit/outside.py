"""What was done outside the application: shown to the Chief Pharmacist, and counted on Today."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Max, Min, Q, Value

from homecare.audit.policy import history_model, tracked_models
from homecare.core.history import HistorySource

KINDS = {"+": "created", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class OutsideChanges:
    """How many rows of one table one database role created, changed or deleted outside the application."""

    record: str
    label: str
    kind: str
    db_role: str
    rows: int
    first_at: dt.datetime
    last_at: dt.datetime


def outside_changes(*, since: dt.datetime | None = None, until: dt.datetime | None = None) -> list[OutsideChanges]:
    """Return what was changed outside the application, by table, kind and role, the latest first; one query."""
    counted = [_counted(model, since, until) for model in tracked_models()]
    if not counted:
        return []
    rows = counted[0].union(*counted[1:], all=True)
    names = {model._meta.label: str(model._meta.verbose_name) for model in tracked_models()}
    found = [
        OutsideChanges(names[label], label, KINDS[kind], role, count, first, last)
        for label, kind, role, count, first, last in rows
    ]
    return sorted(found, key=lambda change: change.last_at, reverse=True)


def outside_rows(label: str, *, since: dt.datetime | None = None, until: dt.datetime | None = None) -> Any:
    """Return the history rows themselves, of one table, the latest first."""
    (model,) = (model for model in tracked_models() if model._meta.label == label)
    return _outside(model, since, until).order_by("-history_date", "-history_id")


def count_outside_rows(*, since: dt.datetime | None = None) -> int:
    """Count every row that was changed outside the application."""
    return sum(change.rows for change in outside_changes(since=since))


def _counted(model: type[models.Model], since: dt.datetime | None, until: dt.datetime | None) -> Any:
    return (
        _outside(model, since, until)
        .order_by()
        .annotate(label=Value(model._meta.label))
        .values("label", "history_type", "history_db_role")
        .annotate(rows=Count("history_id"), first_at=Min("history_date"), last_at=Max("history_date"))
        .values_list("label", "history_type", "history_db_role", "rows", "first_at", "last_at")
    )


def _outside(model: type[models.Model], since: dt.datetime | None, until: dt.datetime | None) -> Any:
    """Keep to the condition of the partial index (core/history.py), so that nothing outside costs nothing."""
    return history_model(model).objects.filter(Q(history_source=HistorySource.OUTSIDE), *_between(since, until))


def _between(since: dt.datetime | None, until: dt.datetime | None) -> Iterator[Q]:
    if since is not None:
        yield Q(history_date__gte=since)
    if until is not None:
        yield Q(history_date__lt=until)
