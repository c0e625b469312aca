"""A service changes its activities and tier together."""

import pytest

from homecare.accounts.models import User
from homecare.core.errors import NotAllowed, Refused, Stale
from providers.actions import assess_service, set_activities
from providers.models import HomecareService, ServiceActivity
from providers.tiers import Scheme
from tests.providers.conftest import AT


@pytest.fixture
def service(loaded: None) -> HomecareService:
    return HomecareService.objects.get(name="Self-injected medicines", provider__name="Lloyds Clinical")


def test_new_activities_set_a_new_tier(service: HomecareService, lead: User) -> None:
    set_activities(service=service, activities=["SELF_ADMINISTRATION", "HOME_ADAPTATION"], by=lead, at=AT)
    service.refresh_from_db()
    assert (service.tier, service.tier_alongside, service.has_complex_alongside) == ("COMPLEX", "LOW", True)
    assert {a.activity for a in ServiceActivity.objects.filter(service=service)} == {
        "SELF_ADMINISTRATION",
        "HOME_ADAPTATION",
    }


def test_a_service_may_be_tiered_by_the_other_scheme(service: HomecareService, lead: User) -> None:
    codes = list(service.activities.values_list("activity", flat=True))
    changed = set_activities(service=service, activities=codes, scheme=Scheme.NCHA, by=lead, at=AT)
    assert (changed.tier, changed.tier_scheme) == ("LOW", "NCHA")


def test_an_activity_nobody_knows_is_refused_and_changes_nothing(service: HomecareService, lead: User) -> None:
    with pytest.raises(Refused, match="TELEPATHY"):
        set_activities(service=service, activities=["TELEPATHY"], by=lead, at=AT)
    assert service.activities.count() == 7


def test_what_was_taken_out_stays_in_the_history(service: HomecareService, lead: User) -> None:
    set_activities(service=service, activities=["SELF_ADMINISTRATION"], by=lead, at=AT)
    gone = ServiceActivity.history.filter(service_id=service.pk, history_type="-")
    assert {row.history_user_id for row in gone} == {lead.pk}
    assert gone.count() == 7


def test_a_technician_may_not_change_activities(service: HomecareService) -> None:
    technician = User.objects.create(username="dilys", role="TECHNICIAN")
    with pytest.raises(NotAllowed):
        set_activities(service=service, activities=[], by=technician, at=AT)


def test_a_reason_is_asked_for_once_a_service_is_no_longer_a_proposal(service: HomecareService, lead: User) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    with pytest.raises(Refused, match="reason"):
        set_activities(service=service, activities=["SELF_ADMINISTRATION"], by=lead, at=AT)


def test_activities_that_somebody_else_changed_meanwhile_are_refused_with_who_and_when(
    service: HomecareService, lead: User
) -> None:
    seen = set(service.activities.values_list("activity", flat=True))
    set_activities(service=service, activities=["SELF_ADMINISTRATION"], by=lead, at=AT)
    with pytest.raises(Stale, match="grace"):
        set_activities(service=service, activities=["HOME_ADAPTATION"], seen=seen, by=lead, at=AT)
    assert service.activities.get().activity == "SELF_ADMINISTRATION"
