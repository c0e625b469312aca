"""Cover: how long the medicine at home lasts, and when to ask for more (docs/cover.md).

`compute` answers for one enrolment, `compute_many` for many. Plain values in, plain values out; the clock is not
read: `as_at` says which day it is.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from homecare.core.calendar import ENGLAND_AND_WALES
from homecare.core.errors import Refused
from patients.cover.planning import Plan, Terms, plan
from patients.cover.questions import CoverAnswer, CoverQuestion, Flag, IfResumed
from patients.cover.regimen import (
    FOREVER,
    DosesOn,
    Stretch,
    begun_anew,
    check_phases,
    next_dose,
    pauses_of,
    stretches_of,
)
from patients.cover.walk import Home, first_uncovered, lived, on_hand

UNCOVERED_SHOWN_DAYS = 90
Pauses = Sequence[tuple[int, int]]


def compute(question: CoverQuestion) -> CoverAnswer:
    """Return the dates for one enrolment; refuse a regimen that cannot be walked."""
    check_phases(question.phases)
    pauses = pauses_of(question.suspensions) if question.suspensions else ()
    stretches = stretches_of(question.phases, pauses)
    terms = terms_of(question)
    home = lived(stretches, question.facts, shelf_life=question.shelf_life_days, as_at=terms.as_at)
    if not home.known:
        return CoverAnswer(
            stock_known=False, recompute_on=_day(_next_fact(question)), flags=_assumed(question), question=question
        )
    suspended = pause_holding(pauses, terms.as_at)
    planned = _planned(stretches, home, suspended, terms)
    resumed = _if_resumed(question, home, terms) if suspended else None
    recompute = min(planned.recompute, _next_fact(question))
    return _answer(question, home, planned, resumed, recompute, _flags(question, home, planned, pauses))


def compute_many(questions: Iterable[CoverQuestion]) -> list[CoverAnswer]:
    """Return the answers in the same order; one that is refused gets no dates and the refusal as its `problem`."""
    return [_compute_or_say(question) for question in questions]


def _compute_or_say(question: CoverQuestion) -> CoverAnswer:
    try:
        return compute(question)
    except Refused as refusal:
        return CoverAnswer(stock_known=False, flags=(Flag.CANNOT_COMPUTE,), problem=refusal.message, question=question)


def terms_of(question: CoverQuestion) -> Terms:
    """Return what planning depends on, as ordinals; no prescription gives no deliveries."""
    supply = question.prescription
    return Terms(
        question.as_at.toordinal(),
        question.buffer_days,
        question.lead_working_days,
        question.provider_lead_working_days,
        question.shelf_life_days,
        supply.remaining if supply else 0,
        supply.units_each if supply else 0,
        supply.last_valid_on.toordinal() if supply else 0,
    )


def pause_holding(pauses: Pauses, day: int) -> tuple[int, int] | None:
    """Return the pause that holds the day, or None."""
    return next((pause for pause in pauses if pause[0] <= day <= pause[1]), None)


def _planned(stretches: Sequence[Stretch], home: Home, suspended: tuple[int, int] | None, terms: Terms) -> Plan:
    """Plan from now: out since some day, or from the first uncovered dose to come."""
    tomorrow = terms.as_at + 1
    short = home.out_since is not None and on_hand(home.lots) < home.last_uncovered_units
    dose_follows = not short or next_dose(stretches, tomorrow, terms.horizon) is not None
    if short and dose_follows and not suspended:
        return plan(stretches, home.lots, home.out_since, terms)
    uncovered = first_uncovered(stretches, home.lots, tomorrow, terms.horizon)
    planned = plan(stretches, home.lots, uncovered, terms)
    if home.out_since is None:
        return planned
    return planned._replace(recompute=min(planned.recompute, _when_out_again(stretches, home, suspended, terms)))


def _when_out_again(stretches: Sequence[Stretch], home: Home, suspended: tuple[int, int] | None, terms: Terms) -> int:
    """Return the first day on which an older uncovered dose could make the patient out once more.

    That is when a pause ends, what is at home expires, or a dose comes into sight again.
    """
    days = [FOREVER]
    if suspended:
        days.append(suspended[1] + 1)
    if home.lots:
        days.append(home.lots[0][0] + 1)
    if next_dose(stretches, terms.as_at + 1, terms.horizon) is None:
        following = next_dose(stretches, terms.horizon + 1)
        days.append(following - (terms.horizon - terms.as_at) if following else FOREVER)
    return min(days)


def _if_resumed(question: CoverQuestion, home: Home, terms: Terms) -> IfResumed:
    """Return the dates as if the pause ended today and the phase began anew tomorrow."""
    stretches = begun_anew(question.phases, question.suspensions, terms.as_at)
    uncovered = first_uncovered(stretches, home.lots, terms.as_at + 1, terms.horizon)
    planned = plan(stretches, home.lots, uncovered, terms)
    return IfResumed(_day(uncovered), _day(planned.next_delivery), _day(planned.needed_by), _day(planned.prompt))


def _next_fact(question: CoverQuestion) -> int:
    """Return the day of the first fact that does not exist yet."""
    as_at = question.as_at
    return min((fact.on.toordinal() for fact in question.facts if fact.on > as_at), default=FOREVER)


def _day(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None or ordinal >= FOREVER else dt.date.fromordinal(ordinal)


def _answer(
    question: CoverQuestion,
    home: Home,
    planned: Plan,
    resumed: IfResumed | None,
    recompute: int,
    flags: tuple[Flag, ...],
) -> CoverAnswer:
    as_at = question.as_at.toordinal()
    uncovered = home.uncovered_between(as_at - UNCOVERED_SHOWN_DAYS + 1, as_at) if home.uncovered else ()
    first = planned.first_uncovered
    return CoverAnswer(
        True,
        on_hand(home.lots),
        tuple(map(dt.date.fromordinal, uncovered)),
        _day(first),
        None if first is None else first - as_at,
        _day(planned.next_delivery),
        tuple(map(dt.date.fromordinal, planned.arrivals)),
        _day(planned.script_end),
        first is not None and not planned.arrivals,
        _day(planned.needed_by),
        _day(planned.prompt),
        resumed,
        _day(recompute),
        flags,
        "",
        question,
    )


def _flags(question: CoverQuestion, home: Home, planned: Plan, pauses: Pauses) -> tuple[Flag, ...]:
    flags = list(dict.fromkeys(home.flags))
    if home.out_since is not None and 0 < on_hand(home.lots) < home.last_uncovered_units:
        flags.append(Flag.PART_DOSE)
    if pauses:
        flags.extend(_pause_flags(question, planned, pauses))
    last = max(planned.script_end or 0, planned.next_delivery or 0)
    if last > _PUBLISHED_TO:
        flags.append(Flag.PROVISIONAL_DATE)
    flags.extend(_assumed(question))
    return tuple(flags)


_PUBLISHED_TO = dt.date(ENGLAND_AND_WALES.published_until, 12, 31).toordinal()


def _pause_flags(question: CoverQuestion, planned: Plan, pauses: Pauses) -> Iterable[Flag]:
    """Say what a pause leaves to a person: the day of restart, and deliveries planned while it lasts."""
    until = planned.script_end or question.as_at.toordinal()
    if any(end < until and _grid_goes_on(question, end) for _, end in pauses):
        yield Flag.RESTART_ASSUMED
    due = planned.arrivals or ((planned.next_delivery,) if planned.next_delivery else ())
    if any(pause_holding(pauses, day) for day in due):
        yield Flag.DELIVERY_IN_SUSPENSION


def _grid_goes_on(question: CoverQuestion, pause_end: int) -> bool:
    """Say whether a phase begun before a pause's end goes on after it, on its old grid."""
    return any(
        phase.starts_on.toordinal() <= pause_end
        and (phase.ends_on is None or phase.ends_on.toordinal() > pause_end)
        and not isinstance(phase.pattern, DosesOn)
        for phase in question.phases
    )


def _assumed(question: CoverQuestion) -> tuple[Flag, ...]:
    flags: tuple[Flag, ...] = ()
    for phase in question.phases:
        if phase.assumed:
            flags = (Flag.REGIMEN_ASSUMED,)
            break
    for fact in question.facts:
        if fact.assumed:
            flags += (Flag.FACT_ASSUMED,)
            break
    if question.prescription is not None and question.prescription.assumed:
        flags += (Flag.PRESCRIPTION_ASSUMED,)
    return flags
