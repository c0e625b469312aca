"""Deeds on cover: each fact that moves the dates is written, and the dates moved, in one transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.cover import store
from patients.cover.models import Cover, RegimenPhase, RemainingSupply, SupplyFact
from patients.cover.questions import CoverAnswer
from patients.cover.rules import compute, compute_many
from patients.models.enrolment import Enrolment
from patients.states import ON_TREATMENT

BATCH = 2000
BRIDGING = "Bridged by the hospital"
UNLIKELY_DOSES = 2  # a count off by more than this many doses is confirmed before it is taken (cover.md)


@dataclass(frozen=True)
class Supply:
    """What the prescriptions at the provider still give."""

    remaining: int
    units_each: int
    last_valid_on: dt.date


def recompute(enrolment_ids: Sequence[int], *, on: dt.date) -> None:
    """Compute and store the cover of these enrolments as at a day. Part of a deed: it opens no transaction.

    With them that of the enrolments which they take over from: what a new provider gives counts there until then.
    """
    for first in range(0, len(enrolment_ids), BATCH):
        batch = enrolment_ids[first : first + BATCH]
        questions = store.load_questions([*batch, *store.leaving_for(batch)], as_at=on)
        answers = compute_many(list(questions.values()))
        store.store(dict(zip(questions, answers, strict=True)), as_at=on)


def answer_now(enrolment: Enrolment, *, on: dt.date) -> CoverAnswer:
    """Compute one enrolment's whole answer for a page: units on hand and reasons move every day, so are not stored."""
    return compute(store.load_questions([enrolment.pk], as_at=on)[enrolment.pk])


def end(enrolment_ids: Sequence[int]) -> None:
    """Take ended enrolments off every list that cover feeds."""
    Cover.objects.filter(pk__in=enrolment_ids).update(is_live=False)


def set_remaining_supply(*, enrolment_id: int, supply: Supply | None, on: dt.date) -> None:
    """Write what the prescriptions still give, and move the dates. Called by the prescriptions app's deeds."""
    if supply is None:
        RemainingSupply.objects.filter(pk=enrolment_id).delete()
    else:
        RemainingSupply.objects.update_or_create(
            pk=enrolment_id,
            defaults={
                "remaining": supply.remaining,
                "units_each": supply.units_each,
                "last_valid_on": supply.last_valid_on,
                "is_assumed": False,
            },
        )
    recompute([enrolment_id], on=on)


def add_delivery(
    *,
    enrolment_id: int,
    on: dt.date,
    units: int,
    expires_on: dt.date | None,
    delivery_line: int,
    by: User,
    at: dt.datetime,
) -> SupplyFact:
    """Write a received delivery as a fact. Called by the deliveries app's deeds, which move the dates at their end.

    One that was on its way when the patient moved to another provider counts where the patient is now.
    """
    home = store.at_home_under(enrolment_id)
    fact = SupplyFact.objects.create(
        enrolment_id=home,
        kind=SupplyFact.Kind.DELIVERY,
        on=on,
        units=units,
        expires_on=expires_on,
        delivery_line=delivery_line,
        recorded_at=at,
        recorded_by=by,
    )
    if home != enrolment_id:
        recompute([home], on=local_day(at))
    return fact


def add_bridging(*, enrolment_id: int, on: dt.date, units: int, by: User, at: dt.datetime) -> SupplyFact:
    """Write medicine that the hospital gave as a fact, and move the dates. Part of a deed: it opens no transaction."""
    fact = SupplyFact.objects.create(
        enrolment_id=enrolment_id,
        kind=SupplyFact.Kind.DELIVERY,
        on=on,
        units=units,
        method=BRIDGING,
        recorded_at=at,
        recorded_by=by,
    )
    recompute([enrolment_id], on=local_day(at))
    return fact


@action
def record_count(
    *,
    enrolment: Enrolment,
    on: dt.date,
    units: int,
    method: str,
    by: User,
    at: dt.datetime,
    after_dose: bool = False,
    confirmed: bool = False,
    reason: str = "",
) -> SupplyFact:
    """Record what was counted at home. One far from what was computed is refused until it is confirmed."""
    require(by, Permission.STOCK_COUNT_RECORD)
    _lock(enrolment)
    if on > local_day(at):
        raise Refused("A count cannot be dated in the future.")
    if not confirmed:
        _question_unlikely(enrolment, on=on, units=units)
    return _add(
        enrolment, SupplyFact.Kind.COUNT, on=on, units=units, by=by, at=at, after_dose=after_dose, method=method
    )


