"""The project's own computation meets every written case, and the slow reference does too."""

import json
from pathlib import Path

import pytest

from patients.cover.cases import differences, question_from, written_answer
from patients.cover.rules import compute
from tests.patients.cover.simulation import simulate

WRITTEN = json.loads((Path(__file__).parents[2] / "data" / "cover_cases.json").read_text())


@pytest.mark.parametrize("case", WRITTEN["cases"], ids=lambda case: case["id"])
def test_answers_as_written(case: dict) -> None:
    assert written_answer(compute(question_from(case))) == case["expected"]


def test_all_518_are_there() -> None:
    assert len(WRITTEN["cases"]) == 518


def test_every_legal_life_is_as_written() -> None:
    assert list(differences({"cases": [], "legal_life": WRITTEN["legal_life"]})) == []


@pytest.mark.parametrize("case", WRITTEN["cases"][::40], ids=lambda case: case["id"])
def test_the_slow_reference_meets_the_cases(case: dict) -> None:
    answer = simulate(question_from(case))
    expected = case["expected"]
    assert str(answer["script_cover_ends_on"]) == str(expected["script_cover_ends_on"])
    assert [str(day) for day in answer["planned_deliveries_on"]] == expected["planned_deliveries_on"]
