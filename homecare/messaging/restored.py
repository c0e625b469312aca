"""After a restore the outbox starts paused: what waits in a backup may have been sent since (goal R13)."""

import datetime as dt

from django.db import connection, transaction

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging.models import DatabaseMark, KillSwitch

WORDS = (
    "This database is a copy made by a restore. What waits may have been sent since the backup: reconcile first, then "
    "switch sending on again."
)

_MARK = """
SELECT (SELECT system_identifier::text FROM pg_control_system()),
       (SELECT timeline_id::text FROM pg_control_checkpoint()),
       (SELECT oid::text FROM pg_database WHERE datname = current_database())
"""


def pause_if_restored(*, by: User, at: dt.datetime) -> bool:
    """Switch all sending off if this is not the database that was marked last; return whether it was switched off.

    A new cluster has another system identifier, a recovery to a point in time another timeline, and a dump that was
    read into a new database another oid.
    """
    seen = _read()
    known = DatabaseMark.objects.values_list("system_identifier", "timeline", "database_oid").first()
    if known == seen:
        return False
    return mark(seen=seen, by=by, at=at)


def _read() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        found: tuple[str, str, str] = cursor.fetchone()
        return found


@action
def mark(*, seen: tuple[str, str, str], by: User, at: dt.datetime) -> bool:
    """Write down which database this is, and pause if another was written down before."""
    values = {"system_identifier": seen[0], "timeline": seen[1], "database_oid": seen[2], "seen_at": at}
    with transaction.atomic():
        row, is_new = DatabaseMark.objects.select_for_update().get_or_create(singleton=True, defaults=values)
    if is_new or (row.system_identifier, row.timeline, row.database_oid) == seen:
        return False
    DatabaseMark.objects.filter(singleton=True).update(**values)
    KillSwitch.objects.update_or_create(
        scope=KillSwitch.Scope.ALL,
        code="",
        defaults={"is_off": True, "reason": WORDS, "switched_by": by, "switched_at": at},
    )
    return True
