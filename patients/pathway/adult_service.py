"""When the move of a young person to the adult service is near enough to be warned of."""

import calendar
import datetime as dt


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the day so many months earlier; the last of the month where that day is not in it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the latest day whose warning, so many months before it, has begun by this one."""
    is_last_of_month = day.day == calendar.monthrange(day.year, day.month)[1]
    then = months_before(day, -months)
    return then.replace(day=calendar.monthrange(then.year, then.month)[1]) if is_last_of_month else then


def is_near(moves_on: dt.date | None, *, today: dt.date, months: int) -> bool:
    """Say whether the move is warned of: from so many months before it on, and until it is cleared."""
    return moves_on is not None and months_before(moves_on, months) <= today
