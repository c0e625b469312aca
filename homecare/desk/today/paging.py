"""Pages by key: the next page begins after the last row's key, however deep one is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q

Row = TypeVar("Row")
SIZE = 50
PRINTED = 500  # how many rows a printed list has


@dataclass(frozen=True)
class Key:
    """Where a page begins: after this day (none: after all that have a day) and this id."""

    day: dt.date | None
    id: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Read a key from an address; nonsense means the first page."""
        day, _, number = text.partition("_")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            return None
        try:
            return cls(None if day == "none" else dt.date.fromisoformat(day), int(number))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day.isoformat() if self.day else 'none'}_{self.id}"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin."""

    rows: Sequence[Row]
    next_key: str = ""
    is_first: bool = True


def page_by_day(rows: Any, *, day: str, tie: str, after: Key | None, size: int, joined: Sequence[str]) -> Page[Any]:
    """Return a page of rows ordered by a day (those without one last) and an id.

    First the keys alone, by the index that has them in order; then the rows of the page, with what is joined to them.
    Three queries at most.
    """
    found: list[tuple[Any, Any, Any]] = []
    if after is None or after.day is not None:
        dated = rows.filter(**{f"{day}__isnull": False})
        if after is not None:
            later = Q(**{f"{day}__gt": after.day}) | Q(**{day: after.day, f"{tie}__gt": after.id})
            dated = dated.filter(later, **{f"{day}__gte": after.day})
        found = list(dated.order_by(day, tie).values_list("pk", day, tie)[: size + 1])
    if len(found) <= size:
        undated = rows.filter(**{f"{day}__isnull": True})
        if after is not None and after.day is None:
            undated = undated.filter(**{f"{tie}__gt": after.id})
        found += list(undated.order_by(tie).values_list("pk", day, tie)[: size + 1 - len(found)])
    return _page(rows, found, after=after, size=size, joined=joined)


def page_by_id(rows: Any, *, after: Key | None, size: int, joined: Sequence[str]) -> Page[Any]:
    """Return a page of rows in the order in which they came to be, in two queries."""
    later = rows if after is None else rows.filter(pk__gt=after.id)
    found = [(pk, None, pk) for pk in later.order_by("pk").values_list("pk", flat=True)[: size + 1]]
    return _page(rows, found, after=after, size=size, joined=joined)


def _page(
    rows: Any, found: list[tuple[Any, Any, Any]], *, after: Key | None, size: int, joined: Sequence[str]
) -> Page[Any]:
    shown, has_more = found[:size], len(found) > size
    by_key = rows.model._default_manager.select_related(*joined).in_bulk([pk for pk, _, _ in shown]) if shown else {}
    next_key = str(Key(shown[-1][1], shown[-1][2])) if has_more else ""
    return Page([by_key[pk] for pk, _, _ in shown if pk in by_key], next_key, after is None)
