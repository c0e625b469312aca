"""A choice is informed, free and recorded in the patient's own reasons."""

import datetime as dt
from typing import Any

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused, Stale
from patients.actions.choice import Chosen, charter_points, leaflets_for, record_choice
from patients.models import AccessibleNeed, Choice, Enrolment
from providers.models import HomecareService, ProviderCapability, ServiceStyle
from tests.factories import NOON
from tests.patients.assessing import TODAY, again, agreed, chose, content, person, referred, suitable, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def approved() -> None:
    content()


@pytest.fixture
def nurse() -> User:
    return person("SPECIALIST_NURSE")


@pytest.fixture
def enrolment(nurse: User) -> Enrolment:
    return suitable(nurse)


def choose(enrolment: Enrolment, nurse: User, *, was_told: dict[str, Any] | None = None, **chosen: Any) -> Choice:
    values = {"chosen": "HOMECARE", "chosen_on": TODAY} | chosen
    return record_choice(
        enrolment=enrolment, told=told(enrolment, **(was_told or {})), chosen=Chosen(**values), by=nurse, at=NOON
    )


def test_all_that_was_said_and_given_is_kept(enrolment: Enrolment, nurse: User) -> None:
    with acting(by=nurse):
        for kind, value in [("ADMINISTRATION", "SELF"), ("DEVICE", "PEN"), ("SLOT", "EVENING")]:
            ServiceStyle.objects.create(service=enrolment.service, kind=kind, value=value)
    made = choose(
        enrolment,
        nurse,
        reasons=["WORK", "TRAVEL"],
        reasons_text="I cannot get off work.",
        styles={"ADMINISTRATION": "SELF", "DEVICE": "PEN", "SLOT": "EVENING", "PLACE": ""},
    )
    assert (made.reasons, made.reasons_text) == (["TRAVEL", "WORK"], "I cannot get off work.")
    assert (made.administration, made.device, made.place, made.slot) == ("SELF", "PEN", "", "EVENING")
    assert made.points_told.count() == len(charter_points()) > 10
    assert [(given.leaflet, given.how) for given in made.leaflets_given.all()] == [
        (leaflets_for(enrolment)[0], "IN_PERSON")
    ]


def test_hospital_ends_the_enrolment_and_not_the_treatment(enrolment: Enrolment, nurse: User) -> None:
    choose(
        enrolment, nurse, was_told={"points": [], "leaflets": {}}, chosen="HOSPITAL", reasons_text="I like coming in."
    )
    now = again(enrolment)
    assert (now.status, now.treatment.supply_route, now.treatment.is_ended) == ("DECLINED", "HOSPITAL", False)
    assert now.status_changes.latest("pk").reason == "I like coming in."


@pytest.mark.parametrize(
    ("was_told", "chosen", "said"),
    [
        ({"hospital_offered": False}, {}, "Offer supply from the hospital too"),
        ({"points": []}, {}, "each point of the charter"),
        ({"leaflets": {}}, {}, "written information"),
        ({}, {"chosen_on": TODAY + dt.timedelta(days=1)}, "in the future"),
        ({}, {"styles": {"DEVICE": "PEN"}}, "does not offer that"),
        ({}, {"styles": {"PLACE": "<script>"}}, "does not offer that"),
        ({}, {"chosen": "NEITHER"}, "Choose homecare or supply from the hospital"),
    ],
)
def test_what_is_refused(
    enrolment: Enrolment, nurse: User, was_told: dict[str, Any], chosen: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        choose(enrolment, nurse, was_told=was_told, **chosen)
    assert not Choice.objects.exists()


def test_a_fixed_supplier_is_told_and_the_hospital_stays_open(nurse: User) -> None:
    enrolment = suitable(nurse)
    with acting(by=nurse):
        HomecareService.objects.filter(pk=enrolment.service_id).update(scheme_fixes_supplier=True)
    with pytest.raises(Refused, match="scheme fixes the supplier"):
        choose(enrolment, nurse, was_told={"supplier_fixed": False})
    assert choose(enrolment, nurse, chosen="HOSPITAL").chosen == "HOSPITAL"


def test_what_the_provider_cannot_do_is_told_before_and_kept_word_for_word(enrolment: Enrolment, nurse: User) -> None:
    with acting(by=nurse):
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="BRAILLE")
        ProviderCapability.objects.create(
            provider=enrolment.service.provider, need="BRAILLE", offered=False, source="a test"
        )
    with pytest.raises(Refused, match="cannot send letters in braille"):
        choose(enrolment, nurse, was_told={"limits": False})
    made = choose(enrolment, nurse, was_told={"limits": True})
    assert made.limits_told == f"{enrolment.service.provider.name} cannot send letters in braille"


def test_a_language_is_a_limit_too(nurse: User) -> None:
    enrolment = suitable(nurse, patient={"language": "Polish", "interpreter_needed": True})
    with pytest.raises(Refused, match=r"arrange an interpreter.*speak Polish"):
        choose(enrolment, nurse, was_told={"limits": False})


def test_nothing_is_chosen_before_suitability(nurse: User) -> None:
    with pytest.raises(Refused, match="Assess first"):
        choose(referred(), nurse)


def test_who_has_consented_leaves_by_another_way(enrolment: Enrolment, nurse: User) -> None:
    chose(enrolment, by=nurse)
    agreed(enrolment, by=nurse)
    with pytest.raises(Refused, match="leave homecare instead"):
        choose(enrolment, nurse, chosen="HOSPITAL")
    assert again(enrolment).status == "CONSENTED"


def test_a_declined_enrolment_is_not_chosen_again(enrolment: Enrolment, nurse: User) -> None:
    choose(enrolment, nurse, chosen="HOSPITAL")
    with pytest.raises(Refused, match="has ended"):
        choose(enrolment, nurse)


def test_the_second_of_two_at_once_is_told_who_was_first(enrolment: Enrolment, nurse: User) -> None:
    chose(enrolment, by=nurse)
    with pytest.raises(Stale, match=f"{nurse} recorded a choice in the meantime: homecare"):
        record_choice(
            enrolment=enrolment,
            told=told(enrolment),
            chosen=Chosen(chosen="HOSPITAL", chosen_on=TODAY),
            by=person("TECHNICIAN"),
            at=NOON,
            seen=0,
        )


@pytest.mark.parametrize("role", ["PRESCRIBER", "CHIEF_PHARMACIST", "ADMINISTRATIVE_SUPPORT"])
def test_who_may_not_record_a_choice(enrolment: Enrolment, role: str) -> None:
    with pytest.raises(NotAllowed):
        choose(enrolment, person(role))
