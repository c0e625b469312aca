"""Local days: the only place that turns an instant into a date in Europe/London."""

import datetime as dt
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local_day(at: dt.datetime) -> dt.date:
    """Return the date in London at that instant. A naive instant is refused."""
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return at.astimezone(LONDON).date()


def at_local(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return the instant at which London's clocks show this hour on this day (the first, if twice)."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=LONDON)