def _question_unlikely(enrolment: Enrolment, *, on: dt.date, units: int) -> None:
    computed = answer_now(enrolment, on=on).units_on_hand
    phases = RegimenPhase.objects.filter(enrolment=enrolment)
    begun = phases.filter(starts_on__lte=on).order_by("-starts_on").first()
    phase = begun or phases.order_by("starts_on").first()
    if computed is None or phase is None:
        return
    if abs(units - computed) > UNLIKELY_DOSES * phase.units_per_dose:
        raise Refused(
            f"{units} is far from the {computed} that deliveries and doses give. If it is right, confirm the count.",
            code="count_unlikely",
        )


@action
def record_missed_dose(*, enrolment: Enrolment, on: dt.date, by: User, at: dt.datetime, reason: str = "") -> SupplyFact:
    """Record that a dose in stock was not taken, so its units come back. Refused if that day's dose was not covered."""
    require(by, Permission.STOCK_COUNT_RECORD)
    _lock(enrolment)
    if SupplyFact.objects.standing().filter(enrolment=enrolment, kind=SupplyFact.Kind.MISSED, on=on).exists():
        raise Refused("That day's dose is already recorded as not taken.", code="already_missed")
    return _add(enrolment, SupplyFact.Kind.MISSED, on=on, units=0, by=by, at=at)


@action
def record_taken(
    *, enrolment: Enrolment, on: dt.date, units: int, by: User, at: dt.datetime, reason: str = ""
) -> SupplyFact:
    """Record units used outside the regimen: a late or an extra dose."""
    require(by, Permission.STOCK_COUNT_RECORD)
    _lock(enrolment)
    return _add(enrolment, SupplyFact.Kind.TAKEN, on=on, units=units, by=by, at=at)


@action
def record_write_off(
    *, enrolment: Enrolment, on: dt.date, units: int, by: User, at: dt.datetime, reason: str
) -> SupplyFact:
    """Record units lost: a fridge failed, they expired or were damaged. A reason is asked for."""
    require(by, Permission.STOCK_COUNT_RECORD)
    if not reason.strip():
        raise Refused("Say why the units were written off.")
    _lock(enrolment)
    return _add(enrolment, SupplyFact.Kind.WRITE_OFF, on=on, units=units, by=by, at=at)


def _lock(enrolment: Enrolment) -> None:
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)


def _add(
    enrolment: Enrolment,
    kind: SupplyFact.Kind,
    *,
    on: dt.date,
    units: int,
    by: User,
    at: dt.datetime,
    after_dose: bool = False,
    method: str = "",
) -> SupplyFact:
    fact = SupplyFact.objects.create(
        enrolment=enrolment,
        kind=kind,
        on=on,
        units=units,
        after_dose=after_dose,
        method=method,
        recorded_at=at,
        recorded_by=by,
    )
    recompute([enrolment.pk], on=local_day(at))
    return fact


@action
def recompute_due(*, on: dt.date, by: User, at: dt.datetime) -> int:
    """Recompute every live cover that the mere passing of time may have moved by this day. Returns how many."""
    due = list(Cover.objects.filter(is_live=True, recompute_on__lte=on).order_by("pk").values_list("pk", flat=True))
    recompute(due, on=on)
    return len(due)


@action
def recompute_next(*, after: int, on: dt.date, by: User, at: dt.datetime) -> int | None:
    """Recompute the next batch of live enrolments after this id; return the last id done, or None when none is left.

    Each batch is a transaction of its own, so that a run over everybody can be stopped and goes on where it was.
    """
    live = Enrolment.objects.filter(status__in=ON_TREATMENT, pk__gt=after).order_by("pk")
    batch = list(live.values_list("pk", flat=True)[:BATCH])
    recompute(batch, on=on)
    return batch[-1] if batch else None
