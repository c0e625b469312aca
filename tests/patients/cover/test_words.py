"""The reasons, and the sentences made of them."""

import datetime as dt
import json
from pathlib import Path

import pytest

from patients.cover.cases import question_from
from patients.cover.questions import CoverQuestion, Fact, FactKind, Flag, RemainingSupply
from patients.cover.reasons import reasons_of
from patients.cover.regimen import EveryDays, Phase, Suspension
from patients.cover.rules import compute, compute_many
from patients.cover.words import UnitWord, explain, explain_reasons

ROOT = Path(__file__).parents[3]
CASES = {case["id"]: case for case in json.loads((ROOT / "tests/data/cover_cases.json").read_text())["cases"]}
PEN, TABLET, BAG = UnitWord("pen", "pens"), UnitWord("tablet", "tablets"), UnitWord("bag", "bags")
D = dt.date.fromisoformat


def said(case: str, unit: UnitWord = PEN) -> list[str]:
    return explain(compute(question_from(CASES[case])), unit=unit)


def test_says_the_sentence_of_the_rule() -> None:
    assert said("fortnightly, two pens counted the day before a dose")[0] == (
        "2 pens counted on 28 February; doses on 1 and 15 March; the first dose without a pen is 29 March; "
        "a delivery is due by Friday 20 March, the last working day a week before."
    )


@pytest.mark.parametrize(
    ("case", "unit"),
    [
        ("fortnightly, two pens counted the day before a dose", PEN),
        ("capecitabine, 14 days in 21, six tablets a day", TABLET),
        ("compounded bags, 14 days on the shelf", BAG),
        ("paused while out", PEN),
    ],
)
def test_the_pharmacists_page_says_what_the_computation_says(case: str, unit: UnitWord) -> None:
    page = " ".join((ROOT / "docs/cover.md").read_text().replace("\n>", " ").split())
    assert [sentence for sentence in said(case, unit) if sentence not in page] == []


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("nobody knows what is at home", "Ask for a count."),
        ("already out: two weekly doses uncovered", "without medicine since 2 April; no pen for 2 doses"),
        ("paused with no end", "Paused from 1 August with no end known"),
        ("paused with no end", "Were it resumed tomorrow, the first dose without a pen would be 25 August"),
        ("stopped without medicine: no longer out", "no dose is due"),
        ("stopped with a date", "no dose within three years is without medicine"),
        ("counted after the dose of the day", "1 pen counted on 15 March after the dose"),
        ("one pen left and Christmas in the way", "5 working days late"),
        ("one pen left and Christmas in the way", "Christmas Day (25 December)"),
        ("one pen left and Christmas in the way", "1 more delivery"),
        ("the second delivery is too late, the third not tried", "2 more deliveries would be dispensed after 31 May"),
    ],
)
def test_says(case: str, sentence: str) -> None:
    assert sentence.replace("1 more delivery", "One more delivery") in " ".join(said(case))


@pytest.mark.parametrize("case", list(CASES)[::10])
def test_reasons_go_through_json_unchanged(case: str) -> None:
    answer = compute(question_from(CASES[case]))
    stored = json.loads(json.dumps(reasons_of(answer)))
    assert explain_reasons(stored, unit=PEN) == explain(answer, unit=PEN)


def test_a_booked_day_takes_the_place_of_the_planned_one() -> None:
    answer = compute(question_from(CASES["fortnightly, two pens counted the day before a dose"]))
    first = explain(answer, unit=PEN, booked_on=D("2026-03-19"))[0]
    assert first.endswith("a delivery is booked for Thursday 19 March.")


def flagged(*facts: Fact, assumed: bool = False, **more) -> set[Flag]:
    phase = Phase(D("2026-01-01"), EveryDays(7), 2, assumed=assumed)
    return set(compute(CoverQuestion(as_at=D("2026-02-01"), phases=(phase,), facts=facts, **more)).flags)


def delivered(units: int, **more) -> Fact:
    return Fact(FactKind.DELIVERY, D("2026-01-01"), units, **more)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (flagged(delivered(40)), set()),
        (flagged(delivered(40), Fact(FactKind.WRITE_OFF, D("2026-01-20"), 50)), {Flag.STOCK_BELOW_NOTHING}),
        (flagged(delivered(40), Fact(FactKind.MISSED, D("2026-01-20"))), {Flag.MISSED_WITHOUT_DOSE}),
        (flagged(delivered(5)), {Flag.PART_DOSE}),
        (flagged(delivered(40), assumed=True), {Flag.REGIMEN_ASSUMED}),
        (flagged(delivered(40, assumed=True)), {Flag.FACT_ASSUMED}),
        (
            flagged(delivered(40), prescription=RemainingSupply(0, 4, D("2026-06-01"), assumed=True)),
            {Flag.PRESCRIPTION_ASSUMED},
        ),
        (
            flagged(delivered(40), suspensions=(Suspension(D("2026-01-12"), D("2026-01-18")),)),
            {Flag.RESTART_ASSUMED},
        ),
        (flagged(delivered(315)), {Flag.PROVISIONAL_DATE}),
    ],
)
def test_flags(flags: set[Flag], expected: set[Flag]) -> None:
    assert flags == expected


def test_no_answer_says_why() -> None:
    wrong = CoverQuestion(as_at=D("2026-02-01"), phases=(Phase(D("2026-01-01"), EveryDays(0), 1),))
    assert "at least one day" in explain(compute_many([wrong])[0])[0]


def test_an_old_uncovered_dose_is_not_called_a_dose() -> None:
    """Uncovered longer ago than is listed: the doses since the count are those that had medicine."""
    phases = (Phase(D("2026-01-01"), EveryDays(28), 1),)
    facts = (Fact(FactKind.COUNT, D("2026-01-01"), 1), Fact(FactKind.DELIVERY, D("2026-03-01"), 9))
    answer = compute(CoverQuestion(as_at=D("2026-08-01"), phases=phases, facts=facts))
    assert reasons_of(answer)["doses"]["covered"] == 10
