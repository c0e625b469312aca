"""Counts that cannot take for ever: past a limit one says "more than"."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Counting
from django.db.models import Min

LIMIT = 10_000


@dataclass(frozen=True)
class Count:
    """How many, or at least how many; and since when the oldest waits."""

    number: int
    is_all: bool = True
    oldest_on: dt.date | None = None

    @property
    def words(self) -> str:
        """Say it: "1,204", or "10,000+"."""
        return f"{self.number:,}" if self.is_all else f"{self.number:,}+"


def counted(rows: Any, *, since: str = "", limit: int = LIMIT) -> Count:
    """Count rows up to a limit, and find the oldest by the field `since`."""
    wanted = {"number": Counting("pk")} | ({"oldest": Min(since)} if since else {})
    found = rows.order_by()[: limit + 1].aggregate(**wanted)
    oldest = found.get("oldest")
    oldest_on = oldest.date() if isinstance(oldest, dt.datetime) else oldest
    return Count(min(found["number"], limit), is_all=found["number"] <= limit, oldest_on=oldest_on)
