"""Random histories for the property tests: dates near one another, so that everything meets everything."""

import datetime as dt

from hypothesis import strategies as st

from patients.cover.questions import CoverQuestion, Fact, FactKind, RemainingSupply
from patients.cover.regimen import Cycle, DosesOn, EveryDays, Phase, Suspension, Weekdays

START = dt.date(2026, 1, 5)


def days(low: int, high: int) -> st.SearchStrategy[dt.date]:
    return st.integers(low, high).map(lambda n: START + dt.timedelta(days=n))


PATTERNS = st.one_of(
    st.sampled_from([1, 2, 7, 14, 28, 56, 182]).map(EveryDays),
    st.sampled_from([Cycle(14, 7), Cycle(21, 7), Cycle(1, 0), Cycle(5, 23)]),
    st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: Weekdays(tuple(sorted(chosen)))),
)


@st.composite
def phases(draw: st.DrawFn) -> tuple[Phase, ...]:
    start, made = draw(days(0, 60)), []
    for _ in range(draw(st.integers(0, 2))):
        end = start + dt.timedelta(days=draw(st.integers(0, 120)))
        listed = st.sets(st.integers(0, 60), min_size=1, max_size=5).map(
            lambda numbers, first=start: DosesOn(tuple(first + dt.timedelta(days=n) for n in sorted(numbers)))
        )
        made.append(Phase(start, draw(PATTERNS | listed), draw(st.integers(1, 6)), ends_on=end))
        start = end + dt.timedelta(days=draw(st.integers(1, 40)))
    if not made or draw(st.integers(0, 3)):
        end = draw(st.none() | st.integers(0, 1500).map(lambda n: start + dt.timedelta(days=n)))
        made.append(Phase(start, draw(PATTERNS), draw(st.integers(1, 6)), ends_on=end))
    return tuple(draw(st.permutations(made)))


@st.composite
def suspensions(draw: st.DrawFn) -> tuple[Suspension, ...]:
    made = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3]))):
        start = draw(days(0, 300))
        end = draw(st.none() | st.integers(0, 90).map(lambda n, first=start: first + dt.timedelta(days=n)))
        made.append(Suspension(start, end))
    return tuple(made)


def dose_days(regimen: tuple[Phase, ...], *, last: int) -> list[dt.date]:
    """The dose days of a regimen, pauses apart: where a missed dose means something."""
    end = (START + dt.timedelta(days=last)).toordinal()
    found: set[int] = set()
    for phase in regimen:
        grid = phase.pattern.grid(phase.starts_on.toordinal())
        found.update(grid.day(number) for number in range(grid.rank(end + 1)))
    return [dt.date.fromordinal(day) for day in sorted(found)]


@st.composite
def facts(draw: st.DrawFn, regimen: tuple[Phase, ...], *, last: int) -> tuple[Fact, ...]:
    made, missed_on = [], set()
    on_dose_days = st.sampled_from(dose_days(regimen, last=last) or [START])
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from([FactKind.DELIVERY, FactKind.DELIVERY, FactKind.MISSED, *FactKind]))
        on = draw(on_dose_days if kind is FactKind.MISSED else days(0, last) | on_dose_days)
        if kind is FactKind.MISSED:
            if on not in missed_on:
                made.append(Fact(kind, on))
            missed_on.add(on)
        elif kind is FactKind.DELIVERY:
            expires = draw(st.none() | st.integers(-2, 120).map(lambda n, first=on: first + dt.timedelta(days=n)))
            made.append(Fact(kind, on, draw(st.sampled_from([0, 1, 2, 6, 12, 40, 168, 2000])), expires_on=expires))
        else:
            units = draw(st.sampled_from([0, 1, 2, 5, 12, 60]))
            made.append(Fact(kind, on, units, after_dose=kind is FactKind.COUNT and draw(st.booleans())))
    return tuple(made)


@st.composite
def supplies(draw: st.DrawFn, as_at: dt.date) -> RemainingSupply | None:
    """Often about to run out of law: its last day lies near the deliveries being planned."""
    if not draw(st.integers(0, 4)):
        return None
    ends = draw(st.integers(-5, 40) | st.integers(0, 400))
    units = draw(st.sampled_from([1, 2, 4, 12, 84, 336, 3000]))
    return RemainingSupply(draw(st.integers(0, 4)), units, as_at + dt.timedelta(days=ends))


@st.composite
def questions(draw: st.DrawFn, *, facts_until: int = 260) -> CoverQuestion:
    regimen = draw(phases())
    as_at = draw(days(0, 260))
    return CoverQuestion(
        as_at=as_at,
        phases=regimen,
        facts=draw(facts(regimen, last=facts_until)),
        suspensions=draw(suspensions()),
        prescription=draw(supplies(as_at)),
        buffer_days=draw(st.sampled_from([0, 1, 2, 7, 14])),
        lead_working_days=draw(st.sampled_from([0, 5, 10, 20])),
        provider_lead_working_days=draw(st.sampled_from([0, 1, 2, 5])),
        shelf_life_days=draw(st.sampled_from([None, None, 0, 14, 28, 100])),
    )
