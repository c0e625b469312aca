"""What is refused, or asked about, when a fact is entered."""

import datetime as dt

import pytest

from homecare.core.errors import Refused
from patients.cover.questions import CoverQuestion, Fact, FactKind
from patients.cover.regimen import (
    Cycle,
    DosesOn,
    EveryDays,
    Pattern,
    Phase,
    Suspension,
    Weekdays,
    check_phases,
    pattern_from_json,
)
from patients.cover.rules import compute, compute_many
from patients.cover.rules_entry import check_fact, check_terms, count_doubt, units_before

D = dt.date.fromisoformat
WEEKLY = Phase(D("2026-01-01"), EveryDays(7), 2)


def at_home(*facts: Fact, phases: tuple[Phase, ...] = (WEEKLY,), as_at: str = "2026-02-01", **more) -> CoverQuestion:
    return CoverQuestion(as_at=D(as_at), phases=phases, facts=facts, **more)


def fact(kind: str, on: str, units: int = 0, **more) -> Fact:
    return Fact(FactKind(kind), D(on), units, **more)


TEN_DELIVERED = fact("DELIVERY", "2026-01-01", 10)


@pytest.mark.parametrize(
    ("entered", "code"),
    [
        (fact("DELIVERY", "2026-02-02", 4), "fact_in_future"),
        (fact("COUNT", "2026-01-05", -1), "units_negative"),
        (fact("DELIVERY", "2026-01-05", 0), "units_missing"),
        (fact("TAKEN", "2026-01-05", 0), "units_missing"),
        (fact("WRITE_OFF", "2026-01-05", 0), "units_missing"),
        (fact("COUNT", "2026-01-05", 8, expires_on=D("2026-03-01")), "expiry_out_of_place"),
        (fact("MISSED", "2026-01-09"), "missed_without_dose"),  # no dose day
        (fact("MISSED", "2025-12-25"), "missed_without_dose"),  # before anything is known
    ],
)
def test_refuses(entered: Fact, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_fact(at_home(TEN_DELIVERED), entered)
    assert refusal.value.code == code


def test_refuses_a_dose_missed_twice_on_one_day() -> None:
    with pytest.raises(Refused, match="already recorded as missed"):
        check_fact(at_home(TEN_DELIVERED, fact("MISSED", "2026-01-08")), fact("MISSED", "2026-01-08"))


def test_refuses_a_missed_dose_that_was_not_in_stock() -> None:
    with pytest.raises(Refused, match="no dose was taken on 15/01/2026"):
        check_fact(at_home(fact("DELIVERY", "2026-01-01", 4)), fact("MISSED", "2026-01-15"))


def test_refuses_a_missed_dose_in_a_pause() -> None:
    paused = at_home(TEN_DELIVERED, suspensions=(Suspension(D("2026-01-06"), None),))
    with pytest.raises(Refused, match="no dose was taken"):
        check_fact(paused, fact("MISSED", "2026-01-08"))


@pytest.mark.parametrize("on", ["2026-01-01", "2026-01-08", "2026-01-29"])
def test_takes_a_missed_dose_that_was_in_stock(on: str) -> None:
    check_fact(at_home(TEN_DELIVERED), fact("MISSED", on))


@pytest.mark.parametrize(
    ("units", "asked"),
    [(7, True), (6, False), (2, False), (1, True), (0, True)],
)
def test_asks_about_a_count_above_or_more_than_two_doses_below(units: int, asked: bool) -> None:
    """Ten were delivered and two doses of two taken: six are reckoned before the dose of the 15th."""
    doubt = count_doubt(at_home(TEN_DELIVERED), fact("COUNT", "2026-01-15", units))
    assert (doubt is not None) is asked


def test_a_count_after_the_dose_is_held_against_what_is_left_then() -> None:
    assert units_before(at_home(TEN_DELIVERED), fact("COUNT", "2026-01-15", 4, after_dose=True)) == 4


def test_the_first_count_is_taken_unasked() -> None:
    check_fact(at_home(), fact("COUNT", "2026-01-15", 40))


def test_a_doubtful_count_is_refused_until_confirmed() -> None:
    with pytest.raises(Refused) as refusal:
        check_fact(at_home(TEN_DELIVERED), fact("COUNT", "2026-01-15", 9))
    assert refusal.value.code == "count_to_confirm"
    check_fact(at_home(TEN_DELIVERED), fact("COUNT", "2026-01-15", 9), confirmed=True)


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ((WEEKLY, Phase(D("2026-03-01"), EveryDays(14), 1)), "still running on 01/03/2026"),
        (
            (
                Phase(D("2026-03-01"), EveryDays(14), 1),
                Phase(D("2026-01-01"), EveryDays(7), 1, ends_on=D("2026-03-01")),
            ),
            "still running on 01/03/2026",
        ),
        ((Phase(D("2026-01-01"), EveryDays(0), 1),), "at least one day"),
        ((Phase(D("2026-01-01"), Cycle(0, 7), 1),), "at least one day on"),
        ((Phase(D("2026-01-01"), Weekdays(()), 1),), "at least one weekday"),
        ((Phase(D("2026-01-01"), Weekdays((7,)), 1),), "at least one weekday"),
        ((Phase(D("2026-01-01"), DosesOn(()), 1),), "at least one day"),
        ((Phase(D("2026-01-01"), EveryDays(7), 0),), "at least one unit"),
        ((Phase(D("2026-01-02"), EveryDays(7), 1, ends_on=D("2026-01-01")),), "before its first"),
    ],
)
def test_refuses_a_regimen_that_cannot_be_walked(phases: tuple[Phase, ...], words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_phases(phases)
    with pytest.raises(Refused, match=words):
        compute(at_home(phases=phases))


def test_one_phase_may_begin_the_day_after_another_ends() -> None:
    check_phases(
        (Phase(D("2026-01-01"), EveryDays(7), 1, ends_on=D("2026-02-28")), Phase(D("2026-03-01"), EveryDays(7), 1))
    )


def test_refuses_a_pause_that_ends_before_it_begins() -> None:
    with pytest.raises(Refused, match="cannot end before it begins"):
        compute(at_home(suspensions=(Suspension(D("2026-01-06"), D("2026-01-05")),)))


def test_one_that_is_refused_does_not_stop_the_many() -> None:
    good, bad = at_home(TEN_DELIVERED), at_home(phases=(WEEKLY, WEEKLY))
    answers = compute_many([good, bad, good])
    assert [bool(answer.problem) for answer in answers] == [False, True, False]
    assert answers[0] == answers[2] == compute(good)


@pytest.mark.parametrize("pattern", [EveryDays(14), Cycle(14, 7), Weekdays((0, 2, 4)), DosesOn((D("2026-01-01"),))])
def test_a_pattern_comes_back_from_its_plain_form(pattern: Pattern) -> None:
    assert pattern_from_json(pattern.as_json()) == pattern


def test_refuses_a_pattern_it_does_not_know() -> None:
    with pytest.raises(Refused, match="how often"):
        pattern_from_json({"moon": "full"})


@pytest.mark.parametrize(
    "wrong",
    [{"buffer_days": -1}, {"lead_working_days": -1}, {"provider_lead_working_days": 0}, {"shelf_life_days": -1}],
)
def test_refuses_terms_no_date_can_be_planned_with(wrong: dict) -> None:
    good = {"buffer_days": 0, "lead_working_days": 0, "provider_lead_working_days": 1}
    check_terms(**good)
    with pytest.raises(Refused):
        check_terms(**(good | wrong))
