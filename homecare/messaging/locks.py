"""Who may not write while somebody is being written to, and the other way round.

A sender holds its recipient's lock, shared, from just before it begins until the provider has answered. A deed that
ends a need or silences somebody takes the same lock, alone, before it writes: so no call to a provider ever begins
after such a deed has committed (goal R9). Locks of the session, so that no transaction is open during the call.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

_ALL = "hashtextextended('messaging.everybody', 0)"
_KEY = "hashtextextended('messaging.recipient:' || %s, 0)"

PATIENCE = "5s"
"""How long a deed waits for calls under way; then it goes on, and the message says that it was withdrawn in sending."""

MANY = 100
"""From so many recipients on, a deed waits only for those who are being written to at this moment."""


@contextmanager
def being_written_to(recipient_id: int) -> Iterator[None]:
    """Hold the recipient's lock, shared, for the length of a call to the provider."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock_shared({_ALL}), pg_advisory_lock_shared({_KEY})", [recipient_id])
    try:
        yield
    finally:
        _let_go(recipient_id)


def _let_go(recipient_id: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT pg_advisory_unlock_shared({_KEY}), pg_advisory_unlock_shared({_ALL})", [recipient_id]
            )
    except OperationalError:
        connection.close()  # the server let go of the lock when it lost us


def wait_until_nobody_writes_to(recipient_ids: Iterable[int]) -> bool:
    """Wait, up to `PATIENCE` each, until no call to these recipients is under way, and let none begin until commit.

    Returns False if a call was still under way.
    """
    waited = [_wait_alone(_KEY, [recipient_id]) for recipient_id in sorted(set(recipient_ids))]
    return all(waited)


def wait_until_nobody_is_written_to() -> bool:
    """The same for everybody at once: for the switch that stops sending."""
    return _wait_alone(_ALL, [])


def _wait_alone(key: str, params: list[int]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(f"SELECT pg_advisory_xact_lock({key})", params)
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError:
        return False
    return True


IS_FREE_SQL = "pg_try_advisory_xact_lock(hashtextextended('messaging.recipient:' || m.recipient_id, 0))"
"""For a WHERE over the alias m: nobody is writing to this message's recipient. Keep it last: it takes the lock."""
