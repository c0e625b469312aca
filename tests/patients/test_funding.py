"""Funding: in force, running out, lapsed, by the day; and the deeds on an approval."""

import datetime as dt

import pytest

from patients.pathway.funding import Approval, Funding, Standing, funding_of

LAST = dt.date(2026, 6, 30)
DECIDED = dt.date(2026, 1, 5)


def approved(expires_on: dt.date | None = LAST, decided_on: dt.date = DECIDED) -> Approval:
    return Approval("APPROVED", decided_on, expires_on)


def stands(*approvals: Approval, today: dt.date = dt.date(2026, 3, 2)) -> Funding:
    return funding_of(approvals, today=today, warned_days=60)


@pytest.mark.parametrize(
    ("today", "standing", "allows"),
    [
        (DECIDED - dt.timedelta(days=1), "NONE", False),  # decided tomorrow: not yet
        (DECIDED, "IN_FORCE", True),
        (LAST - dt.timedelta(days=61), "IN_FORCE", True),
        (LAST - dt.timedelta(days=60), "RUNNING_OUT", True),
        (LAST - dt.timedelta(days=1), "RUNNING_OUT", True),
        (LAST, "RUNNING_OUT", True),
        (LAST + dt.timedelta(days=1), "LAPSED", False),
    ],
)
def test_an_approval_by_the_day(today: dt.date, standing: str, allows: bool) -> None:
    found = stands(approved(), today=today)
    assert (found.standing, found.allows) == (standing, allows)


@pytest.mark.parametrize(
    ("approvals", "standing"),
    [
        ([], Standing.NONE),
        ([Approval("REQUESTED")], Standing.REQUESTED),
        ([Approval("REFUSED")], Standing.REFUSED),
        ([Approval("REFUSED"), Approval("REQUESTED")], Standing.REQUESTED),
        ([Approval("WITHDRAWN")], Standing.NONE),
        ([Approval("NOT_REQUIRED")], Standing.NOT_REQUIRED),
        ([approved(None)], Standing.IN_FORCE),
        ([approved(), Approval("REFUSED")], Standing.IN_FORCE),  # a refused continuation takes nothing away
        ([approved(dt.date(2026, 2, 1))], Standing.LAPSED),
        ([approved(dt.date(2026, 2, 1)), approved()], Standing.IN_FORCE),
        ([approved(dt.date(2026, 3, 20)), Approval("REQUESTED")], Standing.RUNNING_OUT),
        ([approved(dt.date(2026, 2, 1)), Approval("NOT_REQUIRED")], Standing.NOT_REQUIRED),
        ([Approval("NOT_REQUIRED"), approved(dt.date(2026, 2, 1))], Standing.LAPSED),
    ],
)
def test_several_requests_together(approvals: list[Approval], standing: Standing) -> None:
    assert stands(*approvals).standing == standing


@pytest.mark.parametrize(
    ("approvals", "words"),
    [
        ([], "Funding has not been asked for"),
        ([approved()], "Funding approved until 30 June 2026"),
        ([approved(None)], "Funding approved, without a last day"),
        ([approved(dt.date(2026, 2, 1))], "Funding lapsed: 1 February 2026 was its last day"),
        (
            [approved(dt.date(2026, 3, 20)), Approval("REQUESTED")],
            "Funding runs out on 20 March 2026; another request waits for its answer",
        ),
    ],
)
def test_it_is_said_in_a_line(approvals: list[Approval], words: str) -> None:
    assert stands(*approvals).words == words
