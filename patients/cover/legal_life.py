"""Until when a prescription may be dispensed (docs/cover.md, "Legal life")."""

import calendar
import datetime as dt
from dataclasses import dataclass

from homecare.core.errors import Refused

SHORT_LIVED_SCHEDULES = frozenset({2, 3, 4})
ONE_DELIVERY_SCHEDULES = frozenset({2, 3})


@dataclass(frozen=True, slots=True)
class LegalLife:
    """The readings of the law that the Responsible Officer may change; these are the cautious ones.

    `cautious_month_end`: where six months on has no such day, the last day of that month less one (else that last
    day itself). Sources: Human Medicines Regulations 2012 reg. 217-218; Misuse of Drugs Regulations 2001 reg. 16.
    """

    months: int = 6
    controlled_days: int = 28
    cautious_month_end: bool = True


CAUTIOUS = LegalLife()


def last_valid_on(
    *,
    issued_on: dt.date,
    not_before_on: dt.date | None = None,
    controlled: bool = False,
    life: LegalLife = CAUTIOUS,
) -> dt.date:
    """Return the last day on which a delivery of the prescription may be dispensed.

    `controlled` means Schedule 2, 3 or 4. The life runs from the later of the day signed and any "not before" day.
    """
    start = max(issued_on, not_before_on) if not_before_on else issued_on
    if controlled:
        return start + dt.timedelta(days=life.controlled_days - 1)
    return _months_on(start, life) - dt.timedelta(days=1)


def _months_on(start: dt.date, life: LegalLife) -> dt.date:
    """Return the same day so many months on; where there is none, the month's last, or the first of the next."""
    months = start.month - 1 + life.months
    year, month = start.year + months // 12, months % 12 + 1
    month_end = calendar.monthrange(year, month)[1]
    if start.day <= month_end:
        return dt.date(year, month, start.day)
    last = dt.date(year, month, month_end)
    return last if life.cautious_month_end else last + dt.timedelta(days=1)


def short_lived(schedule: int | None) -> bool:
    """Say whether a controlled-drug schedule gives the prescription 28 days (Schedules 2, 3 and 4)."""
    return schedule in SHORT_LIVED_SCHEDULES


def check_deliveries(*, schedule: int | None, deliveries: int) -> None:
    """Refuse more than one delivery of a Schedule 2 or 3 controlled drug on one prescription."""
    if schedule in ONE_DELIVERY_SCHEDULES and deliveries > 1:
        raise Refused(
            f"A Schedule {schedule} controlled drug may be dispensed once only. "
            "Ask for one prescription for each delivery.",
            code="one_delivery_only",
        )
