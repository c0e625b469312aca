"""The one way by which messages change status: many at once, each with its event, in one statement."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from homecare.accounts.models import User
from homecare.messaging.states import FINAL, TRANSITIONS, Status

_MOVE = """
WITH moving AS (
    SELECT id, status FROM messaging_outboxmessage m WHERE status = ANY(%(sources)s) AND {where} FOR UPDATE
), moved AS (
    UPDATE messaging_outboxmessage m SET status = %(target)s{columns}
    FROM moving WHERE m.id = moving.id
    RETURNING m.id, moving.status AS from_status, m.claim_no
), told AS (
    INSERT INTO messaging_outboxevent (message_id, at, event, from_status, to_status, by_id, reason)
    SELECT id, %(at)s, %(event)s, from_status, %(target)s, %(by_id)s, %(reason)s FROM moved
), tried AS (
    INSERT INTO messaging_outboxattempt
        (message_id, claim_no, lease_owner, at, result, http_status, provider_id, error_class)
    SELECT id, claim_no, %(tried_by)s, clock_timestamp(), %(tried_result)s, %(tried_http)s, %(tried_id)s,
           %(tried_error)s
    FROM moved WHERE %(tried_result)s <> ''
)
SELECT id FROM moved
"""

NO_TRY: Mapping[str, Any] = {
    "tried_by": None,
    "tried_result": "",
    "tried_http": None,
    "tried_id": "",
    "tried_error": "",
}


def move(
    event: str,
    where: str,
    params: Mapping[str, Any],
    *,
    by: User,
    at: dt.datetime,
    reason: str = "",
    columns: Mapping[str, str] | None = None,
    tried: Mapping[str, Any] = NO_TRY,
) -> list[UUID]:
    """Move every message that fits `where` (SQL over the alias m) and may make this move; return their ids.

    `columns` gives further columns as SQL expressions. The table of moves decides from which statuses and to which;
    what each target needs of the row (no lease, no next attempt) is set here, so that no caller can forget it.
    """
    moves = [one for one in TRANSITIONS.transitions if one.event == event]
    target = moves[0].target
    assignments = {**_tidied(target), **(columns or {})}
    sql = _MOVE.format(where=where, columns="".join(f", {name} = {value}" for name, value in assignments.items()))
    values = {
        **tried,
        **params,
        "sources": sorted({source for one in moves for source in one.sources}),
        "target": target,
        "event": event,
        "at": at,
        "by_id": by.pk,
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _tidied(target: str) -> dict[str, str]:
    """Return what a row of this status may not keep."""
    columns: dict[str, str] = {}
    if target != Status.SENDING:
        columns |= {"lease_until": "NULL", "lease_owner": "NULL", "begun_at": "NULL"}
    if target in FINAL or target in (Status.ACCEPTED, Status.UNCERTAIN):
        columns |= {"next_attempt_at": "NULL", "retry_at": "NULL"}
    if target != Status.UNCERTAIN:
        columns |= {"uncertain_at": "NULL", "absent_at": "NULL", "look_up_at": "NULL"}
    return columns
