"""Cover cases written down as JSON: read them, and list where the computation differs from what they expect."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from patients.cover.legal_life import last_valid_on
from patients.cover.questions import CoverAnswer, CoverQuestion, Fact, FactKind, RemainingSupply
from patients.cover.regimen import Phase, Suspension, pattern_from_json
from patients.cover.rules import compute

Written = dict[str, Any]


class Difference(NamedTuple):
    """One field of one case in which what was found is not what was expected."""

    case: str
    field: str
    expected: Any
    found: Any


def question_from(case: Written) -> CoverQuestion:
    """Return the question of a case."""
    return CoverQuestion(
        as_at=_date(case["as_at"]),
        phases=tuple(map(_phase, case["phases"])),
        facts=tuple(map(_fact, case["facts"])),
        suspensions=tuple(Suspension(_date(s["from"]), _maybe(s.get("to"))) for s in case.get("suspensions") or ()),
        prescription=_supply(case.get("prescription")),
        buffer_days=case["buffer_days"],
        lead_working_days=case["lead_working_days"],
        provider_lead_working_days=case["provider_lead_working_days"],
        shelf_life_days=case.get("shelf_life_days"),
    )


def _phase(written: Written) -> Phase:
    return Phase(
        starts_on=_date(written["starts_on"]),
        ends_on=_maybe(written.get("ends_on")),
        pattern=pattern_from_json(written),
        units_per_dose=written["units_per_dose"],
    )


def _fact(written: Written) -> Fact:
    return Fact(
        kind=FactKind(written["kind"].upper()),
        on=_date(written["on"]),
        units=written.get("units", 0),
        expires_on=_maybe(written.get("expires_on")),
        after_dose=written.get("after_dose", False),
    )


def _supply(written: Written | None) -> RemainingSupply | None:
    if written is None:
        return None
    last = written.get("last_valid_on")
    return RemainingSupply(
        remaining=written["remaining"],
        units_each=written["units_each"],
        last_valid_on=_date(last) if last else _life(written),
    )


def _life(written: Written) -> dt.date:
    return last_valid_on(
        issued_on=_date(written["issued_on"]),
        not_before_on=_maybe(written.get("not_before_on")),
        controlled=written.get("controlled", False),
    )


def written_answer(answer: CoverAnswer) -> Written:
    """Return an answer in the form the cases use."""
    resumed = answer.if_resumed_tomorrow
    return {
        "stock_known": answer.stock_known,
        "units_on_hand": answer.units_on_hand,
        "uncovered_doses_on": [day.isoformat() for day in answer.uncovered_doses_on],
        "first_uncovered_dose_on": _iso(answer.first_uncovered_dose_on),
        "days_of_cover": answer.days_of_cover,
        "next_delivery_due_on": _iso(answer.next_delivery_due_on),
        "planned_deliveries_on": [day.isoformat() for day in answer.planned_deliveries_on],
        "script_cover_ends_on": _iso(answer.script_cover_ends_on),
        "needs_prescription": answer.needs_prescription,
        "prescription_needed_by_on": _iso(answer.prescription_needed_by_on),
        "prompt_due_on": _iso(answer.prompt_due_on),
        "if_resumed_tomorrow": resumed
        and {
            "first_uncovered_dose_on": _iso(resumed.first_uncovered_dose_on),
            "next_delivery_due_on": _iso(resumed.next_delivery_due_on),
            "prescription_needed_by_on": _iso(resumed.prescription_needed_by_on),
            "prompt_due_on": _iso(resumed.prompt_due_on),
        },
    }


def differences(written: Written) -> Iterator[Difference]:
    """Yield each difference in a file of cases; a case that cannot be read or computed is one."""
    for life in written.get("legal_life", ()):
        yield from _life_differences(life)
    for number, case in enumerate(written["cases"], start=1):
        yield from _case_differences(case, str(case.get("id", f"case {number}")))


def _life_differences(life: Written) -> Iterator[Difference]:
    found = _life(life).isoformat()
    if found != life["last_valid_on"]:
        yield Difference(f"prescription signed {life['issued_on']}", "last_valid_on", life["last_valid_on"], found)


def _case_differences(case: Written, name: str) -> Iterator[Difference]:
    try:
        found = written_answer(compute(question_from(case)))
    except Exception as problem:  # a broken case is reported beside the others
        yield Difference(name, "", case.get("expected"), f"{type(problem).__name__}: {problem}")
        return
    for field, expected in case["expected"].items():
        if field not in found or found[field] != expected:
            yield Difference(name, field, expected, found.get(field, "no such field"))


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _maybe(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
