"""Clocks for those who were on their way before there were any: told again from the moves that are on record."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.clock import local_day
from patients.actions.pathway import MILESTONES
from patients.models import Enrolment, EnrolmentStatusChange, PathwayClock, PathwayStep
from patients.pathway import store
from patients.pathway.milestones import Kind, Milestone
from patients.pathway.stages import Stage, stage_of
from patients.states import BEFORE_ACTIVE, EnrolmentStatus

BATCH = 2000
LEAVING = [EnrolmentStatus.TRANSFERRING, EnrolmentStatus.TRANSFERRED]


@dataclass(frozen=True)
class Told:
    """One step of a journey as the moves on record tell it."""

    on: dt.date
    at: dt.datetime
    by_id: int
    milestone: str
    stage: Stage


@action
def start_missing_clocks(*, by: User, at: dt.datetime) -> int:
    """Start the clock of the next batch of those before their first dose who have none; return how many they were.

    A clock begins on the day of the referral, or of the first move on record. Nobody is asked: it is called again
    until it returns none.
    """
    has_clock = PathwayClock.objects.filter(enrolment=OuterRef("pk"))
    waiting = Enrolment.objects.filter(~Exists(has_clock), status__in=sorted(str(s) for s in BEFORE_ACTIVE))
    left_another = Enrolment.objects.filter(treatment=OuterRef("treatment"), status__in=LEAVING, pk__lt=OuterRef("pk"))
    batch = list(waiting.annotate(is_transfer=Exists(left_another)).order_by("pk")[:BATCH])
    ids, today = [enrolment.pk for enrolment in batch], local_day(at)
    codes = store.open_codes_for(ids, today=today)
    changes: dict[int, list[EnrolmentStatusChange]] = defaultdict(list)
    for change in EnrolmentStatusChange.objects.filter(enrolment__in=ids).order_by("enrolment_id", "at", "pk"):
        changes[change.enrolment_id].append(change)
    told = {
        enrolment.pk: _told(enrolment, _kind(enrolment), changes[enrolment.pk], codes[enrolment.pk], by=by, at=at)
        for enrolment in batch
    }
    clocks = PathwayClock.objects.bulk_create(
        [_clock(enrolment, _kind(enrolment), told[enrolment.pk]) for enrolment in batch]
    )
    PathwayStep.objects.bulk_create(
        [_step(clock, step) for clock in clocks for step in told[clock.enrolment_id]], batch_size=BATCH
    )
    return len(batch)


def _kind(enrolment: Enrolment) -> Kind:
    return Kind.TRANSFER if enrolment.is_transfer else Kind.START  # type: ignore[attr-defined]


def _told(
    enrolment: Enrolment,
    kind: Kind,
    changes: Iterable[EnrolmentStatusChange],
    codes: set[str],
    *,
    by: User,
    at: dt.datetime,
) -> list[Told]:
    """Tell a journey from its moves; what is open now decides where it is now."""
    moves = [(change.at, change.by_id, change.event, change.to_status) for change in changes]
    moves = moves or [(at, by.pk, "", enrolment.status)]
    began_on = min(enrolment.referred_on or local_day(moves[0][0]), local_day(moves[0][0]))
    reached = {Milestone.REFERRED}
    told: list[Told] = []
    for number, (moved_at, by_id, event, status) in enumerate(moves):
        on = local_day(moved_at) if number else began_on
        milestone = MILESTONES.get(event, "") if number else Milestone.REFERRED
        if milestone:
            reached.add(Milestone(milestone))
        is_last = number == len(moves) - 1
        stage = stage_of(kind=kind, status=status, reached=reached, open_codes=codes if is_last else ())
        if stage is not None:
            told.append(Told(on, moved_at, by_id, milestone, stage))
    return told


def _clock(enrolment: Enrolment, kind: Kind, told: list[Told]) -> PathwayClock:
    now = told[-1].stage
    since = told[-1].on
    for step in reversed(told):
        if step.stage != now:
            break
        since = step.on
    return PathwayClock(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        kind=kind,
        began_on=told[0].on,
        stage=now.code,
        stage_since_on=since,
        whose=now.whose,
        prescription="",
    )


def _step(clock: PathwayClock, told: Told) -> PathwayStep:
    return PathwayStep(
        clock=clock,
        milestone=told.milestone,
        stage=told.stage.code,
        whose=told.stage.whose,
        reached_on=told.on,
        at=told.at,
        by_id=told.by_id,
    )
