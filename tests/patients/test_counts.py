"""A count far from what deliveries and doses give is asked about before it is taken."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from homecare.core.errors import Refused
from patients.cover import actions
from patients.models import Cover, Enrolment
from tests.factories import UserFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def technician() -> User:
    with acting(by=User.objects.system("command")):
        return UserFactory()


def count(enrolment: Enrolment, units: int, by: User, *, on: dt.date, confirmed: bool = False) -> None:
    actions.record_count(
        enrolment=enrolment, on=on, units=units, method="telephone", by=by, at=at_local(on, 12), confirmed=confirmed
    )


@pytest.mark.parametrize("days", [0, 20], ids=["before the first dose", "later"])
def test_a_count_far_off_is_refused_until_confirmed(technician: User, days: int) -> None:
    enrolment = enrolment_with_cover(as_at=DAY)  # two pens, the first dose the day after
    on = DAY + dt.timedelta(days=days)
    with pytest.raises(Refused, match="confirm the count"):
        count(enrolment, 60, technician, on=on)
    count(enrolment, 60, technician, on=on, confirmed=True)
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on > on + dt.timedelta(days=800)


def test_a_plain_count_moves_the_dates(technician: User) -> None:
    enrolment = enrolment_with_cover(as_at=DAY)
    count(enrolment, 3, technician, on=DAY)
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on == DAY + dt.timedelta(days=1 + 3 * 14)
