"""The queues of Today: for each, how many wait and since when, and its rows, most urgent first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.clock import local_day
from homecare.desk.today import consents, imports, lists, messages, prescriptions, renewals, tests
from homecare.desk.today.cells import Column, Row
from homecare.desk.today.counting import Count
from homecare.desk.today.filters import Filters
from homecare.desk.today.models import Tally
from homecare.desk.today.paging import Key, Page


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
    count: Callable[[Any], Count]
    page: Callable[[Any, Key | None, int], Page[Row]]
    empty: str
    is_tab: bool = True
    is_filtered: bool = True


QUEUES: tuple[Queue, ...] = (
    Queue(
        "prescriptions_needed",
        "Prescriptions needed",
        Permission.PATIENT_VIEW,
        renewals.COLUMNS,
        renewals.count,
        renewals.page,
        "Nobody waits for a prescription.",
    ),
    Queue(
        "to_screen",
        "To screen",
        Permission.PATIENT_VIEW,
        prescriptions.COLUMNS,
        prescriptions.count_to_screen,
        prescriptions.page_to_screen,
        "No prescription waits to be clinically screened.",
    ),
    Queue(
        "to_send",
        "To send",
        Permission.PATIENT_VIEW,
        prescriptions.COLUMNS,
        prescriptions.count_to_send,
        prescriptions.page_to_send,
        "No screened prescription waits to be sent.",
    ),
    Queue(
        "blood_tests_overdue",
        "Blood tests overdue",
        Permission.PATIENT_VIEW,
        tests.COLUMNS,
        tests.count,
        tests.page,
        "No blood test is overdue.",
    ),
    Queue(
        "consents_missing",
        "Consents missing",
        Permission.PATIENT_VIEW,
        consents.COLUMNS,
        consents.count,
        consents.page,
        "Everybody on treatment has consented.",
    ),
    Queue(
        "messages_to_settle",
        "Messages",
        Permission.MESSAGE_VIEW,
        messages.COLUMNS,
        messages.count,
        messages.page,
        "Every message arrived, or is on its way.",
        is_filtered=False,
    ),
    Queue(
        "imports_to_review",
        "Imports",
        Permission.REGISTER_IMPORT,
        imports.COLUMNS,
        imports.count,
        imports.page,
        "No import waits for a decision.",
        is_filtered=False,
    ),
    Queue(
        "soon_without",
        "Will reach a dose with no medicine in 7 days",
        Permission.PATIENT_VIEW,
        lists.COVER_COLUMNS,
        lists.count_soon_without,
        lists.page_soon_without,
        "Nobody reaches a dose without medicine in the next 7 days.",
        is_tab=False,
    ),
    Queue(
        "without_next_prompt",
        "Active enrolments with no next prompt",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lists.count_without_next_prompt,
        lists.page_without_next_prompt,
        "Every active enrolment has a day on which its next prescription is asked for.",
        is_tab=False,
    ),
    Queue(
        "without_next_test",
        "Patients with no next test date",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lists.count_without_next_test,
        lists.page_without_next_test,
        "Everybody who is monitored has a next test date.",
        is_tab=False,
    ),
    Queue(
        "enrolments",
        "Enrolments",
        Permission.PATIENT_VIEW,
        lists.ENROLMENT_COLUMNS,
        lists.count_enrolments,
        lists.page_enrolments,
        "Nobody is enrolled.",
        is_tab=False,
    ),
)
BY_NAME = {queue.name: queue for queue in QUEUES}


def of_user(user: User) -> list[Queue]:
    """Return the queues this user may see."""
    return [queue for queue in QUEUES if user.may(queue.permission)]
