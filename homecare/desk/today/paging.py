"""Pages by key: the next page begins after the last row's key, however deep one is."""

import datetime as dt
from collections.abc import Callable, Sequence
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


def page_by_day(
    rows: Any, *, day: str, tie: str, after: Key | None, size: int, key_of: Callable[[Any], Key]
) -> Page[Any]:
    """Return a page of rows ordered by a day (those without one last) and an id, in two queries at most."""
    found: list[Any] = []
    if after is None or after.day is not None:
        dated = rows.filter(**{f"{day}__isnull": False}).order_by(day, tie)
        if after is not None:
            later = Q(**{f"{day}__gt": after.day}) | Q(**{day: after.day, f"{tie}__gt": after.id})
            dated = dated.filter(later, **{f"{day}__gte": after.day})
        found = list(dated[: size + 1])
    if len(found) <= size:
        undated = rows.filter(**{f"{day}__isnull": True}).order_by(tie)
        if after is not None and after.day is None:
            undated = undated.filter(**{f"{tie}__gt": after.id})
        found += list(undated[: size + 1 - len(found)])
    more = len(found) > size
    shown = found[:size]
    return Page(shown, str(key_of(shown[-1])) if more else "", after is None)


def page_by_id(rows: Any, *, after: Key | None, size: int) -> Page[Any]:
    """Return a page of rows in the order in which they came to be."""
    if after is not None:
        rows = rows.filter(pk__gt=after.id)
    found = list(rows.order_by("pk")[: size + 1])
    shown, more = found[:size], len(found) > size
    return Page(shown, str(Key(None, shown[-1].pk)) if more else "", after is None)
