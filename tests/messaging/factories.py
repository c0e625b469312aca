"""The plainest valid records of messaging; what is due is a table that tests fill as a sweep would find it."""

import datetime as dt
from typing import Any

from django.db import connection

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.messaging import planning, registry
from homecare.messaging.models import Channel, OutboxMessage, Recipient
from homecare.messaging.planning import PlanResult
from homecare.messaging.registry import Purpose, Words

DAY = dt.date(2026, 3, 10)  # a Tuesday
AT = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)


def still_needed(messages: Any, at: dt.datetime) -> dict[Any, str | None]:
    """Say that all are needed."""
    return {message.id: None for message in messages}


def purpose(code: str = "TEST_DUE", **values: Any) -> Purpose:
    """Return a purpose; the caller registers it."""
    given: dict[str, Any] = {
        "title": "Blood test due",
        "words": {
            Channel.SMS: Words("A test is due. Call us on {telephone}."),
            Channel.EMAIL: Words("A test is due. Call us on {telephone}.", subject="A test is due"),
        },
        "still_needed": still_needed,
        "context": lambda messages: {message.id: {"telephone": "01632 960000"} for message in messages},
    }
    return Purpose(code=code, **(given | values))


def recipients(count: int, *, first: int = 0, **values: Any) -> list[int]:
    """Make patients' recipients, each with a number of its own; return their ids."""
    given: dict[str, Any] = {"kind": "PATIENT", "safe_to_message": True, "preferred_channel": "SMS"}
    rows = [
        Recipient(**({"display": f"H{n}", "mobile": f"+4477009{n:05d}"} | given | values))
        for n in range(first, first + count)
    ]
    with acting(by=User.objects.system("register_import")):
        return [row.pk for row in Recipient.objects.bulk_create(rows)]


CANDIDATES = """
SELECT r.id AS recipient_id, 'test' AS subject_type, r.id AS subject_id, 'E1' AS episode, %(due_on)s::date AS due_on,
       'SMS' AS channel
FROM messaging_recipient r WHERE r.id = ANY(%(ids)s)
"""


def plan(
    ids: list[int], *, due_on: dt.date = DAY, day: dt.date = DAY, at: dt.datetime = AT, **values: Any
) -> PlanResult:
    """Plan a message to each of these recipients, as the sweep does."""
    given: dict[str, Any] = {
        "purpose": "TEST_DUE",
        "candidates_sql": CANDIDATES,
        "params": {"ids": ids, "due_on": due_on},
        "by": User.objects.system("sweep"),
    }
    return planning.plan(day=day, at=at, **(given | values))


def queued(count: int = 1, **values: Any) -> list[OutboxMessage]:
    """Make messages that wait to be sent, to recipients of their own."""
    result = plan(recipients(count), **values)
    assert (result.planned, result.held) == (count, 0)
    return list(OutboxMessage.objects.order_by("recipient_id"))


def person(name: str = "lead", role: str = "HOMECARE_LEAD") -> User:
    """Make somebody who signs in."""
    return User.objects.create(username=name, role=role, kind=User.Kind.HUMAN)


def database_time_passes(hours: float = 1) -> None:
    """Make what waits by the database's clock due: as if so many hours had passed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_outboxmessage SET lease_until = lease_until - make_interval(secs => %(s)s), "
            "retry_at = retry_at - make_interval(secs => %(s)s), "
            "look_up_at = look_up_at - make_interval(secs => %(s)s), "
            "absent_at = absent_at - make_interval(secs => %(s)s), "
            "uncertain_at = uncertain_at - make_interval(secs => %(s)s)",
            {"s": hours * 3600},
        )


__all__ = ["AT", "DAY", "database_time_passes", "person", "plan", "purpose", "queued", "recipients", "registry"]
