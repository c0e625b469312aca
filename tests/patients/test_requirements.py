"""What a start requires: by activity, by what is on record, by what was chosen, and loaded for many at once."""

import datetime as dt
import json
from pathlib import Path

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import FundingApproval
from patients.pathway.facts import requirements_for
from patients.pathway.funding import Funding, Standing
from patients.pathway.milestones import Milestone
from patients.pathway.requirements import (
    ASK_NOTHING_MORE,
    ASKED_BY,
    Facts,
    Training,
    Work,
    needs_training,
    open_codes,
    requirements_of,
    unmet_before,
)
from patients.pathway.stages import Open
from providers.models import ServiceActivity
from tests.factories import EnrolmentFactory

DAY = dt.date(2026, 3, 2)
ACTIVITIES = json.loads(Path("providers/reference/activities.json").read_text())
EVERY_CODE = {activity["code"] for scheme in ACTIVITIES["schemes"] for activity in scheme["activities"]}
LOW = ("SELF_ADMINISTRATION", "LICENSED_OR_UNCOMPLICATED", "ORDINARY_STORAGE")
MID = ("TRAINING_AND_COMPETENCY", "BASIC_ASEPTIC_TECHNIQUE", "REFRIGERATION_PROVIDED")
HIGH = ("INTRAVENOUS_INFUSION", "ADMINISTERED_BY_PROFESSIONAL", "CLINICAL_PROTOCOL")
COMPLEX = ("BESPOKE_SOLUTION", "HOME_ADAPTATION", "EQUIPMENT_INSTALLED")


def codes(*activities: str, **facts: object) -> set[str]:
    return {requirement.code for requirement in requirements_of(activities, Facts(**facts))}  # type: ignore[arg-type]


def test_every_activity_is_decided_about() -> None:
    assert set(ASKED_BY) | ASK_NOTHING_MORE == EVERY_CODE
    assert not set(ASKED_BY) & ASK_NOTHING_MORE


@pytest.mark.parametrize("activity", sorted(ASK_NOTHING_MORE))
def test_most_activities_ask_for_the_regimen_alone(activity: str) -> None:
    assert codes(activity) == {"regimen"}


@pytest.mark.parametrize(
    ("activities", "asked"),
    [
        ((), set()),
        (LOW, set()),
        (("TRAINING_AND_COMPETENCY",), {"training"}),
        (("ADVANCED_ASEPTIC_TECHNIQUE",), {"training"}),
        (("REFRIGERATION_PROVIDED",), {"fridge"}),
        (MID, {"training", "fridge"}),
        (("ADMINISTERED_BY_PROFESSIONAL",), {"nurse_visits"}),
        (("CLINICAL_PROTOCOL",), {"escalation_protocol"}),
        (HIGH, {"nurse_visits", "escalation_protocol"}),
        (("BESPOKE_SOLUTION",), {"care_plan"}),
        (("HOME_ADAPTATION",), {"adaptation"}),
        (("EQUIPMENT_INSTALLED",), {"installation"}),
        # complex adds to what lies beneath it
        (LOW + COMPLEX, {"care_plan", "adaptation", "installation"}),
        (MID + COMPLEX, {"training", "fridge", "care_plan", "adaptation", "installation"}),
        (HIGH + COMPLEX, {"nurse_visits", "escalation_protocol", "care_plan", "adaptation", "installation"}),
    ],
)
def test_activities_ask(activities: tuple[str, ...], asked: set[str]) -> None:
    assert codes(*activities) == asked | {"regimen"}


@pytest.mark.parametrize(
    ("administration", "asked"),
    [("", {"training", "nurse_visits"}), ("SELF", {"training"}), ("CARER", {"training"}), ("NURSE", {"nurse_visits"})],
)
def test_a_service_that_offers_both_asks_for_what_was_chosen(administration: str, asked: set[str]) -> None:
    both = ("TRAINING_AND_COMPETENCY", "ADMINISTERED_BY_PROFESSIONAL")
    assert codes(*both, administration=administration) == asked | {"regimen"}


@pytest.mark.parametrize("administration", ["", "SELF", "NURSE"])
def test_training_does_not_fall_away_where_nobody_else_gives_it(administration: str) -> None:
    assert "training" in codes("TRAINING_AND_COMPETENCY", administration=administration)


