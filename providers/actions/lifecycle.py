"""A service is assessed, approved on a committee's paper, taken live, closed to new patients, reopened, ended."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from providers.models import HomecareService
from providers.states import SERVICE

WITH_FACTS = frozenset({"assess", "approve"})  # these moves record more than that they happened
WITH_REASON = frozenset({"send_back", "close_to_new", "reopen", "end"})
NOTHING_ASSESSED: Mapping[str, Any] = {"assessed_by": None, "assessed_on": None, "assessment": ""}


@action
def assess_service(*, service: HomecareService, assessment: str, by: User, at: dt.datetime) -> HomecareService:
    """Say what the assessment of a proposed service found; from then on it waits for approval."""
    if not assessment.strip():
        raise Refused("Say what the assessment found.", code="assessment_missing")
    return _move(service, "assess", by=by, at=at, reason=assessment, facts=_assessed(assessment, by=by, at=at))


@action
def approve_service(
    *, service: HomecareService, paper: str, approved_on: dt.date, by: User, at: dt.datetime
) -> HomecareService:
    """Approve an assessed service on the paper of a committee that decided on that day."""
    facts = _approved(paper, approved_on, by=by, at=at)
    return _move(service, "approve", by=by, at=at, reason=paper, facts=facts)


@action
def move_service(*, service: HomecareService, event: str, by: User, at: dt.datetime, reason: str = "") -> None:
    """Take a service live, close it to new patients, reopen, end or send it back, as its table of moves allows."""
    if event in WITH_FACTS:
        raise Refused("A service is assessed and approved with what was found and decided.", code="facts_missing")
    facts: Mapping[str, Any] = NOTHING_ASSESSED if event == "send_back" else {}
    moved = _move(service, event, by=by, at=at, reason=reason, facts=facts)
    service.status = moved.status


@action
def assess_all(*, services: Collection[HomecareService], assessment: str, by: User, at: dt.datetime) -> int:
    """Assess every one of these services that is proposed and has a tier; return how many."""
    require(by, Permission.REFERENCE_EDIT)
    facts = _assessed(assessment, by=by, at=at)
    rows = [row for row in _locked(services) if row.tier]
    return _move_all(rows, "assess", by=by, at=at, reason=assessment, facts=facts)


@action
def take_live(
    *, services: Collection[HomecareService], paper: str, approved_on: dt.date, by: User, at: dt.datetime
) -> int:
    """Approve and take live every one of these services that is assessed or approved; return how many."""
    require(by, Permission.SERVICE_APPROVE)
    rows = _locked(services)
    _move_all(rows, "approve", by=by, at=at, reason=paper, facts=_approved(paper, approved_on, by=by, at=at))
    return _move_all(rows, "go_live", by=by, at=at, reason=paper, facts={})


def _assessed(assessment: str, *, by: User, at: dt.datetime) -> Mapping[str, Any]:
    return {"assessed_by": by, "assessed_on": local_day(at), "assessment": assessment}


def _approved(paper: str, approved_on: dt.date, *, by: User, at: dt.datetime) -> Mapping[str, Any]:
    if not paper.strip():
        raise Refused("Say which paper of which committee approved it.", code="paper_missing")
    if approved_on > local_day(at):
        raise Refused("The committee decided today or earlier: change the date.", code="approved_in_future")
    return {"approved_by": by, "approved_on": approved_on, "approval_paper": paper}


def _locked(services: Collection[HomecareService]) -> list[HomecareService]:
    return list(HomecareService.objects.select_for_update().filter(pk__in=[s.pk for s in services]).order_by("pk"))


def _move_all(
    rows: Iterable[HomecareService], event: str, *, by: User, at: dt.datetime, reason: str, facts: Mapping[str, Any]
) -> int:
    ready = [row for row in rows if SERVICE.allows(event, source=row.status)]
    for row in ready:
        row.status = _move(row, event, by=by, at=at, reason=reason, facts=facts).status
    return len(ready)


def _move(
    service: HomecareService, event: str, *, by: User, at: dt.datetime, reason: str, facts: Mapping[str, Any]
) -> HomecareService:
    def record(locked: HomecareService) -> Iterable[str]:
        if event == "assess" and not locked.tier:
            raise Refused("Choose the activities of this service first: without them it has no tier.", code="no_tier")
        for name, value in facts.items():
            setattr(locked, name, value)
        return facts.keys()

    if event in WITH_REASON and not reason.strip():
        raise Refused("Give the reason.", code="reason_missing")
    return moves.move(service, table=SERVICE, event=event, by=by, at=at, reason=reason, also=record)
