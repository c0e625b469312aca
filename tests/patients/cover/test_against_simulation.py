"""The fast computation equals a slow one that lives through every day, over random histories."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.cover.questions import CoverQuestion
from patients.cover.rules import compute
from tests.patients.cover.histories import questions
from tests.patients.cover.simulation import simulate

CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


def plain(question: CoverQuestion) -> dict:
    answer = dataclasses.asdict(compute(question))
    return {
        name: value for name, value in answer.items() if name not in {"recompute_on", "flags", "problem", "question"}
    }


def agree(question: CoverQuestion) -> None:
    assert plain(question) == simulate(question)


def stays_until_recompute(question: CoverQuestion, share: float) -> None:
    """Any day before `recompute_on` gives the same stored dates."""
    answer = compute(question)
    last = answer.recompute_on or question.as_at + dt.timedelta(days=1600)
    days = (last - question.as_at).days
    assert days >= 1
    later = dataclasses.replace(question, as_at=question.as_at + dt.timedelta(days=int(share * (days - 1))))
    assert compute(later).stored_dates() == answer.stored_dates()


@settings(max_examples=300, **CALM)
@given(questions())
def test_fast_equals_slow(question: CoverQuestion) -> None:
    agree(question)


@settings(max_examples=1500, **CALM)
@given(questions(), st.floats(0, 1))
def test_dates_stand_until_recompute_on(question: CoverQuestion, share: float) -> None:
    stays_until_recompute(question, share)


@settings(max_examples=300, **CALM)
@given(questions())
def test_dates_stand_on_the_eve_of_recompute_on(question: CoverQuestion) -> None:
    stays_until_recompute(question, 1.0)


@pytest.mark.assure
@pytest.mark.timeout(1800)
@settings(max_examples=5000, **CALM)
@given(questions())
def test_fast_equals_slow_at_length(question: CoverQuestion) -> None:
    agree(question)


@pytest.mark.assure
@pytest.mark.timeout(1800)
@settings(max_examples=20000, **CALM)
@given(questions(), st.floats(0, 1))
def test_dates_stand_until_recompute_on_at_length(question: CoverQuestion, share: float) -> None:
    stays_until_recompute(question, share)
