"""Blood tests overdue: one row for a patient and a day."""

import datetime as dt

import pytest
import time_machine

from homecare.accounts.models import User
from homecare.audit.actions import acting
from medicines.models import MonitoringProtocol, TestType
from monitoring.models import MonitoringItem, MonitoringPlan
from tests.desk.pages import TODAY, browser, text, treated
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def due(enrolment, *days_ago: int) -> MonitoringPlan:
    """Plan a test for each number of days ago."""
    with acting(by=User.objects.system("command")):
        protocol = MonitoringProtocol.objects.create(medicine=enrolment.medicine, source="a test")
        plan = MonitoringPlan.objects.create(
            enrolment=enrolment, patient=enrolment.patient, protocol=protocol, started_on=TODAY
        )
        for number, days in enumerate(days_ago):
            test, _ = TestType.objects.get_or_create(
                code=f"T{number}", defaults={"name": f"Test {number}", "source": "a test"}
            )
            MonitoringItem.objects.create(
                plan=plan, patient=enrolment.patient, test_type=test, due_on=TODAY - dt.timedelta(days=days)
            )
    return plan


def test_tests_of_one_day_stand_in_one_row() -> None:
    due(treated(), 3, 3)
    page = text(browser().get("/today/blood_tests_overdue/"))
    assert "Blood tests overdue 1 oldest 3 days" in page
    assert "3 days late Test 0, Test 1" in page


@pytest.mark.parametrize(("days_ago", "overdue"), [(1, True), (0, False), (-1, False)])
def test_a_test_is_overdue_from_the_day_after(days_ago: int, overdue: bool) -> None:
    due(treated(), days_ago)
    assert ("O'BRIEN, " in text(browser().get("/today/blood_tests_overdue/"))) is overdue


def test_a_patient_with_no_test_to_come_is_not_lost() -> None:
    from medicines.models import ProtocolPhase, ProtocolTest

    plan = due(treated())
    with acting(by=User.objects.system("command")):
        phase = ProtocolPhase.objects.create(protocol=plan.protocol, order=1, interval_days=84)
        test = TestType.objects.create(code="FBC", name="Full blood count", source="a test")
        ProtocolTest.objects.create(phase=phase, test_type=test)
    page = text(browser().get("/today/without_next_test/"))
    assert "1 patients with no next test date" in page
    assert "O'BRIEN, Siobhan" in page
