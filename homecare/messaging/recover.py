"""Recovery: leases whose sender vanished, messages whose time has come, messages whose time has gone."""

import datetime as dt

from django.conf import settings

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.messaging import crashpoints
from homecare.messaging.locks import IS_FREE_SQL
from homecare.messaging.moves import NO_TRY, move
from homecare.messaging.sending import LOOK_UP_AFTER_GRACE

_LEASE_ENDED = {**NO_TRY, "tried_result": "LEASE_ENDED"}


@action
def recover(*, by: User, at: dt.datetime) -> dict[str, int]:
    """Take the leases that have ended: what had begun is uncertain, what had not is waiting again.

    Never from begun straight back to waiting: that is how messages are sent twice. A sender that is alive but slow
    still holds its recipient's lock, and is left alone.
    """
    ended = f"m.lease_until < clock_timestamp() AND {IS_FREE_SQL}"
    put_back = move(
        "put_back",
        f"m.begun_at IS NULL AND {ended}",
        {},
        by=by,
        at=at,
        reason="The sender vanished before it began.",
        tried=_LEASE_ENDED,
    )
    doubted = move(
        "doubt",
        f"m.begun_at IS NOT NULL AND {ended}",
        {"grace": settings.OUTBOX_LOOK_UP_AFTER_SECONDS},
        by=by,
        at=at,
        reason="The sender vanished after it began.",
        columns={"uncertain_at": "clock_timestamp()", "look_up_at": LOOK_UP_AFTER_GRACE},
        tried=_LEASE_ENDED,
    )
    crashpoints.reach("in_recovery")
    return {"put_back": len(put_back), "uncertain": len(doubted)}


@action
def turn_pages(*, by: User, at: dt.datetime) -> dict[str, int]:
    """Queue what was planned for later and is now due, and mark as missed what may no longer be sent."""
    missed = move(
        "miss",
        "m.not_after < %(now)s",
        {"now": at},
        by=by,
        at=at,
        reason="Its time had passed.",
        columns={"outcome_reason": "'TIME_PASSED'"},
    )
    queued = move("queue", "m.next_attempt_at <= %(now)s", {"now": at}, by=by, at=at)
    return {"missed": len(missed), "queued": len(queued)}
