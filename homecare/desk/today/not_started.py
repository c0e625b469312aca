"""Not started: on the way to a dose, the oldest first; the board has them by stage and by whose move it is."""

import datetime as dt
from typing import Any

from django.conf import settings

from homecare.desk.pathway import board
from homecare.desk.today.cells import Row
from homecare.desk.today.paging import Key, Page
from patients.models import PathwayClock


def rows_of(asked: Any) -> Any:
    """Return the running clocks, through the filters."""
    return asked.filters.of_enrolments(PathwayClock.objects.visible_to(asked.user).running())


def waiting_long(asked: Any) -> Any:
    """Return those of a first dose that began longer ago than stands out."""
    before = asked.today - dt.timedelta(days=settings.NOT_STARTED_WARNED_DAYS)
    return rows_of(asked).filter(began_on__lt=before, kind=PathwayClock.Kind.START)


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page of everybody who has not started."""
    return board.page(rows_of(asked), asked.user, today=asked.today, after=after, size=size)


def page_waiting_long(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page of those who have waited long."""
    return board.page(waiting_long(asked), asked.user, today=asked.today, after=after, size=size)
