"""The same sender with a protection removed: each must be seen to fail, or the rig proves nothing.

Named after the designs of the shared notes' table 2. Applied in the rig's own processes only.
"""

from typing import Any

from homecare.messaging import planning, reconcile, recover, sending
from homecare.messaging.channels import Outcome
from homecare.messaging.claiming import Claimed
from homecare.messaging.moves import move
from homecare.messaging.rules import Answer


def blind_retry() -> None:
    """Put every lease that ended straight back, as most queues do."""

    def put_all_back(*, by: Any, at: Any) -> dict[str, int]:
        moved = move("put_back", "m.lease_until < clock_timestamp()", {}, by=by, at=at, reason="blind")
        return {"put_back": len(moved), "uncertain": 0}

    recover.recover = put_all_back


def mark_first() -> None:
    """Say "sent" and then send."""
    settle, call = sending.settle, sending._call

    def say_first(claimed: Claimed) -> Outcome:
        from homecare.accounts.models import User
        from tests.rig.jobs import AT

        accepted = Outcome(Answer.ACCEPTED, provider_id="said before it was so")
        settle(claimed=claimed, outcome=accepted, begun=(1, 20), by=User.objects.system("outbox"), at=AT)
        return call(claimed)

    sending._call = say_first


def no_control() -> None:
    """Believe an empty answer at once, without asking twice or for a message that the provider must have."""
    reconcile._control_is_found = lambda message: True  # type: ignore[assignment]
    apart = reconcile.settings.OUTBOX_LOOK_UPS_APART_SECONDS
    assert apart is not None
    reconcile.settings.OUTBOX_LOOK_UPS_APART_SECONDS = 0


def chance_in_the_key() -> None:
    """Give each message an id by chance."""
    planning.MESSAGE_ID_SQL = "gen_random_uuid()"  # type: ignore[misc]


def no_turns() -> None:
    """Let planners of one purpose plan at the same time, and not look first at what is planned."""
    planning._PLAN = planning._PLAN.replace("WHERE NOT EXISTS (SELECT 1", "WHERE true OR EXISTS (SELECT 1")
    planning.TURNS_SQL = "SELECT %s"  # type: ignore[misc]


ALL = {one.__name__: one for one in (blind_retry, mark_first, no_control, chance_in_the_key, no_turns)}