CASES: list[tuple[str, str, dict[str, object], bool]] = [
    ("TRAINING_AND_COMPETENCY", "training", {}, False),
    ("TRAINING_AND_COMPETENCY", "training", {"training": Training.BOOKED, "training_on": DAY}, False),
    ("TRAINING_AND_COMPETENCY", "training", {"training": Training.MORE_NEEDED}, False),
    ("TRAINING_AND_COMPETENCY", "training", {"training": Training.CANNOT}, False),
    ("TRAINING_AND_COMPETENCY", "training", {"training": Training.COMPETENT}, False),  # not signed
    ("TRAINING_AND_COMPETENCY", "training", {"training": Training.COMPETENT, "trained_on": DAY}, True),
    ("ADMINISTERED_BY_PROFESSIONAL", "nurse_visits", {}, False),
    ("ADMINISTERED_BY_PROFESSIONAL", "nurse_visits", {"nurse_visit_on": DAY}, True),
    ("CLINICAL_PROTOCOL", "escalation_protocol", {}, False),
    ("CLINICAL_PROTOCOL", "escalation_protocol", {"has_protocol": True}, True),
    ("BESPOKE_SOLUTION", "care_plan", {}, False),
    ("BESPOKE_SOLUTION", "care_plan", {"plan_waits": True}, False),
    ("BESPOKE_SOLUTION", "care_plan", {"plan_version": 1}, True),
    ("BESPOKE_SOLUTION", "care_plan", {"plan_version": 1, "plan_waits": True}, True),
    ("HOME_ADAPTATION", "adaptation", {}, False),
    ("HOME_ADAPTATION", "adaptation", {"adaptations": Work(2, 1, DAY)}, False),
    ("HOME_ADAPTATION", "adaptation", {"adaptations": Work(2, 2)}, True),
    ("HOME_ADAPTATION", "adaptation", {"installations": Work(1, 1)}, False),
    ("EQUIPMENT_INSTALLED", "installation", {"installations": Work(1, 1)}, True),
    ("REFRIGERATION_PROVIDED", "fridge", {}, False),
    ("REFRIGERATION_PROVIDED", "fridge", {"fridge_delivered_on": DAY}, True),
    ("SELF_ADMINISTRATION", "regimen", {}, False),
    ("SELF_ADMINISTRATION", "regimen", {"first_dose_planned_on": DAY}, True),
]


@pytest.mark.parametrize(("activity", "code", "facts", "is_met"), CASES)
def test_what_is_on_record_meets_it(activity: str, code: str, facts: dict[str, object], is_met: bool) -> None:
    found = {r.code: r for r in requirements_of([activity], Facts(**facts))}  # type: ignore[arg-type]
    assert found[code].is_met is is_met
    assert (code in open_codes(found.values())) is not is_met


@pytest.mark.parametrize(
    ("standing", "is_met"),
    [(standing, standing in {"IN_FORCE", "RUNNING_OUT", "NOT_REQUIRED"}) for standing in Standing],
)
def test_funding_is_met_while_it_is_in_force(standing: Standing, is_met: bool) -> None:
    (funding, _) = requirements_of([], Facts(needs_funding=True, funding=Funding(standing)))
    assert (funding.code, funding.is_met, funding.before) == ("funding", is_met, Milestone.REGISTRATION_SENT)


def test_funding_is_not_asked_for_where_the_service_needs_none() -> None:
    assert "funding" not in codes(*MID, needs_funding=False)


def test_the_codes_that_decide_a_stage_are_the_stages_own() -> None:
    assert {"funding", "training"} <= {str(code) for code in Open}
    assert needs_training(requirements_of(MID, Facts()))


@pytest.mark.parametrize(
    ("milestone", "missing"),
    [
        (Milestone.CONSENTED, set()),
        (Milestone.REGISTRATION_SENT, {"funding"}),
        (Milestone.FIRST_PRESCRIPTION_SENT, {"funding", "care_plan"}),
        (Milestone.FIRST_DELIVERY, {"funding", "care_plan", "adaptation", "fridge"}),
        (Milestone.FIRST_DOSE, {"funding", "care_plan", "adaptation", "fridge", "training", "regimen"}),
    ],
)
def test_what_must_be_met_before(milestone: Milestone, missing: set[str]) -> None:
    activities = ("TRAINING_AND_COMPETENCY", "REFRIGERATION_PROVIDED", "BESPOKE_SOLUTION", "HOME_ADAPTATION")
    required = requirements_of(activities, Facts(needs_funding=True))
    assert {r.code for r in unmet_before(required, milestone)} == missing


def test_each_says_by_when() -> None:
    activities = [code for code in ASKED_BY if code != "ADVANCED_ASEPTIC_TECHNIQUE"]
    said = {r.code: r.before_words for r in requirements_of(activities, Facts(needs_funding=True))}
    assert said["funding"] == "before the registration is sent"
    assert said["care_plan"] == "before the first prescription is sent"
    assert said["fridge"] == "before the first delivery"
    assert said["training"] == "before the first dose"


@pytest.mark.django_db
def test_many_are_loaded_in_as_many_queries_as_one(django_assert_num_queries: object) -> None:
    with acting(by=User.objects.system("command")):
        enrolments = [EnrolmentFactory() for _ in range(5)]
        for enrolment in enrolments:
            ServiceActivity.objects.create(service=enrolment.service, activity="CLINICAL_PROTOCOL")
        FundingApproval.objects.create(
            treatment=enrolments[0].treatment,
            patient=enrolments[0].patient,
            system="BLUETEQ",
            purpose="INITIATION",
            requested_on=DAY,
        )
    ids = [enrolment.pk for enrolment in enrolments]
    for some in (ids[:1], ids):
        with django_assert_num_queries(10):  # type: ignore[operator]
            found = requirements_for(some, today=DAY)
        assert {pk: open_codes(required) for pk, required in found.items()} == dict.fromkeys(
            some, frozenset({"escalation_protocol", "regimen"})
        )
