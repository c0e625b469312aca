"""Dates as teams write them: day first, in every spelling seen, and never guessed at when they make no sense."""

import datetime as dt
import re
from typing import Final

from homecare.desk.register.sheet_cells import Cell

_DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NAMED_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]*(\d{4}|\d{2})")
_WEEKDAY: Final = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,. ]+")
_TIME: Final = re.compile(r"[t ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*z?$")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SERIALS: Final = range(10_000, 80_000)
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_OLDEST: Final = 120


def read_date(cell: Cell, *, as_at: dt.date, birth: bool = False) -> dt.date | None:
    """Return the date a cell holds, day first, or None when it holds none.

    A two-digit year lies in this century, but for a birth, which never lies in the future.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float):
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell)) if int(cell) in _SERIALS else None
    if cell is None:
        return None
    text = _TIME.sub("", " ".join(cell.split()).lower()).strip()
    found = _parts(_WEEKDAY.sub("", text))
    if found is None:
        return None
    year, month, day = found
    if year >= 100:
        return _date(year, month, day)
    date = _date(2000 + year, month, day)
    if birth and (date is None or date > as_at):
        return _date(1900 + year, month, day)
    return date


def read_birth(cell: Cell, *, as_at: dt.date) -> dt.date | None:
    """Return a date of birth: a real day, not after `as_at`, and not more than 120 years before it."""
    date = read_date(cell, as_at=as_at, birth=True)
    if date is None or date > as_at or as_at.year - date.year > _OLDEST:
        return None
    return date


def read_moment(cell: Cell, *, as_at: dt.date) -> dt.datetime | None:
    """Return a day with its time of day (midnight when none is written), without a zone: London's clock."""
    if isinstance(cell, dt.datetime):
        return cell
    date = read_date(cell, as_at=as_at)
    if date is None:
        return None
    written = _TIME.search(" ".join(cell.split()).lower()) if isinstance(cell, str) else None
    if written is None:
        return dt.datetime.combine(date, dt.time())
    hour, minute, second = (int(part or 0) for part in written.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.datetime.combine(date, dt.time(hour, minute, second))


def _parts(text: str) -> tuple[int, int, int] | None:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        return int(year), int(month), int(day)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
        return int(year), int(month), int(day)
    if match := _NAMED_MONTH.fullmatch(text):
        day, name, year = match.groups()
        months = [n for n, full in enumerate(_MONTHS, start=1) if full.startswith(name) or (name == "sept" and n == 9)]
        return (int(year), months[0], int(day)) if months else None
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
