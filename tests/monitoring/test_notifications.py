"""A reminder is asked again, at the moment of sending, whether its need stands on that day."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from homecare.messaging.models import OutboxMessage
from medicines.models import MonitoringProtocol, ProtocolPhase, ProtocolTest, TestType
from monitoring import actions, notifications
from monitoring.models import MonitoringItem
from patients import actions as patients
from patients.models import Enrolment, Suspension
from tests.factories import UserFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
START = dt.date(2026, 1, 5)
DUE = dt.date(2026, 3, 2)


@pytest.fixture
def enrolment() -> Enrolment:
    found = enrolment_with_cover(as_at=START)
    by = User.objects.system("command")
    with acting(by=by):
        approver = UserFactory(role="CHIEF_PHARMACIST")
        protocol = MonitoringProtocol.objects.create(
            medicine=found.medicine,
            source="a test",
            status="APPROVED",
            approved_by=approver,
            approved_at=at_local(START, 9),
        )
        phase = ProtocolPhase.objects.create(protocol=protocol, order=1, interval_days=56)
        ProtocolTest.objects.create(phase=phase, test_type=TestType.objects.create(code="FBC", name="F", source="t"))
    actions.start_plan(enrolment=found, protocol=protocol, started_on=START, by=by, at=at_local(START, 9))
    return found


def reason_on(day: dt.date) -> str | None:
    """Plan the reminder on the day it is due, and ask on another day whether it is still needed."""
    by = User.objects.system("sweep")
    assert notifications.plan_reminders(day=DUE, by=by, at=at_local(DUE, 9), imported_by=None).planned == 1
    message = OutboxMessage.objects.get()
    return notifications.still_needed([message], at_local(day, 10))[message.pk]


def test_a_test_still_due_is_reminded_of(enrolment: Enrolment) -> None:
    assert MonitoringItem.objects.get().due_on == DUE
    assert reason_on(DUE + dt.timedelta(days=2)) is None


def test_a_pause_that_began_since_ends_the_need(enrolment: Enrolment) -> None:
    with acting(by=User.objects.system("command")):
        Suspension.objects.create(
            enrolment=enrolment,
            starts_on=DUE + dt.timedelta(days=1),
            ends_on=DUE + dt.timedelta(days=30),
            reason="INFECTION",
        )
    assert reason_on(DUE + dt.timedelta(days=3)) == "NO_TEST_DUE"


def test_somebody_paused_is_not_reminded_at_all(enrolment: Enrolment) -> None:
    by = User.objects.system("sweep")
    patients.suspend(enrolment=enrolment, starts_on=DUE, suspension_reason="INFECTION", by=by, at=at_local(DUE, 8))
    assert notifications.plan_reminders(day=DUE, by=by, at=at_local(DUE, 9), imported_by=None).planned == 0
