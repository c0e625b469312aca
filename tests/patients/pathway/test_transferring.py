"""When a treatment may move to another provider's service, and when there is a way back."""

import pytest

from patients.pathway.transferring import Destination, why_no_way_back, why_not_there
from patients.states import TRANSITIONS, EnrolmentStatus


def test_only_active_and_suspended_enrolments_are_transferred() -> None:
    may = {status for status in EnrolmentStatus.values if TRANSITIONS.allows("start_transfer", source=status)}
    assert may == {"ACTIVE", "SUSPENDED"}


THERE = Destination("Low tech, Beta", "Beta", "adalimumab", is_same_provider=False, supplies_medicine=True)


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (THERE, None),
        (Destination("Low tech, Alpha", "Alpha", "adalimumab", True, True), "with Alpha already"),
        (Destination("Low tech, Beta", "Beta", "adalimumab", False, False), "does not supply adalimumab"),
        (Destination("Low tech, Beta", "Beta", "adalimumab", False, True, "Low tech is closed."), "is closed"),
    ],
)
def test_where_somebody_may_move_to(destination: Destination, words: str | None) -> None:
    said = why_not_there(destination)
    assert said is None if words is None else words in (said or "")


@pytest.mark.parametrize(
    ("status", "was_sent", "may"),
    [
        ("SUITABLE", False, True),
        ("CONSENTED", False, True),
        ("CONSENTED", True, False),  # sent, and somehow back: not ours to undo
        ("REGISTRATION_SENT", True, False),
        ("REGISTRATION_QUERIED", True, False),
        ("REGISTRATION_REJECTED", False, True),
        ("REGISTERED", True, False),
        ("AWAITING_FIRST_DELIVERY", True, False),
        ("AWAITING_TRAINING", True, False),
        ("ACTIVE", True, False),
        ("SUSPENDED", True, False),
    ],
)
def test_when_there_is_a_way_back(status: str, was_sent: bool, may: bool) -> None:
    assert (why_no_way_back(status=status, provider="Beta", was_sent=was_sent) is None) == may
