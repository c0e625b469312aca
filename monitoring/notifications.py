"""What the monitoring app writes to people: one reminder a day for a patient with a blood test due."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection

from homecare.accounts.models import User
from homecare.core.clock import local_day
from homecare.messaging import registry
from homecare.messaging.models import Channel, OutboxMessage
from homecare.messaging.planning import PlanResult, plan
from monitoring.due import CANDIDATES, STILL_DUE

REMINDER = "BLOOD_TEST_DUE"


def plan_reminders(*, day: dt.date, by: User, at: dt.datetime, imported_by: User | None) -> PlanResult:
    """Plan one reminder for each patient with a blood test due or overdue that they were not yet reminded of."""
    return plan(
        purpose=REMINDER,
        candidates_sql=CANDIDATES,
        params={
            "day": day,
            "repeat_days": settings.BLOOD_TEST_REPEAT_DAYS,
            "repeats": settings.BLOOD_TEST_REPEATS,
        },
        day=day,
        by=by,
        at=at,
        initial_import=imported_by is not None,
        answerable=imported_by,
    )


def still_needed(messages: Sequence[OutboxMessage], at: dt.datetime) -> Mapping[UUID, str | None]:
    """Say of each reminder whether its patient has, on the local day, a test due that may be reminded of."""
    due = _still_due(local_day(at), [message.subject_id for message in messages])
    return {message.id: None if message.subject_id in due else "NO_TEST_DUE" for message in messages}


def _still_due(day: dt.date, patients: list[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(STILL_DUE, {"day": day, "patients": patients})
        return {row[0] for row in cursor.fetchall()}


def context(messages: Sequence[OutboxMessage]) -> Mapping[UUID, registry.Context]:
    """Give each reminder the name and number to ring."""
    values = {"organisation": settings.ORGANISATION_NAME, "telephone": settings.TEAM_TELEPHONE}
    return {message.id: values for message in messages}


def register() -> None:
    """Make the reminder known to messaging."""
    text = (
        "{organisation}: your blood test is due. Please arrange it as soon as you can. "
        "If you have had it already, thank you. Questions: {telephone}"
    )
    registry.register(
        registry.Purpose(
            code=REMINDER,
            title="Blood test due, for a patient",
            words={
                Channel.SMS: registry.Words(body=text),
                Channel.EMAIL: registry.Words(subject="Your blood test is due", body=text),
            },
            still_needed=still_needed,
            context=context,
            usual_batch=25,
        )
    )
