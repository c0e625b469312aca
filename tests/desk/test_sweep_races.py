"""Five sweeps at once, again and again: one renewal for an enrolment, one message for a clinic, nothing lost."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.sweep.actions import sweep
from homecare.messaging.models import OutboxMessage
from prescriptions.models import RenewalRequest
from tests.factories import enrolment_with_cover

COUNTED_ON = dt.date(2026, 2, 28)
PROMPT_ON = dt.date(2026, 3, 4)
SWEEPERS, ROUNDS, ENROLMENTS = 5, 4, 6


def at_once(deed: Callable[[], None], *, times: int) -> list[BaseException]:
    """Do a deed in several threads that start together; return what went wrong."""
    start, errors = threading.Barrier(times), []

    def run() -> None:
        start.wait()
        try:
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_open_and_plan_each_thing_once() -> None:
    enrolments = [enrolment_with_cover(as_at=COUNTED_ON) for _ in range(ENROLMENTS)]
    by = User.objects.system("sweep")
    for number in range(ROUNDS):
        at = at_local(PROMPT_ON + dt.timedelta(days=number), 9)
        assert at_once(lambda at=at: sweep(by=by, at=at), times=SWEEPERS) == []  # type: ignore[misc]
    assert sorted(RenewalRequest.objects.values_list("enrolment_id", flat=True)) == [e.pk for e in enrolments]
    assert OutboxMessage.objects.filter(purpose="PRESCRIPTION_PROMPT").count() == ENROLMENTS
