"""What messaging remembers: to whom, in which words, held or not, and each message with all that became of it."""

from homecare.messaging.models.batches import MessageBatch
from homecare.messaging.models.messages import OutboxAttempt, OutboxEvent, OutboxMessage
from homecare.messaging.models.recipients import Channel, Recipient
from homecare.messaging.models.switches import DatabaseMark, KillSwitch
from homecare.messaging.models.templates import MessageTemplate
from homecare.messaging.stand_in.models import StandInMessage

__all__ = [
    "Channel",
    "DatabaseMark",
    "KillSwitch",
    "MessageBatch",
    "MessageTemplate",
    "OutboxAttempt",
    "OutboxEvent",
    "OutboxMessage",
    "Recipient",
    "StandInMessage",
]
