"""A service moves as its table says, with who assessed and who approved it on which paper."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from providers.actions import approve_service, assess_all, assess_service, move_service, set_activities, take_live
from providers.models import HomecareService, HomecareServiceStatusChange
from providers.services import why_no_new_enrolment
from providers.states import SERVICE, ServiceStatus
from tests.providers.conftest import AT

DECIDED = dt.date(2026, 10, 30)
PAPER = "Homecare Committee, paper 7"
S = ServiceStatus
TABLE = {
    ("assess", S.PROPOSED): S.ASSESSED,
    ("send_back", S.ASSESSED): S.PROPOSED,
    ("approve", S.ASSESSED): S.APPROVED,
    ("go_live", S.APPROVED): S.LIVE,
    ("close_to_new", S.LIVE): S.CLOSED_TO_NEW,
    ("reopen", S.CLOSED_TO_NEW): S.LIVE,
    ("end", S.PROPOSED): S.ENDED,
    ("end", S.ASSESSED): S.ENDED,
    ("end", S.APPROVED): S.ENDED,
    ("end", S.LIVE): S.ENDED,
    ("end", S.CLOSED_TO_NEW): S.ENDED,
}
EVENTS = sorted({event for event, _ in TABLE})


@pytest.fixture
def service(loaded: None) -> HomecareService:
    return HomecareService.objects.get(name="Self-injected medicines", provider__name="Lloyds Clinical")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("source", list(S))
def test_the_table_allows_these_moves_and_no_other(event: str, source: ServiceStatus) -> None:
    assert SERVICE.allows(event, source=source) is ((event, source) in TABLE)
    if (event, source) in TABLE:
        assert SERVICE.find(event, source=source).target == TABLE[event, source]


def test_an_assessment_says_who_when_and_what_was_found(service: HomecareService, lead: User) -> None:
    assess_service(service=service, assessment="Nurses trained.", by=lead, at=AT)
    service.refresh_from_db()
    facts = (service.status, service.assessed_by, service.assessed_on, service.assessment)
    assert facts == ("ASSESSED", lead, AT.date(), "Nurses trained.")


def test_an_approval_says_by_whom_on_which_paper_and_when_it_was_decided(
    service: HomecareService, lead: User, chief: User
) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    approve_service(service=service, paper=PAPER, approved_on=DECIDED, by=chief, at=AT)
    service.refresh_from_db()
    facts = (service.status, service.approved_by, service.approved_on, service.approval_paper)
    assert facts == ("APPROVED", chief, DECIDED, PAPER)


def test_each_move_is_on_record(service: HomecareService, lead: User, chief: User) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    approve_service(service=service, paper=PAPER, approved_on=DECIDED, by=chief, at=AT)
    move_service(service=service, event="go_live", by=chief, at=AT)
    changes = HomecareServiceStatusChange.objects.filter(service=service).order_by("pk")
    assert [(c.from_status, c.to_status, c.by_id) for c in changes] == [
        ("PROPOSED", "ASSESSED", lead.pk),
        ("ASSESSED", "APPROVED", chief.pk),
        ("APPROVED", "LIVE", chief.pk),
    ]


def test_a_service_that_is_sent_back_has_no_assessment(service: HomecareService, lead: User, chief: User) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    move_service(service=service, event="send_back", reason="No out-of-hours number.", by=chief, at=AT)
    service.refresh_from_db()
    assert (service.status, service.assessed_by, service.assessment) == ("PROPOSED", None, "")


def test_a_proposal_does_not_go_live_unapproved(service: HomecareService, chief: User) -> None:
    with pytest.raises(IllegalMove):
        move_service(service=service, event="go_live", by=chief, at=AT)


def test_a_proposal_is_not_approved_unassessed(service: HomecareService, chief: User) -> None:
    with pytest.raises(IllegalMove):
        approve_service(service=service, paper=PAPER, approved_on=DECIDED, by=chief, at=AT)


def test_a_service_without_activities_is_not_assessed(service: HomecareService, lead: User) -> None:
    set_activities(service=service, activities=[], by=lead, at=AT)
    with pytest.raises(Refused, match="activities"):
        assess_service(service=service, assessment="Suitable.", by=lead, at=AT)


@pytest.mark.parametrize(("paper", "day", "says"), [(" ", DECIDED, "paper"), (PAPER, dt.date(2026, 11, 3), "today")])
def test_an_approval_needs_its_paper_and_a_day_that_has_been(
    service: HomecareService, lead: User, chief: User, paper: str, day: dt.date, says: str
) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    with pytest.raises(Refused, match=says):
        approve_service(service=service, paper=paper, approved_on=day, by=chief, at=AT)


@pytest.mark.parametrize("event", ["assess", "approve"])
def test_no_move_goes_round_what_has_to_be_recorded(service: HomecareService, chief: User, event: str) -> None:
    with pytest.raises(Refused):
        move_service(service=service, event=event, by=chief, at=AT)


@pytest.mark.parametrize("event", ["close_to_new", "end"])
def test_closing_and_ending_need_a_reason(service: HomecareService, lead: User, chief: User, event: str) -> None:
    assess_all(services=[service], assessment="Suitable.", by=lead, at=AT)
    take_live(services=[service], paper=PAPER, approved_on=DECIDED, by=chief, at=AT)
    with pytest.raises(Refused, match="reason"):
        move_service(service=service, event=event, by=chief, at=AT)


def test_a_homecare_lead_does_not_approve_a_service(service: HomecareService, lead: User) -> None:
    assess_service(service=service, assessment="Suitable.", by=lead, at=AT)
    with pytest.raises(NotAllowed):
        approve_service(service=service, paper=PAPER, approved_on=DECIDED, by=lead, at=AT)


def test_the_chief_pharmacist_does_not_assess_what_they_approve(service: HomecareService, chief: User) -> None:
    with pytest.raises(NotAllowed):
        assess_service(service=service, assessment="Suitable.", by=chief, at=AT)


def test_all_services_go_live_at_once_with_every_move_on_record(loaded: None, lead: User, chief: User) -> None:
    services = list(HomecareService.objects.all())
    assert assess_all(services=services, assessment="Suitable.", by=lead, at=AT) == 25
    assert take_live(services=services, paper=PAPER, approved_on=DECIDED, by=chief, at=AT) == 25
    assert HomecareServiceStatusChange.objects.count() == 75
    assert take_live(services=services, paper=PAPER, approved_on=DECIDED, by=chief, at=AT) == 0


@pytest.mark.parametrize(
    ("status", "active", "says"),
    [
        (S.PROPOSED, True, "not yet live"),
        (S.ASSESSED, True, "not yet live"),
        (S.APPROVED, True, "not yet live"),
        (S.LIVE, True, None),
        (S.CLOSED_TO_NEW, True, "closed to new patients"),
        (S.ENDED, True, "ended"),
        (S.LIVE, False, "Lloyds Clinical is no longer active"),
    ],
)
def test_which_services_take_a_new_patient(
    service: HomecareService, status: str, active: bool, says: str | None
) -> None:
    service.status, service.provider.active = status, active
    why = why_no_new_enrolment(service)
    assert why is None if says is None else says in str(why)
