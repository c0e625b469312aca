"""What may follow what in the life of one message; docs/states/message.md is drawn from this table."""

from django.db.models import TextChoices

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class Status(TextChoices):
    """Where a message is. "Accepted" is the provider's word for it, "delivered" the telephone's or mailbox's."""

    PLANNED = "PLANNED", "Planned"
    HELD = "HELD", "Held for a second person"
    QUEUED = "QUEUED", "Waiting to be sent"
    SENDING = "SENDING", "Being sent"
    ACCEPTED = "ACCEPTED", "Accepted by the message service"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED_PERMANENT = "FAILED_PERMANENT", "Failed"
    UNCERTAIN = "UNCERTAIN", "Uncertain: it may have been sent"
    SUPPRESSED = "SUPPRESSED", "Not sent, on purpose"
    MISSED = "MISSED", "Missed its time"
    DEAD = "DEAD", "Given up after many tries"


WAITING = frozenset({Status.PLANNED, Status.HELD, Status.QUEUED})
"""Nothing has been sent, and something still may be."""

SENT = frozenset({Status.ACCEPTED, Status.DELIVERED})

FINAL = frozenset({Status.DELIVERED, Status.FAILED_PERMANENT, Status.SUPPRESSED, Status.MISSED, Status.DEAD})
"""Never left again."""

FIRST = frozenset({Status.PLANNED, Status.HELD, Status.QUEUED})
"""What a message may be when it is planned."""


def _move(event: str, sources: set[Status], target: Status, permission: Permission) -> Transition:
    return Transition(event, frozenset(str(source) for source in sources), str(target), permission)


_BY_ITSELF = Permission.SYSTEM_RUN

TRANSITIONS = Transitions(
    "message",
    [
        _move("queue", {Status.PLANNED}, Status.QUEUED, _BY_ITSELF),
        _move("release", {Status.HELD}, Status.QUEUED, Permission.BATCH_RELEASE),
        _move("claim", {Status.QUEUED}, Status.SENDING, _BY_ITSELF),
        _move("put_back", {Status.SENDING}, Status.QUEUED, _BY_ITSELF),
        _move("accept", {Status.SENDING}, Status.ACCEPTED, _BY_ITSELF),
        _move("fail", {Status.SENDING}, Status.FAILED_PERMANENT, _BY_ITSELF),
        _move("doubt", {Status.SENDING}, Status.UNCERTAIN, _BY_ITSELF),
        _move("give_up", {Status.QUEUED, Status.SENDING}, Status.DEAD, _BY_ITSELF),
        _move("find", {Status.UNCERTAIN}, Status.ACCEPTED, _BY_ITSELF),
        _move("prove_absent", {Status.UNCERTAIN}, Status.QUEUED, _BY_ITSELF),
        _move("say_sent", {Status.UNCERTAIN}, Status.ACCEPTED, Permission.MESSAGE_RESOLVE),
        _move("send_again", {Status.UNCERTAIN}, Status.QUEUED, Permission.MESSAGE_RESOLVE),
        _move("deliver", {Status.ACCEPTED}, Status.DELIVERED, _BY_ITSELF),
        _move("bounce", {Status.ACCEPTED}, Status.FAILED_PERMANENT, _BY_ITSELF),
        _move("suppress", {Status.PLANNED, Status.HELD, Status.QUEUED}, Status.SUPPRESSED, _BY_ITSELF),
        _move("discard", {Status.HELD}, Status.SUPPRESSED, Permission.BATCH_RELEASE),
        _move("miss", {Status.PLANNED, Status.HELD, Status.QUEUED}, Status.MISSED, _BY_ITSELF),
    ],
)
