"""All that an enrolment's page shows: where its journey is, whose move it is, how long it took, what it still needs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.desk.pathway.line import Line, line_of
from homecare.desk.pathway.why import Situation, situations_of, why
from homecare.navigation import address_of
from patients.models import (
    BridgingSupply,
    ContactAttempt,
    Enrolment,
    EnrolmentStatusChange,
    PathwayClock,
    ProviderNotice,
)
from patients.pathway.clocks import Stop, Taken
from patients.pathway.milestones import PARTY_WORDS, Kind, Milestone
from patients.pathway.requirements import Requirement
from patients.pathway.stages import PATHS, STAGES, Open, Stage, StageCode, behind_of, stage_said, words_of
from patients.states import ENDED

# The pages of an enrolment's records, in the order of its pathway, and what somebody needs to act on each.
RECORDS: tuple[tuple[str, str, Permission], ...] = (
    ("suitability", "Suitability", Permission.SUITABILITY_ASSESS),
    ("choice", "Choice", Permission.CONSENT_RECORD),
    ("consent", "Consent", Permission.CONSENT_RECORD),
    ("charter", "Charter", Permission.CONSENT_RECORD),
    ("funding", "Funding", Permission.FUNDING_RECORD),
    ("registration", "Registration", Permission.ENROLMENT_EDIT),
    ("care_plan", "Care plan", Permission.PATIENT_VIEW),
    ("escalation_protocol", "Escalation protocol", Permission.PATIENT_VIEW),
    ("adaptations", "Adaptations and installation", Permission.PATIENT_VIEW),
    ("equipment", "Equipment", Permission.PATIENT_VIEW),
    ("regimen", "Regimen", Permission.PATIENT_VIEW),
    ("first_contact", "First contact", Permission.ENROLMENT_EDIT),
    ("visits", "Visits and training", Permission.VISIT_RECORD),
    ("first_dose", "First dose", Permission.VISIT_RECORD),
    ("bridging", "Bridging supply", Permission.ENROLMENT_EDIT),
    ("preferences", "Delivery preferences", Permission.PATIENT_EDIT),
    ("dose_change", "Dose or device change", Permission.REGIMEN_EDIT),
    ("transfer", "Transfer", Permission.ENROLMENT_EDIT),
    ("leave_homecare", "Leave homecare", Permission.ENROLMENT_EDIT),
    ("collections", "Collections", Permission.PATIENT_VIEW),
)
# What has happened once a stage is behind the patient: in a start, and in a journey to the next dose.
DONE: dict[StageCode, tuple[str, str]] = {
    StageCode.TO_ASSESS: ("Found suitable", "Found suitable"),
    StageCode.TO_CHOOSE: ("Choice recorded", "Choice recorded"),
    StageCode.AWAITING_CONSENT: ("Consented", "Consented"),
    StageCode.AWAITING_FUNDING: ("Funding approved", "Funding approved"),
    StageCode.REGISTRATION_TO_COMPLETE: ("Registration complete", "Registration complete"),
    StageCode.REGISTRATION_TO_SEND: ("Registration sent", "Registration sent"),
    StageCode.REGISTRATION_QUERIED: ("Query answered", "Query answered"),
    StageCode.REGISTRATION_REJECTED: ("Rejection answered", "Rejection answered"),
    StageCode.AWAITING_ACKNOWLEDGEMENT: ("Acknowledged by the provider", "Acknowledged by the provider"),
    StageCode.AWAITING_FIRST_PRESCRIPTION: ("First prescription sent", "New prescription sent"),
    StageCode.AWAITING_FIRST_CONTACT: ("First contact by the provider", "Contact by the provider"),
    StageCode.AWAITING_FIRST_DELIVERY: ("First delivery", "Next delivery"),
    StageCode.AWAITING_TRAINING: ("Trained", "Trained"),
    StageCode.AWAITING_FIRST_DOSE: ("First dose", "Next dose"),
}
NOTICES_SHOWN = 10
NEEDED = {name: permission for name, _, permission in RECORDS} | {
    "ask": Permission.RENEWAL_OPEN,
}


@dataclass(frozen=True)
class StepRow:
    """One stage of the path: done on a day, now, or still to come."""

    words: str
    state: str
    whose: str
    on: dt.date | None


@dataclass(frozen=True)
class Need:
    """One requirement with the page on which it is met."""

    requirement: Requirement
    whose: str
    href: str


@dataclass(frozen=True)
class Share:
    """How long something took in all."""

    words: str
    taken: Taken


@dataclass(frozen=True)
class Hub:
    """The page."""

    situation: Situation | None
    stage: Stage | None
    whose: str
    act_href: str
    why: str
    steps: tuple[StepRow, ...]
    line: Line | None
    by_party: tuple[Share, ...]
    by_stage: tuple[Share, ...]
    needs: tuple[Need, ...]
    records: tuple[tuple[str, str], ...]
    attempts: tuple[ContactAttempt, ...]
    bridged: tuple[BridgingSupply, ...]
    notices: tuple[ProviderNotice, ...]
    changes: tuple[EnrolmentStatusChange, ...]
    earlier: tuple[PathwayClock, ...]


def hub_of(enrolment: Enrolment, user: User, *, today: dt.date) -> Hub:
    """Load the page of an enrolment in a number of queries that does not grow with its records."""
    clocks = list(
        PathwayClock.objects.visible_to(user)
        .filter(enrolment=enrolment)
        .select_related("enrolment__service__provider")
        .order_by("-began_on", "-pk")
    )
    shown = next((clock for clock in clocks if clock.ended_on is None), clocks[0] if clocks else None)
    situation = situations_of([shown], user, today=today)[shown.pk] if shown else None
    is_running = shown is not None and shown.ended_on is None
    stage = stage_said(shown.stage, shown.kind, shown.prescription) if shown and is_running else None
    reading = situation.journey.reading if situation else None
    kind = shown.kind if shown else Kind.START
    return Hub(
        situation=situation,
        stage=stage,
        whose=PARTY_WORDS[shown.whose] if shown else "",
        act_href=_act(stage, enrolment, user),
        why=why(situation) if situation and is_running else "",
        steps=tuple(_steps(situation, enrolment)) if situation else (),
        line=line_of(reading, [Stop(s.from_on, s.to_on, s.reason) for s in situation.journey.stops], kind=kind)
        if situation and reading
        else None,
        by_party=tuple(Share(PARTY_WORDS[code], t) for code, t in reading.by_party.items()) if reading else (),
        by_stage=tuple(Share(words_of(code, kind), t) for code, t in reading.by_stage.items()) if reading else (),
        needs=_needs(situation, enrolment),
        records=tuple(_records(enrolment, user)),
        attempts=situation.attempts if situation else (),
        bridged=_bridged(situation, enrolment),
        notices=tuple(_notices(enrolment, user)),
        changes=tuple(enrolment.status_changes.select_related("by").order_by("-at", "-pk")),
        earlier=tuple(clock for clock in clocks if clock is not shown),
    )


def _act(stage: Stage | None, enrolment: Enrolment, user: User) -> str:
    if stage is None or not user.may(NEEDED.get(stage.page, Permission.ENROLMENT_EDIT)):
        return ""
    return address_of(stage.page, enrolment.pk) or ""


def _notices(enrolment: Enrolment, user: User) -> "list[ProviderNotice]":
    """Return what the enrolment's provider was or must be told of its patient, the latest first."""
    provider = enrolment.service.provider_id
    rows = ProviderNotice.objects.visible_to(user).filter(patient=enrolment.patient_id, provider=provider)
    return list(rows.select_related("provider").order_by("-raised_at", "-pk")[:NOTICES_SHOWN])


