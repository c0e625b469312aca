"""Services on screen: found, moved by whom they may be, and kept from ending while somebody is on them."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment
from providers.actions import assess_service, set_activities
from providers.models import HomecareService, ServiceMedicine, ServiceStyle
from tests.desk.pages import browser, person, text
from tests.factories import NOON, HomecareServiceFactory, MedicineFactory, ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(table: None) -> HomecareService:
    """Return a proposed service of mid tech, with nobody on it."""
    with acting(by=User.objects.system("command")):
        service = HomecareServiceFactory(status="PROPOSED", name="Pens at home", provider__name="HealthNet")
    set_activities(service=service, activities=["TRAINING_AND_COMPETENCY"], by=person("HOMECARE_LEAD"), at=NOON)
    return HomecareService.objects.select_related("provider").get(pk=service.pk)


def move(role: str, service: HomecareService, name: str, **given: str):  # type: ignore[no-untyped-def]
    return browser(role).post(f"/services/{service.pk}/moves/{name}/", given)


def status_of(service: HomecareService) -> str:
    return HomecareService.objects.get(pk=service.pk).status


def test_the_list_says_tier_with_reasons_status_and_patients(service: HomecareService, proposal: object) -> None:
    page = text(browser().get("/services/"))
    for words in ("Pens at home", "HealthNet", "Mid tech (RPS/LPP)", "Patient training and competency", "Proposed"):
        assert words in page
    assert "1 1 on treatment" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("status=PROPOSED", True),
        ("status=LIVE", False),
        ("tier=MID", True),
        ("tier=NONE", False),
        ("provider=999999", False),
        ("status=NONSENSE&provider=x", True),
    ],
)
def test_filters_keep_what_matches(proposal: HomecareService, query: str, shown: bool) -> None:
    assert ("Pens at home" in text(browser().get(f"/services/?{query}"))) is shown


def test_an_empty_list_says_what_to_do(db: None) -> None:
    assert "No service is recorded yet. The homecare lead proposes one." in text(browser().get("/services/"))
    assert "load_reference" in text(browser("HOMECARE_LEAD").get("/services/"))


def test_a_service_is_assessed_approved_and_taken_live(proposal: HomecareService) -> None:
    move("HOMECARE_LEAD", proposal, "assess", assessment="Nurses are trained.")
    move("CHIEF_PHARMACIST", proposal, "approve", paper="Homecare Committee, paper 7", approved_on="2026-02-27")
    move("CHIEF_PHARMACIST", proposal, "go-live")
    page = text(browser().get(f"/services/{proposal.pk}/"))
    for words in ("Live", "Nurses are trained.", "27 Feb 2026", "Homecare Committee, paper 7"):
        assert words in page


@pytest.mark.parametrize(
    ("role", "name", "given"),
    [
        ("CHIEF_PHARMACIST", "assess", {"assessment": "Good"}),
        ("HOMECARE_LEAD", "approve", {"paper": "7", "approved_on": "2026-02-27"}),
        ("TECHNICIAN", "end", {"reason": "x"}),
    ],
)
def test_a_move_is_for_those_who_may(proposal: HomecareService, role: str, name: str, given: dict[str, str]) -> None:
    assert move(role, proposal, name, **given).status_code == 403
    assert status_of(proposal) == "PROPOSED"


def test_a_move_that_the_table_does_not_have_is_refused_in_words(proposal: HomecareService) -> None:
    answer = move("CHIEF_PHARMACIST", proposal, "go-live")
    assert answer.status_code == 409
    assert "only from approved" in text(answer)


def test_an_unknown_move_is_not_found(proposal: HomecareService) -> None:
    assert move("CHIEF_PHARMACIST", proposal, "explode").status_code == 404


def test_each_sees_only_the_moves_that_are_theirs(proposal: HomecareService) -> None:
    assert "Record the assessment" in text(browser("HOMECARE_LEAD").get(f"/services/{proposal.pk}/"))
    assert "Record the assessment" not in text(browser("CHIEF_PHARMACIST").get(f"/services/{proposal.pk}/"))
    assess_service(service=proposal, assessment="Good.", by=person("HOMECARE_LEAD"), at=NOON)
    assert "Send back" in text(browser("CHIEF_PHARMACIST").get(f"/services/{proposal.pk}/"))


def test_a_service_does_not_end_while_somebody_is_on_it(service: HomecareService, enrolment: Enrolment) -> None:
    answer = move("CHIEF_PHARMACIST", service, "end", reason="The contract ends")
    assert "1 patient is still on this service. Close it to new patients, then transfer" in text(answer)
    with acting(by=User.objects.system("command")):
        Enrolment.objects.filter(pk=enrolment.pk).update(status="STOPPED")
    assert move("CHIEF_PHARMACIST", service, "end", reason="The contract ends").status_code == 302
    assert status_of(service) == "ENDED"


def test_a_closed_service_says_why_it_takes_nobody(service: HomecareService) -> None:
    move("CHIEF_PHARMACIST", service, "close-to-new", reason="Their capacity")
    page = text(browser().get(f"/services/{service.pk}/"))
    assert "Takes no new patient." in page
    assert "is closed to new patients. Choose another service" in page


def test_a_change_after_the_approval_is_said(proposal: HomecareService) -> None:
    move("HOMECARE_LEAD", proposal, "assess", assessment="Good.")
    move("CHIEF_PHARMACIST", proposal, "approve", paper="Paper 7", approved_on="2026-02-27")
    assert "have changed since it was approved (Paper 7, 27 Feb 2026)" in changed_page(proposal)


def changed_page(service: HomecareService) -> str:
    set_activities(service=service, activities=["HOME_ADAPTATION"], reason="New", by=person("HOMECARE_LEAD"), at=NOON)
    return text(browser().get(f"/services/{service.pk}/"))


def test_a_service_is_proposed_and_its_activities_come_next(table: None) -> None:
    with acting(by=User.objects.system("command")):
        provider, medicine = ProviderFactory(), MedicineFactory()
    given = {
        "provider": provider.pk,
        "name": "Infusions at home",
        "medicines": [medicine.pk],
        "buffer_days": 7,
        "lead_working_days": 20,
        "provider_lead_working_days": 10,
        "delivery_interval_days": 28,
        "needs_funding_approval": "on",
        "source": "The gastroenterology team, email of 1 March 2026",
    }
    client = browser("HOMECARE_LEAD")
    answer = client.post("/services/propose/", given)
    made = HomecareService.objects.get(name="Infusions at home")
    assert answer["Location"] == f"/services/{made.pk}/activities/"
    assert (made.status, made.needs_funding_approval, list(made.medicines.all())) == ("PROPOSED", True, [medicine])
    assert "already has a service called" in text(client.post("/services/propose/", given))


def test_choices_are_set_and_taken_away(service: HomecareService) -> None:
    client = browser("HOMECARE_LEAD")
    client.post(f"/services/{service.pk}/choices/", {"ADMINISTRATION": ["SELF", "CARER"], "PLACE": ["HOME"]})
    client.post(f"/services/{service.pk}/choices/", {"ADMINISTRATION": ["SELF"], "PLACE": ["HOME"]})
    assert set(ServiceStyle.objects.values_list("kind", "value")) == {("ADMINISTRATION", "SELF"), ("PLACE", "HOME")}
    assert "I give it to myself" in text(client.get(f"/services/{service.pk}/"))


def test_contacts_reach_the_page_and_keep_their_history(service: HomecareService) -> None:
    browser("HOMECARE_LEAD").post(f"/services/{service.pk}/charter/", {"helpline_telephone": "01632 960001"})
    assert "01632 960001" in text(browser().get(f"/services/{service.pk}/"))
    last = HomecareService.history.filter(id=service.pk).first()
    assert last is not None
    assert last.helpline_telephone == "01632 960001"


TERMS = {
    "charge_policy": "FREE",
    "buffer_days": "10",
    "lead_working_days": "20",
    "provider_lead_working_days": "10",
    "delivery_interval_days": "56",
    "prescription_duration_months": "6",
    "contact_attempts_before_escalation": "3",
    "reason": "Agreed at the contract meeting",
}


def test_terms_are_changed_with_a_reason(service: HomecareService) -> None:
    browser("HOMECARE_LEAD").post(f"/services/{service.pk}/terms/", TERMS)
    service.refresh_from_db()
    assert (service.buffer_days, service.charge_policy, service.signature_required) == (10, "FREE", False)


def test_impossible_terms_are_refused_in_words(service: HomecareService) -> None:
    answer = browser("HOMECARE_LEAD").post(f"/services/{service.pk}/terms/", TERMS | {"max_stock_days": "5"})
    assert "The most stock at home cannot be less than the buffer." in text(answer)


def test_a_medicine_that_somebody_is_on_stays(service: HomecareService, enrolment: Enrolment) -> None:
    with acting(by=User.objects.system("command")):
        other = MedicineFactory()
        ServiceMedicine.objects.create(service=service, medicine=enrolment.medicine)
    given = {"medicines": [other.pk], "reason": "Moved to another service"}
    answer = browser("HOMECARE_LEAD").post(f"/services/{service.pk}/medicines/", given)
    assert f"are on {enrolment.medicine}: it stays." in text(answer)
    both = given | {"medicines": [other.pk, enrolment.medicine_id]}
    assert browser("HOMECARE_LEAD").post(f"/services/{service.pk}/medicines/", both).status_code == 302


def test_an_ended_service_stays_as_it_was(proposal: HomecareService) -> None:
    move("CHIEF_PHARMACIST", proposal, "end", reason="Not taken forward")
    answer = browser("HOMECARE_LEAD").post(f"/services/{proposal.pk}/choices/", {"PLACE": ["HOME"]})
    assert "This service has ended" in text(answer)
    assert "Change the terms" not in text(browser("HOMECARE_LEAD").get(f"/services/{proposal.pk}/"))


def test_a_decision_that_has_not_been_is_refused(proposal: HomecareService) -> None:
    move("HOMECARE_LEAD", proposal, "assess", assessment="Good.")
    tomorrow = (NOON.date() + dt.timedelta(days=1)).isoformat()
    answer = move("CHIEF_PHARMACIST", proposal, "approve", paper="Paper 7", approved_on=tomorrow)
    assert "decided today or earlier" in text(answer)
