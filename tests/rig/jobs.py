"""What the rig's processes do: plan, send, recover and reconcile with the real code on the test's database."""

import datetime as dt
import os
import time
import uuid

from homecare.accounts.models import User
from homecare.messaging import crashpoints, planning, reconcile, recover, registry, sending
from homecare.messaging.models import Channel, OutboxMessage, Recipient
from homecare.messaging.registry import Purpose, Words
from homecare.messaging.states import WAITING, Status
from tests.rig.oracle import DUE_ON, EPISODE, PURPOSE

AT = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
CANDIDATES = f"""
SELECT r.id AS recipient_id, 'rig' AS subject_type, r.id AS subject_id, '{EPISODE}' AS episode,
       %(due_on)s::date AS due_on, 'SMS' AS channel
FROM messaging_recipient r
"""
OUTSTANDING = [*WAITING - {Status.HELD}, Status.SENDING, Status.UNCERTAIN]


def register() -> None:
    """Register the rig's purpose, whose batches are large as a rule."""
    registry.forget(PURPOSE)
    words = {Channel.SMS: Words("A test is due.")}
    registry.register(
        Purpose(
            code=PURPOSE,
            title="Rig",
            words=words,
            channels=(Channel.SMS,),
            still_needed=lambda messages, at: {message.id: None for message in messages},
            usual_batch=10**6,
            quiet_hours=None,  # the rig runs at any hour, by the real clock too
            stale_after_days=None,
            same_text_limit=10**9,
        )
    )


def plan_due(due_on: dt.date = DUE_ON) -> int:
    """Plan a message to every recipient there is."""
    by = User.objects.system("sweep")
    result = planning.plan(
        purpose=PURPOSE, candidates_sql=CANDIDATES, params={"due_on": due_on}, day=due_on, by=by, at=AT
    )
    return result.planned


def make_recipients(count: int) -> list[int]:
    """Make more recipients, each with a number of its own, in one statement."""
    first = Recipient.objects.count()
    rows = (
        Recipient(kind="PATIENT", safe_to_message=True, preferred_channel="SMS", display=f"R{n}", mobile=f"+447{n:09d}")
        for n in range(first, first + count)
    )
    return [row.pk for row in Recipient.objects.bulk_create(rows)]


def send_until_done() -> None:
    """Recover, send and reconcile until nothing is outstanding: what a worker and beat do between them."""
    by, owner = User.objects.system("outbox"), uuid.uuid4()
    while OutboxMessage.objects.filter(status__in=OUTSTANDING).exists():
        recover.recover(by=by, at=AT)
        came_to = sending.send_all(now=lambda: AT, by=by, owner=owner, most=50)
        asked = reconcile.reconcile(by=by, at=AT)
        if not came_to.total() and not asked.total():
            time.sleep(0.02)


def plan_ticks() -> None:
    """Plan the same days again and again, as many planners at once do."""
    for tick in range(int(os.environ["RIG_TICKS"])):
        plan_due(DUE_ON + dt.timedelta(days=tick))


def plan_day() -> None:
    """Plan one day."""
    plan_due(dt.date.fromisoformat(os.environ["RIG_DAY"]))


JOBS = {"send": send_until_done, "plan": plan_day, "ticks": plan_ticks}
POINTS = crashpoints.POINTS
