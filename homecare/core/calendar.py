"""Working days of England and Wales: Monday to Friday without bank holidays, from published lists, no network.

Two sorted lists are made once: every working day, and for each day how many working days came before it. Each
question is then one or two look-ups. Past the last published year only weekends are stepped over, and a date
there is provisional (`is_provisional`).
"""

import datetime as dt

from govuk_bank_holidays.bank_holidays import BankHolidays

from homecare.core.errors import Refused

FIRST_YEAR = 1980
LAST_YEAR = 2150
SATURDAY = 5


class WorkingDays:
    """Working days between two years, by day ordinal (`date.toordinal()`), for rules that count many of them."""

    def __init__(self, *, first_year: int, last_year: int, holidays: dict[dt.date, str]) -> None:
        self.first = dt.date(first_year, 1, 1).toordinal()
        self.last = dt.date(last_year, 12, 31).toordinal()
        self.holidays = dict(sorted(holidays.items()))
        self.published_until = max(day.year for day in holidays)
        closed = {day.toordinal() for day in holidays}
        self._days: list[int] = []
        self._earlier: list[int] = []  # for each day: how many working days lie before it
        for day in range(self.first, self.last + 2):
            self._earlier.append(len(self._days))
            if (day - 1) % 7 < SATURDAY and day not in closed:  # ordinal 1 was a Monday
                self._days.append(day)

    def is_working(self, day: int) -> bool:
        """Say whether it is a working day."""
        return self._rank(day + 1) > self._rank(day)

    def on_or_before(self, day: int) -> int:
        """Return the day itself if it is a working day, else the last one before it."""
        return self._nth(self._rank(day + 1) - 1)

    def on_or_after(self, day: int) -> int:
        """Return the day itself if it is a working day, else the next one."""
        return self._nth(self._rank(day))

    def before(self, day: int, n: int) -> int:
        """Return the n-th working day before the day, which itself is not counted; for none, the day itself."""
        return self._nth(self._rank(day) - n) if n else day

    def after(self, day: int, n: int) -> int:
        """Return the n-th working day after the day, which itself is not counted; for none, the day itself."""
        return self._nth(self._rank(day + 1) + n - 1) if n else day

    def count_between(self, start: int, end: int) -> int:
        """Return how many working days lie after start up to and including end; negative if end comes first."""
        return self._rank(end + 1) - self._rank(start + 1)

    def _rank(self, day: int) -> int:
        place = day - self.first
        if place < 0 or day > self.last + 1:
            raise _out_of_reach()
        return self._earlier[place]

    def _nth(self, n: int) -> int:
        if not 0 <= n < len(self._days):
            raise _out_of_reach()
        return self._days[n]


def _out_of_reach() -> Refused:
    return Refused(
        f"Working days are known from {FIRST_YEAR} to {LAST_YEAR}. Check the year of this date.",
        code="date_out_of_reach",
    )


def _published() -> dict[dt.date, str]:
    """Read the bank holidays that come with the package, never the network."""
    published = BankHolidays(use_cached_holidays=True)
    return {event["date"]: event["title"] for event in published.get_holidays(BankHolidays.ENGLAND_AND_WALES)}


ENGLAND_AND_WALES = WorkingDays(first_year=FIRST_YEAR, last_year=LAST_YEAR, holidays=_published())


def is_working_day(day: dt.date) -> bool:
    """Say whether the day is Monday to Friday and no bank holiday."""
    return ENGLAND_AND_WALES.is_working(day.toordinal())


def working_day_before(day: dt.date, n: int = 1) -> dt.date:
    """Return the n-th working day before the day, not counting the day itself."""
    return dt.date.fromordinal(ENGLAND_AND_WALES.before(day.toordinal(), _whole(n)))


def working_day_after(day: dt.date, n: int = 1) -> dt.date:
    """Return the n-th working day after the day, not counting the day itself."""
    return dt.date.fromordinal(ENGLAND_AND_WALES.after(day.toordinal(), _whole(n)))


def last_working_day_on_or_before(day: dt.date) -> dt.date:
    """Return the day itself if it is a working day, else the last one before it."""
    return dt.date.fromordinal(ENGLAND_AND_WALES.on_or_before(day.toordinal()))


def first_working_day_on_or_after(day: dt.date) -> dt.date:
    """Return the day itself if it is a working day, else the next one."""
    return dt.date.fromordinal(ENGLAND_AND_WALES.on_or_after(day.toordinal()))


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Return how many working days lie after start up to and including end (how late, in working days)."""
    return ENGLAND_AND_WALES.count_between(start.toordinal(), end.toordinal())


def is_provisional(day: dt.date) -> bool:
    """Say whether the day lies past the last year for which bank holidays are published."""
    return day.year > ENGLAND_AND_WALES.published_until


def holidays_stepped_over(start: dt.date, end: dt.date) -> list[tuple[dt.date, str]]:
    """Return the bank holidays, with their names, from start to end inclusive that would be working days otherwise."""
    return [
        (day, title)
        for day, title in ENGLAND_AND_WALES.holidays.items()
        if start <= day <= end and day.weekday() < SATURDAY
    ]


def _whole(n: int) -> int:
    if n < 0:
        raise ValueError(
            "Count working days with a whole number from 0; for the other direction use the other function."
        )
    return n
