"""What a journey waits for, said on the patient page as the enrolment's own page says it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from homecare.accounts.models import User
from homecare.desk.pathway.acts import address_of_act
from homecare.desk.pathway.why import situations_of, why
from patients.models import PathwayClock
from patients.pathway.milestones import PARTY_WORDS
from patients.pathway.stages import stage_said


@dataclass(frozen=True)
class Waiting:
    """One journey that has not come to a dose: its stage, whose move it is, why, and what to do next."""

    stage: str
    since_on: dt.date
    days: int
    is_stopped: bool
    whose: str
    why: str
    act: str
    href: str


def waiting_of(enrolment_ids: Collection[int], user: User, *, today: dt.date) -> dict[int, Waiting]:
    """Return what each running journey waits for, by enrolment, in queries that do not grow."""
    running = PathwayClock.objects.visible_to(user).filter(enrolment__in=enrolment_ids, ended_on__isnull=True)
    clocks = list(running.select_related("enrolment__service__provider").order_by("began_on", "pk"))
    situations = situations_of(clocks, user, today=today) if clocks else {}
    found = {}
    for clock in clocks:
        stage = stage_said(clock.stage, clock.kind, clock.prescription)
        if stage is None:
            continue
        found[clock.enrolment_id] = Waiting(
            stage=stage.words,
            since_on=clock.stage_since_on,
            days=(today - clock.began_on).days,
            is_stopped=clock.is_stopped,
            whose=PARTY_WORDS[clock.whose],
            why=why(situations[clock.pk]),
            act=stage.next_act,
            href=address_of_act(stage, clock.enrolment_id, user),
        )
    return found
