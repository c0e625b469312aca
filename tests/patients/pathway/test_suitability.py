"""Each boundary of a suitability assessment, by table."""

import pytest

from patients.pathway.suitability import Assessed, Question, asked, concerns, refusal, unanswered

PHONE = Question("PHONE", "Is there a telephone?", "NO")
LONE = Question("LONE", "Is there a risk to visitors?", "YES")
CHILD = Question("CHILD", "Does somebody with parental responsibility agree?", "NO", asked_of="UNDER_16")
GROWN = Question("GROWN", "Has the patient capacity?", "NO", asked_of="ADULT")
TRAINED = Question("TRAINED", "Can the patient be trained?", "NO", activity="TRAINING_AND_COMPETENCY")
ALL = [PHONE, LONE, CHILD, GROWN, TRAINED]
FINE = {"PHONE": "YES", "LONE": "NO"}


@pytest.mark.parametrize(
    ("age", "activities", "codes"),
    [
        (0, set(), ["PHONE", "LONE", "CHILD"]),
        (15, set(), ["PHONE", "LONE", "CHILD"]),
        (16, set(), ["PHONE", "LONE", "GROWN"]),
        (90, set(), ["PHONE", "LONE", "GROWN"]),
        (40, {"TRAINING_AND_COMPETENCY"}, ["PHONE", "LONE", "GROWN", "TRAINED"]),
        (40, {"SELF_ADMINISTRATION"}, ["PHONE", "LONE", "GROWN"]),
    ],
)
def test_questions_follow_age_and_activities(age: int, activities: set[str], codes: list[str]) -> None:
    assert [question.code for question in asked(ALL, age=age, activities=activities)] == codes


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        (FINE, []),
        ({"PHONE": "NO", "LONE": "NO"}, ["PHONE"]),
        ({"PHONE": "YES", "LONE": "YES"}, ["LONE"]),
        ({"PHONE": "NOT_KNOWN", "LONE": "NOT_KNOWN"}, ["PHONE", "LONE"]),
        ({}, []),
    ],
)
def test_a_concern_is_the_worrying_answer_or_none_known(answers: dict[str, str], codes: list[str]) -> None:
    assert [question.code for question in concerns([PHONE, LONE], answers)] == codes


def test_a_strange_answer_is_no_answer() -> None:
    assert unanswered([PHONE], {"PHONE": "MAYBE"}) == [PHONE]


@pytest.mark.parametrize(
    ("answers", "outcome", "adjustments", "note", "said"),
    [
        (FINE, "SUITABLE", "", "", ""),
        ({"PHONE": "YES"}, "SUITABLE", "", "", "Answer every question"),
        ({}, "SUITABLE", "", "", "Answer every question"),
        (FINE | {"LONE": "NOT_KNOWN"}, "SUITABLE", "", "", "concern or not known"),
        (FINE | {"LONE": "YES"}, "SUITABLE", "two visit together", "", "concern or not known"),
        (FINE | {"LONE": "YES"}, "SUITABLE_WITH_ADJUSTMENTS", "Two visit together.", "", ""),
        (FINE | {"LONE": "YES"}, "SUITABLE_WITH_ADJUSTMENTS", "  ", "", "which adjustments"),
        (FINE | {"LONE": "NOT_KNOWN"}, "SUITABLE_WITH_ADJUSTMENTS", "Ask before the first visit.", "", ""),
        ({"LONE": "YES"}, "SUITABLE_WITH_ADJUSTMENTS", "Two visit together.", "", "Answer every question"),
        (FINE, "SUITABLE_WITH_ADJUSTMENTS", "Deliver to work.", "", ""),
        ({}, "NOT_SUITABLE", "", "No fixed address.", ""),
        (FINE, "NOT_SUITABLE", "", " ", "Say why homecare is not suitable"),
        ({}, "DECLINED", "", "Prefers the hospital.", ""),
        (FINE, "DECLINED", "", "", "Say why the patient declined"),
        (FINE, "", "", "", "Choose an outcome"),
        (FINE, "PERHAPS", "", "x", "Choose an outcome"),
    ],
)
def test_which_outcome_the_answers_allow(
    answers: dict[str, str], outcome: str, adjustments: str, note: str, said: str
) -> None:
    words = refusal([PHONE, LONE], Assessed(answers, outcome, adjustments, note))
    assert said in words if said else words == ""


def test_a_refusal_names_the_questions() -> None:
    assert PHONE.wording in refusal([PHONE, LONE], Assessed({"LONE": "NO"}, "SUITABLE"))
