"""What a held batch would say: a sample of its messages, in the words that they would be sent in now."""

import logging

from homecare.messaging import registry
from homecare.messaging.models import MessageBatch, MessageTemplate, OutboxMessage
from homecare.messaging.presenters import SAMPLE, Sample, rows
from homecare.messaging.rules import chosen_channel
from homecare.messaging.states import Status
from homecare.messaging.words import render

log = logging.getLogger(__name__)


def samples(batch: MessageBatch) -> list[Sample]:
    """Return the first few messages of a batch with their words; nothing is written."""
    chosen = batch.messages.filter(status=Status.HELD).select_related("recipient", "template").order_by("id")[:SAMPLE]
    messages = list(chosen)
    try:
        texts = _texts(batch.purpose, messages)
    except Exception:
        log.exception("A sample of a batch could not be written.")
        return []
    return [Sample(row, *texts[row.message.pk]) for row in rows(messages) if row.message.pk in texts]


def _texts(code: str, messages: list[OutboxMessage]) -> dict[object, tuple[str, str]]:
    purpose = registry.get(code)
    contexts = purpose.context(messages)
    templates = {row.channel: row for row in MessageTemplate.objects.filter(purpose=code).order_by("version")}
    texts: dict[object, tuple[str, str]] = {}
    for message in messages:
        to = message.recipient
        channel = chosen_channel(to.preferred_channel, to.addresses, purpose.channels) or message.channel
        words = {str(key): value for key, value in purpose.words.items()}[channel]
        template = templates.get(channel) or MessageTemplate(subject=words.subject, body=words.body)
        texts[message.pk] = render(template, contexts[message.pk])
    return texts
