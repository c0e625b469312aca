"""Why these dates: the reasons as plain data that fit a jsonb column; words.py makes sentences of them."""

import datetime as dt
from typing import Any

from homecare.core.calendar import holidays_stepped_over, last_working_day_on_or_before, working_days_between
from patients.cover.planning import HORIZON_DAYS
from patients.cover.questions import CoverAnswer, CoverQuestion, Fact, FactKind
from patients.cover.regimen import FOREVER, next_dose, pauses_of, stretches_of
from patients.cover.walk import Home, lived, order_of

Reasons = dict[str, Any]
DAYS_LISTED = 4
FACTS_LISTED = 6


def reasons_of(answer: CoverAnswer) -> Reasons:
    """Return the reasons for an answer, dates as ISO text; an answer that could not be computed says only why."""
    question = answer.question
    if question is None or answer.problem:
        return {"problem": answer.problem, "flags": list(answer.flags)}
    reasons: Reasons = {"as_at": question.as_at.isoformat(), "flags": list(answer.flags)}
    if not answer.stock_known:
        return reasons | {"stock": None}
    return (
        reasons
        | Lived(question, answer).reasons()
        | {
            "first_uncovered_dose_on": _iso(answer.first_uncovered_dose_on),
            "out": answer.days_of_cover is not None and answer.days_of_cover <= 0,
            "delivery": _delivery(question, answer),
            "prescription": _prescription(question, answer),
            "renewal": _renewal(question, answer),
            "suspensions": _suspensions(question, answer),
            "if_resumed": _resumed(answer),
        }
    )


