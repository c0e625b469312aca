"""Deeds: what every action shares — someone, at a time, in one transaction, on record."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast

from django.db import connection, transaction

from homecare.audit.context import current_request_id
from homecare.audit.proof import actor_proof
from homecare.core.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Actor:
    """Who acts now, and why."""

    actor_id: int
    reason: str


_acting: ContextVar[Actor | None] = ContextVar("audit_acting", default=None)


def action(deed: Callable[P, R]) -> Callable[P, R]:
    """Make a function a deed: it needs `by=` and `at=`, runs in one transaction, and is on record.

    A deed without an actor, or at a time without a zone, is refused. `reason=` is recorded where it is given.
    A deed inside a deed keeps the outer one's actor and reason, unless it is somebody else's.
    """

    @functools.wraps(deed)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        at = kwargs.get("at")
        if not isinstance(at, dt.datetime) or at.tzinfo is None:
            raise Refused("This cannot be done without a time.", code="no_time")
        with acting(by=kwargs.get("by"), reason=str(kwargs.get("reason") or "")):
            return deed(*args, **kwargs)

    return cast(Callable[P, R], wrapper)


@contextmanager
def acting(*, by: Any, reason: str = "") -> Iterator[None]:
    """Act as somebody for a block of one transaction: for commands and tests, where there is no single deed."""
    if by is None or by.pk is None or not by.is_active:
        raise Refused("This cannot be done without somebody to answer for it.", code="no_actor")
    outer, is_within = _acting.get(), connection.in_atomic_block
    with transaction.atomic():
        if outer is not None and outer.actor_id == by.pk:
            yield
            return
        token = _acting.set(Actor(actor_id=by.pk, reason=reason))
        try:
            begin(by=by, reason=reason)
            yield
        finally:
            _acting.reset(token)
        # A transaction that goes on is the outer deed's again, or nobody's. (After an error the roll-back saw to it.)
        if outer is not None:
            _tell(outer)
        elif is_within:
            _tell_nobody()


def begin(*, by: Any, reason: str = "") -> None:
    """Tell the database who acts in this transaction, so that history names them; `acting` is the usual way."""
    if not connection.in_atomic_block:
        raise Refused("Somebody acts in a transaction, or not at all.", code="no_transaction")
    _tell(Actor(actor_id=by.pk, reason=reason))


def _tell(actor: Actor) -> None:
    """Say who acts, and prove it for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        proof = actor_proof(txid=cursor.fetchone()[0], actor_id=actor.actor_id)
        cursor.execute(
            "SELECT public.audit_begin(%s, %s, %s, %s)", [actor.actor_id, actor.reason, current_request_id(), proof]
        )


def _tell_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_end()")
