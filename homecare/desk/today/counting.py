"""Counts: all of them, or up to a limit, past which one says "more than"."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Counting
from django.db.models import Min

FILTERED_LIMIT = 1_000  # through filters each row is looked up


@dataclass(frozen=True)
class Count:
    """How many, or at least how many; and since when the oldest waits."""

    number: int
    is_all: bool = True
    oldest_on: dt.date | None = None

    @property
    def words(self) -> str:
        """Say it: "1,204", or "1,000+"."""
        return f"{self.number:,}" if self.is_all else f"{self.number:,}+"


def counted(rows: Any, *, since: str = "", limit: int | None = None) -> Count:
    """Count rows, up to a limit if there is one, and find the oldest by the field `since`."""
    wanted = {"number": Counting("*")} | ({"oldest": Min(since)} if since else {})
    found = (rows.order_by() if limit is None else rows.order_by()[: limit + 1]).aggregate(**wanted)
    oldest = found.get("oldest")
    number, most = found["number"], limit if limit is not None else found["number"]
    oldest_on = oldest.date() if isinstance(oldest, dt.datetime) else oldest
    return Count(min(number, most), is_all=number <= most, oldest_on=oldest_on)