class Lived:
    """What happened up to now: the fact that is reckoned from (the last count, else the last delivery), and since."""

    def __init__(self, question: CoverQuestion, answer: CoverAnswer) -> None:
        self.question = question
        self.answer = answer
        self.facts = sorted((fact for fact in question.facts if fact.on <= question.as_at), key=order_of)
        self.stretches = stretches_of(question.phases, pauses_of(question.suspensions))
        shelf_life, as_at = question.shelf_life_days, question.as_at.toordinal()
        self.home = lived(self.stretches, self.facts, shelf_life=shelf_life, as_at=as_at)
        self.place = self._anchor_place()
        self.anchor = self.facts[self.place]

    def _anchor_place(self) -> int:
        for kind in (FactKind.COUNT, FactKind.DELIVERY):
            places = [place for place, fact in enumerate(self.facts) if fact.kind is kind]
            if places:
                return places[-1]
        raise LookupError("Stock is not known without a count or a delivery.")

    def reasons(self) -> Reasons:
        """Return what is at home and which doses it was and will be used for."""
        return {"stock": self._stock(), "doses": self._doses()}

    def _stock(self) -> Reasons:
        since = self.facts[self.place + 1 :]
        return {
            "on_hand": self.answer.units_on_hand,
            "from": _fact(self.anchor)
            | {"age_days": (self.question.as_at - self.anchor.on).days, "units_before": self._units_before()},
            "since": [_fact(fact) for fact in since[-FACTS_LISTED:]],
            "since_not_listed": max(0, len(since) - FACTS_LISTED),
            "lots": self._lots(),
        }

    def _units_before(self) -> int:
        """Return the units at home just before the fact that is reckoned from."""
        home = Home(self.stretches, self.question.shelf_life_days)
        home.meet(self.facts[: self.place])
        return home.units_before(self.anchor) or 0

    def _lots(self) -> list[list[Any]]:
        """Return the lots at home as pairs of last usable day (null: not known) and units."""
        return [[None if last >= FOREVER else dt.date.fromordinal(last).isoformat(), n] for last, n in self.home.lots]

    def _doses(self) -> Reasons:
        """Return the covered doses from the fact reckoned from to the first uncovered one."""
        end = self.answer.first_uncovered_dose_on
        start = self.anchor.on + dt.timedelta(days=1 if self.anchor.after_dose else 0)
        as_at = self.question.as_at.toordinal()
        uncovered = set(map(dt.date.fromordinal, self.home.uncovered_between(start.toordinal(), as_at)))
        days = [day for day in self._dose_days(start, end) if day not in uncovered] if end else []
        return {
            "covered": len(days),
            "days": [day.isoformat() for day in days] if len(days) <= DAYS_LISTED else [],
            "first_on": _iso(days[0]) if days else None,
            "last_on": _iso(days[-1]) if days else None,
            "uncovered": [day.isoformat() for day in self.answer.uncovered_doses_on],
            "units_each": self._units_on(end) if end else None,
            "to_come": next_dose(self.stretches, as_at + 1, as_at + HORIZON_DAYS) is not None,
        }

    def _dose_days(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """Return the dose days from start up to but not including end."""
        days: list[dt.date] = []
        for starts, ends, _, grid in self.stretches:
            first = grid.rank(max(starts, start.toordinal()))
            last = grid.rank(min(ends + 1, end.toordinal()))
            days.extend(dt.date.fromordinal(grid.day(number)) for number in range(first, last))
        return days

    def _units_on(self, day: dt.date) -> int | None:
        for phase in self.question.phases:
            if phase.starts_on <= day and (phase.ends_on is None or day <= phase.ends_on):
                return phase.units_per_dose
        return None


def _fact(fact: Fact) -> Reasons:
    written: Reasons = {"kind": fact.kind.value, "on": fact.on.isoformat(), "units": fact.units}
    if fact.expires_on:
        written["expires_on"] = fact.expires_on.isoformat()
    if fact.after_dose:
        written["after_dose"] = True
    if fact.assumed:
        written["assumed"] = True
    return written


def _delivery(question: CoverQuestion, answer: CoverAnswer) -> Reasons | None:
    """Return why the next delivery is due that day."""
    due, uncovered = answer.next_delivery_due_on, answer.first_uncovered_dose_on
    if due is None or uncovered is None:
        return None
    wanted = uncovered - dt.timedelta(days=question.buffer_days)
    return {
        "due_on": due.isoformat(),
        "wanted_on": wanted.isoformat(),
        "late": due > wanted,
        "moved_to_working_day": due < wanted,
        "buffer_days": question.buffer_days,
        "provider_lead_working_days": question.provider_lead_working_days,
        "holidays": _holidays(question.as_at, due) if due > wanted else _holidays(due, wanted),
    }


def _holidays(start: dt.date, end: dt.date) -> list[list[str]]:
    return [[day.isoformat(), title] for day, title in holidays_stepped_over(start, end)]


def _prescription(question: CoverQuestion, answer: CoverAnswer) -> Reasons | None:
    supply = question.prescription
    if supply is None:
        return None
    return {
        "remaining": supply.remaining,
        "units_each": supply.units_each,
        "last_valid_on": supply.last_valid_on.isoformat(),
        "planned_on": [day.isoformat() for day in answer.planned_deliveries_on],
        "lost": supply.remaining - len(answer.planned_deliveries_on) if answer.script_cover_ends_on else 0,
        "shelf_life_days": question.shelf_life_days,
        "assumed": supply.assumed,
    }


def _renewal(question: CoverQuestion, answer: CoverAnswer) -> Reasons | None:
    """Return why a new prescription is needed by its day and asked for from another, and how late that is."""
    end, needed, prompt = answer.script_cover_ends_on, answer.prescription_needed_by_on, answer.prompt_due_on
    if end is None or needed is None or prompt is None:
        return None
    buffered = end - dt.timedelta(days=question.buffer_days)
    return {
        "script_cover_ends_on": end.isoformat(),
        "buffered_on": buffered.isoformat(),
        "delivery_on": last_working_day_on_or_before(buffered).isoformat(),
        "needed_by_on": needed.isoformat(),
        "prompt_due_on": prompt.isoformat(),
        "lead_working_days": question.lead_working_days,
        "provider_lead_working_days": question.provider_lead_working_days,
        "prompt_late_working_days": _late(prompt, question.as_at),
        "needed_late_working_days": _late(needed, question.as_at),
        "holidays": _holidays(prompt, buffered),
    }


def _late(due: dt.date, as_at: dt.date) -> int:
    return max(0, working_days_between(due, as_at)) if due < as_at else 0


def _suspensions(question: CoverQuestion, answer: CoverAnswer) -> list[Reasons]:
    """Return the pauses that the dates were reckoned round."""
    until = answer.script_cover_ends_on or answer.first_uncovered_dose_on or dt.date.max
    return [
        {"from": s.from_on.isoformat(), "to": _iso(s.to_on), "now": s.from_on <= question.as_at}
        for s in sorted(question.suspensions, key=lambda s: s.from_on)
        if s.from_on <= until and (s.to_on is None or s.to_on >= question.as_at)
    ]


def _resumed(answer: CoverAnswer) -> Reasons | None:
    resumed = answer.if_resumed_tomorrow
    if resumed is None:
        return None
    return {
        "first_uncovered_dose_on": _iso(resumed.first_uncovered_dose_on),
        "next_delivery_due_on": _iso(resumed.next_delivery_due_on),
        "prescription_needed_by_on": _iso(resumed.prescription_needed_by_on),
        "prompt_due_on": _iso(resumed.prompt_due_on),
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
