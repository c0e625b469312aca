"""A change of a service reaches its patients in the same transaction: their stages, and their dates."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import Refused
from homecare.desk.services.actions import change_terms, retier
from patients.actions import pathway
from patients.models import Cover, Enrolment, PathwayClock
from providers.models import HomecareService
from providers.tiers import Scheme
from tests.desk.pages import person
from tests.factories import NOON, EnrolmentFactory, consented

pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture
def waiting(service: HomecareService) -> Enrolment:
    """Return somebody who has consented and is to be registered."""
    with acting(by=User.objects.system("command")):
        enrolment = EnrolmentFactory(service=service, status="CONSENTED")
        consented(enrolment)
        pathway.refresh(enrolment, by=User.objects.system("command"), at=NOON)
    return enrolment


def stage_of(enrolment: Enrolment) -> str:
    return PathwayClock.objects.get(enrolment=enrolment).stage


def test_a_service_that_comes_to_need_funding_moves_those_who_wait(
    service: HomecareService, waiting: Enrolment
) -> None:
    before = stage_of(waiting)
    lead = person("HOMECARE_LEAD")
    change_terms(service=service, terms={"needs_funding_approval": True}, by=lead, at=LATER, reason="New policy")
    assert (before, stage_of(waiting)) == ("REGISTRATION_TO_COMPLETE", "AWAITING_FUNDING")


def test_another_buffer_moves_everybodys_dates(service: HomecareService, enrolment: Enrolment) -> None:
    before = Cover.objects.get(pk=enrolment.pk).prescription_needed_by_on
    lead = person("HOMECARE_LEAD")
    change_terms(service=service, terms={"buffer_days": 14}, by=lead, at=LATER, reason="Agreed")
    assert Cover.objects.get(pk=enrolment.pk).prescription_needed_by_on < before


def test_activities_are_not_changed_without_a_reason_even_while_proposed(service: HomecareService) -> None:
    given = {"activities": ["SPECIAL_STORAGE"], "scheme": Scheme.RPS, "seen": [], "reason": " "}
    with pytest.raises(Refused, match="reason"):
        retier(service=service, by=person("HOMECARE_LEAD"), at=LATER, **given)  # type: ignore[arg-type]
