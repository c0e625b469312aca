"""What the tests of the pathway's pages share: somebody on the way to a first dose."""

import datetime as dt
from typing import Any

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import pathway
from patients.actions.enrolment import move
from patients.models import Choice, Enrolment, PathwayClock
from tests.factories import NOON, EnrolmentFactory, UserFactory, consented

TODAY = NOON.date()
DAY = dt.timedelta(days=1)


def referred(*, days_ago: int = 14, **fields: Any) -> Enrolment:
    """Return an enrolment that was referred some days ago, its clock running."""
    by = User.objects.system("command")
    with acting(by=by):
        enrolment: Enrolment = EnrolmentFactory(status="IDENTIFIED", **fields)
        pathway.start_clock(enrolment, began_on=TODAY - days_ago * DAY, by=by, at=NOON - days_ago * DAY)
    return enrolment


def moved(enrolment: Enrolment, *events: str, days_ago: int = 7, by: User | None = None) -> Enrolment:
    """Move an enrolment on, with what each move needs to have been recorded."""
    at = NOON - days_ago * DAY
    who = by or UserFactory(role="HOMECARE_LEAD")
    with acting(by=who):
        for event in events:
            if event == "consent":
                Choice.objects.create(
                    enrolment=enrolment, chosen_on=at.date(), recorded_by=who, chosen="HOMECARE", hospital_offered=True
                )
                consented(enrolment, given_on=at.date())
            move(enrolment=enrolment, event=event, by=who, at=at)
    return enrolment


def clock_of(enrolment: Enrolment) -> PathwayClock:
    """Return the enrolment's clock."""
    return PathwayClock.objects.get(enrolment=enrolment)
