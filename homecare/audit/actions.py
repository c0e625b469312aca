"""Deeds: what every action shares — someone, at a time, in one transaction, on record."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from django.db import transaction

from homecare.core.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")


def action(deed: Callable[P, R]) -> Callable[P, R]:
    """Make a function a deed: it needs `by=` and `at=`, runs in one transaction, and is on record.

    A deed without an actor, or at a time without a zone, is refused. `reason=` is recorded where it is given.
    """

    @functools.wraps(deed)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        by, at = kwargs.get("by"), kwargs.get("at")
        if by is None or by.pk is None or not by.is_active:
            raise Refused("This cannot be done without somebody to answer for it.", code="no_actor")
        if not isinstance(at, dt.datetime) or at.tzinfo is None:
            raise Refused("This cannot be done without a time.", code="no_time")
        with transaction.atomic():
            begin(by=by, reason=str(kwargs.get("reason") or ""))
            return deed(*args, **kwargs)

    return cast(Callable[P, R], wrapper)


def begin(*, by: Any, reason: str = "") -> None:
    """Tell the database who acts in this transaction, so that history names them."""