def _records(enrolment: Enrolment, user: User) -> "list[tuple[str, str]]":
    """Return the pages that are mounted and that this user may act on."""
    found = [(text, address_of(name, enrolment.pk)) for name, text, needed in RECORDS if user.may(needed)]
    return [(text, href) for text, href in found if href is not None]


def _needs(situation: Situation | None, enrolment: Enrolment) -> tuple[Need, ...]:
    """Return the requirements, those that are not met first."""
    found = situation.requirements if situation else ()
    return tuple(
        Need(r, PARTY_WORDS[r.whose], address_of(r.how_to_meet, enrolment.pk) or "")
        for r in sorted(found, key=lambda r: r.is_met)
    )


def _bridged(situation: Situation | None, enrolment: Enrolment) -> tuple[BridgingSupply, ...]:
    if situation is not None:
        return situation.bridged
    return tuple(BridgingSupply.objects.filter(enrolment=enrolment).order_by("supplied_on", "pk"))


def _steps(situation: Situation, enrolment: Enrolment) -> Any:
    """Yield the stages of the path: what is behind with its day, what is now, what is to come."""
    clock, days = situation.clock, situation.journey.days
    kind = Kind(clock.kind)
    behind = behind_of(kind=kind, status=enrolment.status, reached={Milestone(name) for name in days})
    passed = {span.stage: span.to_on for span in situation.journey.reading.spans[:-1]}
    has_ended = clock.ended_on is not None
    for code, only_with in PATHS[kind].items():
        stage, is_now = STAGES[code], code == clock.stage and not has_ended
        done = not is_now and (stage.ends_at in behind or code in passed)
        if not is_now and _is_left_out(code, only_with, situation, done=done, passed=code in passed):
            continue
        if has_ended and not done and enrolment.status in ENDED:
            continue
        if not done:
            yield StepRow(words_of(code, kind), "now" if is_now else "to come", PARTY_WORDS[stage.whose], None)
            continue
        on = passed.get(code) or days.get(stage.ends_at or "")
        yield StepRow(DONE[code][kind is not Kind.START], "done", PARTY_WORDS[stage.whose], on)


def _is_left_out(code: StageCode, only_with: str, situation: Situation, *, done: bool, passed: bool) -> bool:
    """Leave out a query that was not asked, what this service does not ask for, and what was passed over unmet."""
    if code in {StageCode.REGISTRATION_QUERIED, StageCode.REGISTRATION_REJECTED}:
        return not passed
    if done:
        return bool(only_with) and only_with not in situation.met
    return only_with in {Open.FUNDING, Open.TRAINING} and not situation.detail(only_with)
