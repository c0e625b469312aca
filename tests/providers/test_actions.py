"""A service changes its activities and tier together, and moves as its table says."""

import pytest

from homecare.accounts.models import User
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from providers.actions import move_service, set_activities, take_live
from providers.models import HomecareService, HomecareServiceStatusChange, ServiceActivity
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


def test_a_service_goes_live_by_the_chief_pharmacist(service: HomecareService, chief: User) -> None:
    move_service(service=service, event="approve", by=chief, at=AT)
    move_service(service=service, event="go_live", by=chief, at=AT)
    changes = HomecareServiceStatusChange.objects.filter(service=service).order_by("pk")
    assert [(c.from_status, c.to_status, c.by_id) for c in changes] == [
        ("DRAFT", "APPROVED", chief.pk),
        ("APPROVED", "LIVE", chief.pk),
    ]


def test_a_draft_does_not_go_live_unapproved(service: HomecareService, chief: User) -> None:
    with pytest.raises(IllegalMove):
        move_service(service=service, event="go_live", by=chief, at=AT)


def test_a_homecare_lead_does_not_approve_a_service(service: HomecareService, lead: User) -> None:
    with pytest.raises(NotAllowed):
        move_service(service=service, event="approve", by=lead, at=AT)


def test_all_services_go_live_at_once_with_both_moves_on_record(loaded: None, chief: User) -> None:
    assert take_live(services=list(HomecareService.objects.all()), by=chief, at=AT) == 25
    assert HomecareServiceStatusChange.objects.count() == 50
    assert take_live(services=list(HomecareService.objects.all()), by=chief, at=AT) == 0
