"""One oracle for all goals: what was due is what was sent, suppressed, waiting or uncertain — by exact ids."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from homecare.messaging import rules
from homecare.messaging.models import OutboxMessage
from homecare.messaging.states import Status
from tests.rig.provider import Provider

PURPOSE, EPISODE, DUE_ON = "RIG_DUE", "E1", dt.date(2026, 3, 10)


def due_ids(recipient_ids: Iterable[int], *, due_on: dt.date = DUE_ON) -> set[UUID]:
    """Return what is due, worked out here and not by the code that is tested."""
    return {
        rules.message_id(recipient_id=one, purpose=PURPOSE, episode=EPISODE, due_on=due_on) for one in recipient_ids
    }


@dataclass
class Verdict:
    """What the oracle found. Nothing is lost, nothing doubled, nothing in two places."""

    n: int
    sent: int
    suppressed: int
    waiting: int
    uncertain: int
    not_sent_in_sight: int
    lost: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)

    @property
    def holds(self) -> bool:
        """Say whether the goal is met."""
        return not (self.lost or self.duplicated or self.strays)

    def numbers(self) -> dict[str, int]:
        """Return the numbers of a result line."""
        return {
            "N": self.n,
            "sent": self.sent,
            "suppressed": self.suppressed,
            "waiting": self.waiting,
            "parked": self.uncertain,
            "lost": len(self.lost),
            "duplicated": len(self.duplicated),
        }


_SAYS_SENT = {Status.ACCEPTED, Status.DELIVERED}
_WAITS = {Status.PLANNED, Status.HELD, Status.QUEUED, Status.SENDING}
_IN_SIGHT = {Status.FAILED_PERMANENT, Status.DEAD, Status.MISSED}


def judge(due: set[UUID], provider: Provider) -> Verdict:
    """Compare what was due with what the outbox says and with what the provider got."""
    rows: list[tuple[UUID, str, str]] = list(OutboxMessage.objects.values_list("id", "status", "outcome_reason"))
    said = {str(pk): Status(status) for pk, status, _ in rows}
    without_reason = {
        str(pk) for pk, status, reason in rows if Status(status) in _IN_SIGHT | {Status.SUPPRESSED} and not reason
    }
    got = provider.counts()
    wanted = {str(pk) for pk in due}
    by_status = Counter(said.values())
    says_sent = {pk for pk, status in said.items() if status in _SAYS_SENT}
    never = {pk for pk, status in said.items() if status in _IN_SIGHT | _WAITS | {Status.SUPPRESSED}}
    return Verdict(
        n=len(wanted),
        sent=len(says_sent & set(got)),
        suppressed=by_status[Status.SUPPRESSED],
        waiting=sum(by_status[status] for status in _WAITS),
        uncertain=by_status[Status.UNCERTAIN],
        not_sent_in_sight=sum(by_status[status] for status in _IN_SIGHT),
        # Lost: due and not planned, or said to be sent while the provider never got it, or dropped without a reason.
        lost=(wanted - set(said)) | (says_sent - set(got)) | without_reason,
        # Doubled: got more than once, or got while the outbox would still send it, or says that it never went.
        duplicated={pk for pk, count in got.items() if count > 1} | (never & set(got)),
        strays=(set(said) - wanted) | (set(got) - wanted),
    )
