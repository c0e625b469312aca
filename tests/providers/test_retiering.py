"""What became of a service's tier can be read, with who, when and why."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from providers.actions import (
    approve_service,
    assess_service,
    change_terms,
    move_service,
    set_activities,
)
from providers.models import HomecareService
from providers.retiering import changed_since_approval, tier_history
from tests.providers.conftest import AT


@pytest.fixture
def service(loaded: None) -> HomecareService:
    return HomecareService.objects.get(name="Oral medicines", provider__name="Alcura Health")


def test_a_service_that_never_changed_has_one_tier(service: HomecareService) -> None:
    (only,) = tier_history(service)
    assert (only.words, only.is_now, len(only.reasons)) == ("low tech (RPS/LPP)", True, 5)


def test_each_tiering_says_what_went_in_and_out_by_whom_and_why(service: HomecareService, lead: User) -> None:
    codes = ["SELF_ADMINISTRATION", "SPECIAL_STORAGE"]
    set_activities(service=service, activities=codes, reason="Cold chain", by=lead, at=AT)
    now, before = tier_history(service)
    assert (now.words, now.who, now.why, now.added) == (
        "mid tech (RPS/LPP)",
        "grace",
        "Cold chain",
        ("Medications with special storage requirements",),
    )
    assert (before.words, before.is_now, len(now.removed)) == ("low tech (RPS/LPP)", False, 4)


def test_other_changes_of_a_service_are_no_tiering(service: HomecareService, lead: User) -> None:
    change_terms(service=service, terms={"buffer_days": 9}, by=lead, at=AT)
    assert len(tier_history(service)) == 1


def test_activities_changed_after_the_committee_decided_are_noticed(
    service: HomecareService, lead: User, chief: User
) -> None:
    today = dt.datetime.now(dt.UTC)
    assess_service(service=service, assessment="Good.", by=lead, at=today)
    approve_service(service=service, paper="7", approved_on=dt.date(2026, 1, 5), by=chief, at=today)
    move_service(service=service, event="go_live", by=chief, at=today)
    service.refresh_from_db()
    assert not changed_since_approval(service, tier_history(service))
    set_activities(service=service, activities=["SPECIAL_STORAGE"], reason="Cold chain", by=lead, at=today)
    assert changed_since_approval(service, tier_history(service))
