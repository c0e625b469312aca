"""The queues of Today: for each, how many wait and since when, and its rows, most urgent first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.clock import local_day
from homecare.desk.pathway import board
from homecare.desk.today import (
    consents,
    equipment,
    funding,
    imports,
    lists,
    messages,
    not_started,
    prescriptions,
    provider_notices,
    registrations,
    renewals,
    restarts,
    tests,
)
from homecare.desk.today.cells import Column, Row
from homecare.desk.today.counting import FILTERED_LIMIT, Count, counted
from homecare.desk.today.filters import Filters
from homecare.desk.today.models import Tally
from homecare.desk.today.paging import Key, Page
from homecare.desk.today.tallies import QUICK_MS


@dataclass(frozen=True)
class Asked:
    """What a queue is asked: by whom, when, through which filters."""

    user: User
    at: dt.datetime
    filters: Filters
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """Return the local day."""
        return local_day(self.at)


@dataclass(frozen=True)
class Queue:
    """A list of work: what it is called, who sees it, what it says when it is empty, and where its rows come from."""

    name: str
    title: str
    permission: Permission
    columns: tuple[Column, ...]
    waiting: Callable[[Any], list[tuple[Any, str]]]  # what is counted, each with the field that says since when
    page: Callable[[Any, Key | None, int], Page[Row]]
    empty: str
    is_tab: bool = True
    is_filtered: bool = True
    is_tallied: bool = True
    whole: tuple[str, str] = ("", "")  # the page that shows more of it, by the name of its address and in words


QUEUES: tuple[Queue, ...] = (
    Queue(
        "prescriptions_needed",
        "Prescriptions needed",
        Permission.PATIENT_VIEW,
        renewals.COLUMNS,
        lambda asked: [(renewals.rows_of(asked), "opened_on")],
        renewals.page,
        "Nobody waits for a prescription.",
    ),
    Queue(
        "to_screen",
        "To screen",
        Permission.PATIENT_VIEW,
        prescriptions.COLUMNS,
        lambda asked: [(prescriptions.to_screen(asked), "signed_on")],
        prescriptions.page_to_screen,
        "No prescription waits to be clinically screened.",
    ),
    Queue(
        "to_send",
        "To send",
        Permission.PATIENT_VIEW,
        prescriptions.COLUMNS,
        lambda asked: [(prescriptions.to_send(asked), "signed_on")],
        prescriptions.page_to_send,
        "No screened prescription waits to be sent.",
    ),
    Queue(
        "registrations_waiting",
        "Registrations sent",
        Permission.PATIENT_VIEW,
        registrations.COLUMNS,
        lambda asked: [(registrations.waiting(asked), "sent_at")],
        registrations.page_waiting,
        "Every registration that was sent is answered.",
    ),
    Queue(
        "registrations_to_mend",
        "Registrations queried",
        Permission.PATIENT_VIEW,
        registrations.COLUMNS,
        lambda asked: [(registrations.to_mend(asked), "answered_at")],
        registrations.page_to_mend,
        "No registration is queried or rejected.",
    ),
    Queue(
        "blood_tests_overdue",
        "Blood tests overdue",
        Permission.PATIENT_VIEW,
        tests.COLUMNS,
        lambda asked: [(tests.patients_and_days(asked), "due_on")],
        tests.page,
        "No blood test is overdue.",
    ),
    Queue(
        "consents_missing",
        "Consents missing",
        Permission.PATIENT_VIEW,
        consents.COLUMNS,
        lambda asked: [(consents.rows_of(asked), "registered_on")],
        consents.page,
        "Everybody on treatment has consented.",
    ),
    Queue(
        "restarts_expected",
        "Restart expected",
        Permission.PATIENT_VIEW,
        restarts.COLUMNS,
        lambda asked: [(restarts.rows_of(asked), "asks_on")],
        restarts.page,
        "Nobody’s treatment is due to restart.",
    ),
    Queue(
        "providers_to_tell",
        "Providers to tell",
        Permission.PATIENT_VIEW,
        provider_notices.COLUMNS,
        lambda asked: [(provider_notices.rows_of(asked), "raised_at")],
        provider_notices.page,
        "Every provider knows of every change.",
    ),
    Queue(
        "not_started",
        "Not started",
        Permission.PATIENT_VIEW,
        board.COLUMNS,
        lambda asked: [(not_started.rows_of(asked), "began_on")],
        not_started.page,
        "Everybody who was referred has started.",
        whole=("not_started", "By stage, and by whose move it is"),
    ),
    Queue(
        "waiting_long",
        f"Referred over {settings.NOT_STARTED_WARNED_DAYS} days ago, not started",
        Permission.PATIENT_VIEW,
        board.COLUMNS,
        lambda asked: [(not_started.waiting_long(asked), "began_on")],
        not_started.page_waiting_long,
        f"Nobody has waited over {settings.NOT_STARTED_WARNED_DAYS} days to start.",
        is_tab=False,
        whole=("not_started", "By stage, and by whose move it is"),
    ),
    Queue(
        "funding_running_out",
        "Funding running out",
        Permission.PATIENT_VIEW,
        funding.COLUMNS,
        lambda asked: [(funding.rows_of(asked), "expires_on")],
        funding.page,
        "No funding approval runs out soon.",
    ),
    Queue(
        "equipment_to_service",
        "Equipment to service",
        Permission.PATIENT_VIEW,
        equipment.COLUMNS,
        lambda asked: [(equipment.rows_of(asked), "service_due_on")],
        equipment.page,
        "No equipment at a patient's home is due for its service.",
    ),
    Queue(
        "messages_to_settle",
        "Messages",
        Permission.MESSAGE_VIEW,
        messages.COLUMNS,
        lambda asked: [(messages.rows_of(asked), "planned_at")],
        messages.page,
        "Every message arrived, or is on its way.",
        is_filtered=False,
    ),
    Queue(
        "imports_to_review",
        "Imports",
        Permission.REGISTER_IMPORT,
        imports.COLUMNS,
        lambda asked: [(imports.registers(asked), "uploaded_at"), (imports.results(asked), "received_at")],
        imports.page,
        "No import waits for a decision.",
        is_filtered=False,
    ),
    Queue(
        "soon_without",
        "Will reach a dose with no medicine in 7 days",
        Permission.PATIENT_VIEW,
        lists.COVER_COLUMNS,
        lambda asked: [(lists.soon_without(asked), "")],
        lists.page_soon_without,
        "Nobody reaches a dose without medicine in the next 7 days.",
        is_tab=False,
    ),
    Queue(
        "without_next_prompt",
        "Active enrolments with no next prompt",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lambda asked: [(lists.without_next_prompt(asked), "")],
        lists.page_without_next_prompt,
        "Every active enrolment has a day on which its next prescription is asked for.",
        is_tab=False,
    ),
    Queue(
        "without_next_test",
        "Patients with no next test date",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lambda asked: [(lists.without_next_test(asked), "")],
        lists.page_without_next_test,
        "Everybody who is monitored has a next test date.",
        is_tab=False,
    ),
    Queue(
        "enrolments",
        "Enrolments",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lambda asked: [(lists.under_way(asked), "")],
        lists.page_enrolments,
        "Nobody is enrolled.",
        is_tab=False,
        is_tallied=False,
    ),
)
BY_NAME = {queue.name: queue for queue in QUEUES}


def of_user(user: User) -> list[Queue]:
    """Return the queues this user may see."""
    return [queue for queue in QUEUES if user.may(queue.permission)]


def count(queue: Queue, asked: Asked, *, is_chosen: bool) -> Count | None:
    """Count a queue: as tallied when everything is asked for, else live and up to a limit.

    Where even the whole takes long to count, only the chosen queue is counted through filters.
    """
    tally = asked.tallies.get(queue.name)
    if tally is not None and (asked.filters.is_empty or not queue.is_filtered):
        return Count(tally.number, oldest_on=tally.oldest_on)
    if tally is not None and tally.took_ms > QUICK_MS and not is_chosen:
        return None
    return _counted(queue, asked, limit=FILTERED_LIMIT)


def counters(*, at: dt.datetime) -> dict[str, Callable[[], Count]]:
    """Return how each number over everybody is counted."""
    everybody = Asked(User.objects.system("worker"), at, Filters())
    return {queue.name: partial(_counted, queue, everybody) for queue in QUEUES if queue.is_tallied}


def _counted(queue: Queue, asked: Asked, *, limit: int | None = None) -> Count:
    parts = [counted(rows, since=since, limit=limit) for rows, since in queue.waiting(asked)]
    oldest = [part.oldest_on for part in parts if part.oldest_on is not None]
    return Count(
        sum(part.number for part in parts), all(part.is_all for part in parts), min(oldest) if oldest else None
    )
