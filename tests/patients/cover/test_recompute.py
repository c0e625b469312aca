"""Each thing that time alone can move, and the day on which it first could."""

import dataclasses
import datetime as dt

import pytest

from patients.cover.questions import CoverQuestion, Fact, FactKind, RemainingSupply
from patients.cover.regimen import EveryDays, Phase, Suspension
from patients.cover.rules import compute

MONDAY = dt.date(2026, 1, 5)
HORIZON = 1095


def on(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def ask(phases: Phase | tuple[Phase, ...], *facts: Fact, as_at: int = 0, **more) -> CoverQuestion:
    phases = (phases,) if isinstance(phases, Phase) else phases
    return CoverQuestion(as_at=on(as_at), phases=phases, facts=facts, **more)


def delivered(day: int, units: int, expires: int | None = None) -> Fact:
    return Fact(FactKind.DELIVERY, on(day), units, expires_on=None if expires is None else on(expires))


def every(days: int, units: int = 1, start: int = 0, end: int | None = None) -> Phase:
    return Phase(on(start), EveryDays(days), units, ends_on=None if end is None else on(end))


WEEKLY = every(7)
MOVES = {
    # The dose of day 28 has none: due on day 21 (a Monday), dispensed on day 17 (the Thursday): too late on the Friday.
    "the delivery can no longer come in time": (ask(WEEKLY, delivered(0, 4)), 18),
    "it is late already: tomorrow": (ask(WEEKLY, delivered(0, 1)), 1),
    "the patient is out: tomorrow": (ask(WEEKLY, delivered(0, 0)), 1),
    "a fact is dated ahead": (ask(WEEKLY, delivered(0, 40), delivered(9, 1)), 9),
    "stock becomes known": (ask(WEEKLY, delivered(9, 1)), 9),
    "an uncovered dose comes into sight": (ask(WEEKLY, delivered(0, 160)), 160 * 7 - HORIZON),
    "the end of the last planned delivery comes into sight": (
        ask(WEEKLY, delivered(0, 20), prescription=RemainingSupply(1, 140, on(300))),
        160 * 7 - HORIZON,
    ),
    # The dose of day 0 had none; the pause from day 1 ends with day 10, and the patient is out again from day 11.
    "a pause ends and the patient is out again": (
        ask(every(56), delivered(0, 0), as_at=2, suspensions=(Suspension(on(1), on(10)),)),
        11,
    ),
    # The dose of day 0 had none; what came on day 2 goes out of date after day 9, long before the dose of day 56.
    "what came since goes out of date": (ask(every(56), delivered(0, 0), delivered(2, 5, expires=9), as_at=3), 10),
    # Out with one unit where two were needed, and nothing to come for three years: then one that needs one.
    "a dose comes into sight for one who was out": (
        ask((every(7, 2, end=6), every(7, 1, start=1200)), delivered(0, 1)),
        1200 - HORIZON,
    ),
}


@pytest.mark.parametrize("name", MOVES)
def test_says_the_day(name: str) -> None:
    question, day = MOVES[name]
    assert compute(question).recompute_on == on(day)


@pytest.mark.parametrize("name", MOVES)
def test_nothing_moves_before_and_something_does_then(name: str) -> None:
    question, day = MOVES[name]
    now = compute(question).stored_dates()

    def later(number: int) -> dict:
        return compute(dataclasses.replace(question, as_at=on(number))).stored_dates()

    assert later(day - 1) == now
    assert later(day) != now


@pytest.mark.parametrize(
    "question",
    [
        ask(WEEKLY),
        ask(every(7, end=60), delivered(0, 40)),
        ask(WEEKLY, delivered(0, 4), suspensions=(Suspension(on(1), None),)),
        ask((), delivered(0, 4)),
    ],
    ids=["stock unknown", "stopped with enough at home", "paused with no end", "no regimen"],
)
def test_never_when_nothing_can_move(question: CoverQuestion) -> None:
    assert compute(question).recompute_on is None
