"""Funding: in force, running out, lapsed, by the day; and the deeds on an approval."""

import datetime as dt
import threading

import pytest
from django.db import connections

from homecare.core.errors import IllegalMove, NotAllowed, Refused
from patients.actions import funding
from patients.models import FundingApproval, PathwayClock
from patients.pathway.facts import funding_for
from patients.pathway.funding import Approval, Funding, Standing, funding_of
from tests.factories import NOON
from tests.patients.starts import TODAY, days, registered, somebody

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


# The deeds


def ask(enrolment, *, on: dt.date = TODAY, at: dt.datetime = NOON, role: str = "TECHNICIAN") -> FundingApproval:
    return funding.request_funding(
        enrolment=enrolment, system="BLUETEQ", purpose="INITIATION", requested_on=on, by=somebody(role), at=at
    )


def approve(approval: FundingApproval, **changes: object) -> FundingApproval:
    given = {"reference": "BT-1", "decided_on": TODAY, "expires_on": LAST, "by": somebody(), "at": NOON} | changes
    return funding.approve_funding(approval=approval, **given)


def standing(enrolment, *, today: dt.date = TODAY) -> str:
    return funding_for([enrolment.treatment_id], today=today)[enrolment.treatment_id].standing


@pytest.mark.django_db
def test_funding_is_asked_for_and_approved() -> None:
    enrolment = registered()
    approval = ask(enrolment)
    assert standing(enrolment) == "REQUESTED"
    approved = approve(approval, criteria_version="TA375, 2016")
    assert (approved.status, approved.criteria_version) == ("APPROVED", "TA375, 2016")
    assert standing(enrolment) == "IN_FORCE"
    assert list(approved.status_changes.values_list("event", flat=True)) == ["request", "approve"]


@pytest.mark.django_db
def test_the_stage_follows_the_approval() -> None:
    enrolment = registered(upto="consent", service__needs_funding_approval=True)
    clock = PathwayClock.objects.get(enrolment=enrolment)
    assert (clock.stage, clock.whose) == ("AWAITING_FUNDING", "COMMISSIONER")
    approve(ask(enrolment))
    clock.refresh_from_db()
    assert clock.stage != "AWAITING_FUNDING"


@pytest.mark.django_db
def test_a_second_request_waits_for_the_first_answer() -> None:
    enrolment = registered()
    ask(enrolment)
    with pytest.raises(Refused, match="is not yet answered"):
        ask(enrolment)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference": " "}, "Enter the reference"),
        ({"decided_on": TODAY + dt.timedelta(days=1)}, "in the future"),
        ({"decided_on": TODAY - dt.timedelta(days=1)}, "cannot have been decided before"),
        ({"expires_on": TODAY - dt.timedelta(days=1)}, "cannot be before the day on which it was decided"),
    ],
)
def test_an_approval_that_cannot_be_is_refused(changes: dict[str, object], words: str) -> None:
    approval = ask(registered())
    with pytest.raises(Refused, match=words):
        approve(approval, **changes)


@pytest.mark.django_db
def test_a_request_in_the_future_is_refused() -> None:
    with pytest.raises(Refused, match="asked for in the future"):
        ask(registered(), on=TODAY + dt.timedelta(days=1))


@pytest.mark.django_db
def test_a_continuation_takes_the_place_of_the_earlier_approval() -> None:
    enrolment = registered()
    first = approve(ask(enrolment))
    later = days(100)
    second = funding.approve_funding(
        approval=ask(enrolment, on=later.date(), at=later),
        reference="BT-2",
        decided_on=later.date(),
        expires_on=LAST + dt.timedelta(days=365),
        by=somebody(),
        at=later,
    )
    first.refresh_from_db()
    assert (first.status, second.status) == ("RENEWED", "APPROVED")
    assert standing(enrolment, today=LAST + dt.timedelta(days=1)) == "IN_FORCE"


@pytest.mark.django_db
def test_renewing_records_the_continuation_at_once() -> None:
    enrolment = registered()
    old = approve(ask(enrolment))
    new = funding.renew_funding(
        approval=old, reference="BT-2", decided_on=TODAY, expires_on=None, by=somebody(), at=NOON
    )
    old.refresh_from_db()
    assert (old.status, new.status, new.purpose) == ("RENEWED", "APPROVED", "CONTINUATION")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "after"), [(funding.refuse_funding, "REFUSED"), (funding.waive_funding, "NOT_REQUIRED")]
)
def test_it_is_refused_or_waived_with_a_reason(deed, after: str) -> None:
    enrolment = registered()
    approval = ask(enrolment)
    with pytest.raises(Refused, match="Say wh"):
        deed(approval=approval, decided_on=TODAY, by=somebody(), at=NOON, reason=" ")
    deed(approval=approval, decided_on=TODAY, by=somebody(), at=NOON, reason="Said the commissioner")
    assert standing(enrolment) == after


@pytest.mark.django_db
def test_a_withdrawn_approval_covers_nothing() -> None:
    enrolment = registered()
    funding.withdraw_funding(approval=approve(ask(enrolment)), by=somebody(), at=NOON, reason="Wrong patient")
    assert standing(enrolment) == "NONE"


@pytest.mark.django_db
def test_what_was_refused_is_not_approved_after_all() -> None:
    approval = ask(registered())
    funding.refuse_funding(approval=approval, decided_on=TODAY, by=somebody(), at=NOON, reason="Criteria not met")
    with pytest.raises(IllegalMove, match="recorded this as refused"):
        approve(approval)


@pytest.mark.django_db
def test_an_auditor_records_no_funding() -> None:
    with pytest.raises(NotAllowed):
        ask(registered(), role="AUDITOR")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told_who() -> None:
    enrolment = registered()
    approval = ask(enrolment)
    people = [somebody("TECHNICIAN"), somebody("HOMECARE_LEAD")]
    gate, answers = threading.Barrier(2), []

    def press(by) -> None:
        try:
            gate.wait()
            answers.append(approve(approval, by=by, reference=f"BT-{by.pk}").reference)
        except IllegalMove as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refusal,) = [answer for answer in answers if isinstance(answer, IllegalMove)]
    (reference,) = [answer for answer in answers if isinstance(answer, str)]
    winner = next(by for by in people if reference == f"BT-{by.pk}")
    assert refusal.message.startswith(f"{winner} recorded this as approved at 12:00.")
    approval.refresh_from_db()
    assert approval.reference == reference
