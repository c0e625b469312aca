"""The same request sent twice at the same moment is done once."""

import threading
from typing import Any

import pytest
from django.db import connections

from deliveries.models import Delivery
from tests.api.conftest import Caller, caller, delivered, sent_to


@pytest.mark.django_db(transaction=True)
def test_the_same_report_four_times_at_once_is_one_delivery() -> None:
    mine: Caller = caller()
    path = f"prescriptions/{sent_to(mine).reference}/deliveries/"
    body, barrier, answers = delivered(), threading.Barrier(4), []

    def report() -> None:
        barrier.wait()
        answer: Any = mine.post(path, body, key="at-once-0001")
        answers.append((answer.status_code, answer.content))
        connections.close_all()

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert Delivery.objects.count() == 1
