"""What a registration lacks: each item by itself, and the combinations that people get wrong."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from patients.pathway.completeness import ITEMS, POSTCODE, Severity, blocking, missing
from patients.pathway.registration_form import Address, Choice, Consent, Need, Professional, Suitability, Wishes
from tests.patients.pathway.forms import CHILD, FRIEND, MOTHER, ON, form, product, service

HOME = Address(line_1="1 Mill Road", postcode="ME4 1AA")
CONSENT = Consent(version="3", method="SIGNED_FORM", given_on=dt.date(2026, 2, 20))
CHOSEN = Choice(chosen="HOMECARE", administration="SELF", device="PEN", place="A", slot="B")
LATE = Suitability(outcome="SUITABLE", review_due_on=ON - dt.timedelta(days=1))
OFFERS = service(offers=frozenset({"ADMINISTRATION", "DEVICE", "PLACE", "SLOT"}))


def fields(**changes: Any) -> list[str]:
    return [one.field for one in missing(form(**changes))]


def blocked(**changes: Any) -> list[str]:
    return [one.field for one in blocking(missing(form(**changes)))]


def test_a_full_form_lacks_nothing() -> None:
    assert missing(form()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hospital_number": " "}, "hospital_number"),
        ({"family_name": ""}, "family_name"),
        ({"given_name": "\t"}, "given_name"),
        ({"date_of_birth": ON + dt.timedelta(days=1)}, "date_of_birth"),
        ({"gp_practice": ""}, "gp_practice"),
        ({"home": None}, "address"),
        ({"home": Address(line_1=" ", postcode="ME4 1AA")}, "address"),
        ({"home": Address(line_1="1 Mill Road")}, "postcode"),
        ({"home": Address(line_1="1 Mill Road", postcode="ME4")}, "postcode_wrong"),
        ({"telephones": ()}, "telephone"),
        ({"telephones": (" ",)}, "telephone"),
        ({"do_not_contact": True}, "do_not_contact"),
        ({"interpreter_needed": True, "language": "", "representatives": (FRIEND,)}, "language"),
        ({"language": "Polish"}, "representative"),
        ({"prescriber": None}, "prescriber"),
        ({"prescriber": Professional(name="Dr Example")}, "prescriber_number"),
        ({"product": product(form="", strength="")}, "product"),
        ({"product": product(brand="")}, "brand"),
        ({"indication": ""}, "indication"),
        ({"service": service(why_closed="It has ended.")}, "service"),
        ({"suitability": None}, "suitability"),
        ({"suitability": Suitability(outcome="NOT_SUITABLE")}, "suitability"),
        ({"suitability": Suitability(outcome="DECLINED")}, "suitability"),
        ({"choice": None}, "choice"),
        ({"choice": Choice(chosen="HOSPITAL")}, "choice"),
        ({"service": OFFERS, "choice": replace(CHOSEN, administration="")}, "administration"),
        ({"consent": None}, "consent"),
        ({"consent": replace(CONSENT, given_on=None)}, "consent_date"),
        ({"consent": replace(CONSENT, is_for_this_provider=False)}, "consent_provider"),
        ({"consent": replace(CONSENT, given_as="PARENT")}, "consent_of_age"),
        ({"service": service(needs_funding=True)}, "funding"),
        ({"wishes": Wishes(place="NEIGHBOUR")}, "wishes"),
    ],
)  # fmt: skip
def test_each_thing_without_which_nothing_is_sent(changes: dict[str, Any], field: str) -> None:
    assert blocked(**changes) == fields(**changes) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nhs_number": "", "nhs_number_status": "MISSING"}, "nhs_number"),
        ({"nhs_number_status": "UNVERIFIED"}, "nhs_number_status"),
        ({"sex": "UNKNOWN"}, "sex"),
        ({"preferred_contact": "NONE"}, "preferred_contact"),
        ({"preferred_contact": "EMAIL"}, "email"),
        ({"needs": (Need(kind="BRAILLE"),)}, "needs"),
        ({"needs": (Need(kind="BRAILLE", is_shared=True, is_met=False),)}, "needs_met"),
        ({"consultant": None}, "consultant"),
        ({"regimen": None}, "regimen"),
        ({"suitability": LATE}, "suitability_review"),
        ({"service": OFFERS, "choice": replace(CHOSEN, place="", slot=" ")}, "delivery"),
        ({"is_transfer": True, "suitability": None}, "suitability_known"),
        ({"is_transfer": True, "choice": None}, "choice_known"),
    ],
)  # fmt: skip
def test_each_thing_that_is_warned_of_and_may_be_sent_without(changes: dict[str, Any], field: str) -> None:
    assert fields(**changes) == [field]
    assert blocked(**changes) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"home": None, "delivery": HOME},
        {"sex": "INDETERMINATE"},
        {"telephones": (), "representatives": (FRIEND,)},
        {"do_not_contact": True, "representatives": (FRIEND,)},
        {"product": product(brand="", by_brand=False)},
        {"suitability": Suitability(outcome="SUITABLE_WITH_ADJUSTMENTS", review_due_on=ON)},
        {"preferred_contact": "EMAIL", "email": "alex@example.com"},
        {"needs": (Need(kind="BRAILLE", is_shared=True),)},
        {"needs": (Need(kind="BRAILLE", is_shared=True, is_met=True),)},
        {"wishes": Wishes(place="NEIGHBOUR", place_detail="Number 3, Mrs Example")},
        {"wishes": Wishes()},
        {"language": ""},
        {"language": " english "},
        {"funding_in_force": True, "service": service(needs_funding=True)},
        {"service": OFFERS, "choice": CHOSEN},
        {"service": OFFERS, "choice": replace(CHOSEN, place="")},
        {"service": OFFERS, "choice": replace(CHOSEN, device="")},
        {"service": OFFERS, "choice": replace(CHOSEN, place="", slot=""), "wishes": Wishes(slot="MORNING")},
    ],
)  # fmt: skip
def test_what_is_enough(changes: dict[str, Any]) -> None:
    assert fields(**changes) == []


SILENT_FRIEND = replace(FRIEND, telephone="")
PRIVATE_FRIEND = replace(FRIEND, may_be_contacted=False)


@pytest.mark.parametrize(
    ("language", "interpreter", "spoken", "has_interpreter", "representatives", "expected"),
    [
        ("Polish", False, (), False, (), ["representative"]),
        ("Polish", False, (), False, (FRIEND,), []),
        ("Polish", False, ("Polish",), False, (), []),
        ("polish", False, ("Polish",), False, (), []),
        ("Polish", False, ("Urdu",), False, (), ["representative"]),
        ("Polish", True, (), True, (), []),
        ("Polish", True, (), False, (), ["representative"]),
        ("Polish", False, (), False, (SILENT_FRIEND,), ["representative"]),
        ("Polish", False, (), False, (PRIVATE_FRIEND,), ["representative"]),
        ("Polish", False, (), False, (replace(FRIEND, kind="CARER"),), ["representative"]),
        ("English", True, (), False, (), ["representative"]),
        ("", True, (), True, (), ["language"]),
        ("", False, (), False, (), []),
    ],
)
def test_somebody_can_talk_with_the_provider(
    language: str, interpreter: bool, spoken: Any, has_interpreter: bool, representatives: Any, expected: list[str]
) -> None:
    offered = service(languages=frozenset(spoken), has_interpreter=has_interpreter)
    found = fields(language=language, interpreter_needed=interpreter, service=offered, representatives=representatives)
    assert found == expected


COMPETENT = replace(CONSENT, given_as="COMPETENT_CHILD")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"weight": None}, ["weight"]),
        ({"representatives": ()}, ["parent"]),
        ({"representatives": (FRIEND,)}, ["parent"]),
        ({"consent": CONSENT}, ["consent_right"]),
        ({"consent": COMPETENT}, ["consent_right"]),
        ({"consent": COMPETENT, "competent_child": True}, []),
        ({"consent": COMPETENT, "competent_child": True, "representatives": ()}, []),
        ({"consent": None}, ["consent"]),
        ({"representatives": (), "weight": None, "consent": CONSENT}, ["parent", "weight", "consent_right"]),
        ({"telephones": ()}, []),  # the parent is rung
        ({"telephones": (), "representatives": (replace(MOTHER, telephone=""),)}, ["telephone"]),
    ],
)
def test_a_child_has_a_parent_a_weight_and_consent_by_right(changes: dict[str, Any], expected: list[str]) -> None:
    assert blocked(**CHILD | changes) == expected


@pytest.mark.parametrize(
    ("born", "is_child"),
    [
        (dt.date(2010, 3, 3), True),  # sixteen tomorrow
        (dt.date(2010, 3, 2), False),  # sixteen today
        (dt.date(2010, 3, 1), False),
        (dt.date(2026, 3, 2), True),
    ],
)
def test_a_child_is_under_sixteen_on_the_day(born: dt.date, is_child: bool) -> None:
    assert form(date_of_birth=born).is_child is is_child


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [(ON - dt.timedelta(days=1), ["suitability_review"]), (ON, []), (ON + dt.timedelta(days=1), []), (None, [])],
)
def test_suitability_is_to_be_looked_at_again_after_its_day(due_on: dt.date | None, expected: list[str]) -> None:
    assert fields(suitability=Suitability(outcome="SUITABLE", review_due_on=due_on)) == expected


@pytest.mark.parametrize("postcode", ["ME4 1AA", "me41aa", "M1 1AE", "EC1A 1BB", "W1A 0AX", "GIR 0AA", "SW1A2AA"])
def test_postcodes_as_they_are_written(postcode: str) -> None:
    assert POSTCODE.fullmatch(postcode)


@pytest.mark.parametrize("postcode", ["ME4", "ME4 1A", "12345", "ME4  1AA", "=ME4 1AA", "ME4 1AA\n"])
def test_what_is_no_postcode(postcode: str) -> None:
    assert not POSTCODE.fullmatch(postcode)


def test_what_blocks_comes_first() -> None:
    found = missing(form(sex="UNKNOWN", indication="", regimen=None, consent=None))
    assert [one.field for one in found] == ["indication", "consent", "sex", "regimen"]


def test_everything_missing_is_said_at_once() -> None:
    found = blocked(telephones=(), gp_practice="", indication="", consent=None, suitability=None, choice=None)
    assert found == ["gp_practice", "telephone", "indication", "suitability", "choice", "consent"]


def test_every_item_says_what_to_do_and_where() -> None:
    lacking = form()
    for item in ITEMS:
        said = item.of(lacking)
        assert said.words.endswith(".") or item.field == "service"  # says what the service says
        assert said.where
        assert said.severity in Severity


def test_no_item_stands_twice() -> None:
    names = [item.field for item in ITEMS]
    assert len(names) == len(set(names))
