"""The words of a message: the newest version of its template, with its values put in."""

import datetime as dt
import hashlib
import string
from collections.abc import Iterable

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.messaging import registry
from homecare.messaging.models import MessageTemplate
from homecare.messaging.registry import Context


def current_templates(
    keys: Iterable[tuple[str, str]], *, by: User, at: dt.datetime
) -> dict[tuple[str, str], MessageTemplate]:
    """Return the newest version for each (purpose, channel); the first is written from the registry when needed."""
    wanted = set(keys)
    rows = MessageTemplate.objects.filter(purpose__in={purpose for purpose, _ in wanted})
    newest = rows.newest_first().distinct("purpose", "channel")
    found = {(row.purpose, row.channel): row for row in newest}
    for purpose, channel in wanted - found.keys():
        found[purpose, channel] = _first(purpose, channel, by=by, at=at)
    return found


def _first(purpose: str, channel: str, *, by: User, at: dt.datetime) -> MessageTemplate:
    words = {str(key): value for key, value in registry.get(purpose).words.items()}[channel]
    row, _ = MessageTemplate.objects.get_or_create(
        purpose=purpose,
        channel=channel,
        version=1,
        defaults={"subject": words.subject, "body": words.body, "written_by": by, "written_at": at},
    )
    return row


@action
def publish(
    *, purpose: str, channel: str, subject: str, body: str, by: User, at: dt.datetime, reason: str
) -> MessageTemplate:
    """Put new words into use, from the next message that is claimed on."""
    newest = current_templates([(purpose, channel)], by=by, at=at)[purpose, channel]
    unknown = placeholders(body, subject) - placeholders(newest.body, newest.subject)
    if unknown:
        raise Refused(f"These words name values that this message does not have: {', '.join(sorted(unknown))}.")
    return MessageTemplate.objects.create(
        purpose=purpose,
        channel=channel,
        version=newest.version + 1,
        subject=subject,
        body=body,
        written_by=by,
        written_at=at,
    )


def placeholders(*texts: str) -> set[str]:
    """Return the names of the values that the words ask for. Anything but a plain name is refused."""
    names: set[str] = set()
    for text in texts:
        for _, name, spec, conversion in string.Formatter().parse(text):
            if name is None:
                continue
            if not name.isidentifier() or spec or conversion:
                raise Refused("Between the braces stands the name of a value, and nothing else.")
            names.add(name)
    return names


def render(template: MessageTemplate, context: Context) -> tuple[str, str]:
    """Return subject and body. A value that is missing is an error: a message with a hole is not sent."""
    placeholders(template.subject, template.body)
    subject = template.subject.format_map(context)
    body = template.body.format_map(context)
    if "\n" in subject or "\r" in subject:
        raise ValueError("A subject is one line.")
    return subject, body


def fingerprint(subject: str, body: str) -> str:
    """Return the SHA-256 of the words as sent, so that what was said can be proved without keeping it twice."""
    return hashlib.sha256(f"{subject}\n\n{body}".encode()).hexdigest()
