"""The table of activities, and a live service with somebody on it."""

import pytest
import time_machine

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment
from providers.actions.loading import load_activities
from providers.drafts import read_providers
from providers.models import HomecareService
from tests.desk.pages import treated
from tests.factories import NOON


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def table(db: None) -> None:
    """Load the activity table that ships."""
    with acting(by=User.objects.system("command")):
        load_activities(read_providers())


@pytest.fixture
def enrolment(table: None) -> Enrolment:
    """Return somebody active on a live service without activities."""
    return treated("O'Brien")


@pytest.fixture
def service(enrolment: Enrolment) -> HomecareService:
    return enrolment.service
