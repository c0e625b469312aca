"""Whether a treatment's funding is approved on a day, running out, or has lapsed (domain.md 5.4, 11.10).

An approval covers the days from the one on which it was decided to its last one, both inclusive; without a last day it
does not run out. Lapsed and running out are never stored: they follow from the last day, and the day it is.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """What the approvals of a treatment come to."""

    NONE = "NONE"
    REQUESTED = "REQUESTED"
    REFUSED = "REFUSED"
    NOT_REQUIRED = "NOT_REQUIRED"
    IN_FORCE = "IN_FORCE"
    RUNNING_OUT = "RUNNING_OUT"
    LAPSED = "LAPSED"


S = Standing
ALLOWS = frozenset({S.NOT_REQUIRED, S.IN_FORCE, S.RUNNING_OUT})


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for funding and what became of it; `status` as in patients.states.FundingStatus."""

    status: str
    decided_on: dt.date | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """How the funding of a treatment stands on a day; the last day it covers, where it has one."""

    standing: Standing = S.NONE
    expires_on: dt.date | None = None
    is_asked_for: bool = False  # another request waits for its answer

    @property
    def allows(self) -> bool:
        """Say whether medicine may be supplied on it."""
        return self.standing in ALLOWS

    @property
    def words(self) -> str:
        """Say it in a line."""
        waiting = "; another request waits for its answer" if self.is_asked_for else ""
        return _said(self.standing, self.expires_on) + (waiting if self.standing is not S.REQUESTED else "")


def funding_of(approvals: Iterable[Approval], *, today: dt.date, warned_days: int) -> Funding:
    """Return how the funding of a treatment stands today.

    The approvals come in the order in which they were asked for. `warned_days` is how many days before its last one an
    approval counts as running out (that day included). Of several approvals the one that lasts longest counts; what
    was refused or withdrawn takes nothing from one that is in force; "not required" holds until a later approval.
    """
    known = list(approvals)
    asked = any(approval.status == "REQUESTED" for approval in known)
    granted = [a for a in known if a.status in {"APPROVED", "NOT_REQUIRED"} and (a.decided_on or today) <= today]
    if granted and granted[-1].status == "NOT_REQUIRED":
        return Funding(S.NOT_REQUIRED)
    if granted:
        last = max(a.expires_on or dt.date.max for a in granted if a.status == "APPROVED")
        if last == dt.date.max:
            return Funding(S.IN_FORCE)
        return Funding(_until(last, today=today, warned_days=warned_days), last, asked)
    if asked:
        return Funding(S.REQUESTED, None, asked)
    return Funding(S.REFUSED if any(approval.status == "REFUSED" for approval in known) else S.NONE)


def _until(last: dt.date, *, today: dt.date, warned_days: int) -> Standing:
    if today > last:
        return S.LAPSED
    return S.RUNNING_OUT if (last - today).days <= warned_days else S.IN_FORCE


def _said(standing: Standing, expires_on: dt.date | None) -> str:
    day = f"{expires_on:%-d %B %Y}" if expires_on else ""
    return {
        S.NONE: "Funding has not been asked for",
        S.REQUESTED: "Funding was asked for and is not yet approved",
        S.REFUSED: "Funding was refused",
        S.NOT_REQUIRED: "No funding approval is required",
        S.IN_FORCE: f"Funding approved until {day}" if day else "Funding approved, without a last day",
        S.RUNNING_OUT: f"Funding runs out on {day}",
        S.LAPSED: f"Funding lapsed: {day} was its last day",
    }[standing]
