"""Messages that need attention: they did not arrive, or may or may not have gone."""

from typing import Any

from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, since_words
from homecare.desk.today.paging import Key, Page
from homecare.messaging.models import OutboxMessage
from homecare.navigation import address_of

COLUMNS = (
    Column("To", "Kind"),
    Column("What", "For which day"),
    Column("What happened", "Why"),
    Column("Planned", "How long ago"),
    Column("What to do"),
)


def rows_of(asked: Any) -> Any:
    """Return the messages that somebody must look at."""
    return OutboxMessage.objects.visible_to(asked.user).needs_attention()


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return the oldest ones. There is one page: the messages' own screen has them all."""
    found = list(rows_of(asked).select_related("recipient__patient").order_by("planned_at")[:size])
    return Page([_row(message, asked) for message in found])


def _row(message: Any, asked: Any) -> Row:
    patient = getattr(message.recipient, "patient", None)
    name = words.person(patient.family_name, patient.given_name) if patient else message.recipient.display
    settle = address_of("message_attention") or address_of("messages") or ""
    return Row(
        (
            Cell(name, message.recipient.get_kind_display()),
            Cell(message.purpose.replace("_", " ").capitalize(), words.day(message.due_on, today=asked.today)),
            Cell(message.get_status_display(), message.outcome_reason.replace("_", " ").lower(), tone="late"),
            Cell(
                words.day(message.planned_at.date(), today=asked.today),
                since_words(message.planned_at, today=asked.today),
            ),
            Cell("Settle it", href=settle),
        ),
        patient.pk if patient else None,
    )
