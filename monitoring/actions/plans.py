"""Plans and their tests: what is due next follows from what was done last."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import moves
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.messaging import actions as messaging
from medicines.models import MonitoringProtocol, ProtocolTest
from monitoring import rules
from monitoring.models import MonitoringItem, MonitoringPlan
from monitoring.notifications import REMINDER
from monitoring.states import TRANSITIONS, WAITING
from patients.models import Enrolment


def phases_of(protocol_ids: Iterable[int]) -> dict[int, list[rules.Phase]]:
    """Return the phases of protocols as plain values, in one query."""
    tests: dict[tuple[int, int], set[int]] = defaultdict(set)
    lengths: dict[tuple[int, int], tuple[int, int | None]] = {}
    rows = ProtocolTest.objects.filter(phase__protocol__in=list(protocol_ids)).values_list(
        "phase__protocol_id", "phase__order", "phase__interval_days", "phase__lasts_days", "test_type_id"
    )
    for protocol_id, order, interval_days, lasts_days, test in rows:
        tests[protocol_id, order].add(test)
        lengths[protocol_id, order] = (interval_days, lasts_days)
    phases: dict[int, list[rules.Phase]] = defaultdict(list)
    for key in sorted(tests):
        phases[key[0]].append(rules.Phase(*lengths[key], frozenset(tests[key])))
    return phases


def move(*, item: MonitoringItem, event: str, by: User, at: dt.datetime, reason: str = "") -> MonitoringItem:
    """Move an item as its table allows, with the day on which it was done. Only actions call this."""

    def done(locked: MonitoringItem) -> list[str]:
        locked.done_on = item.done_on
        return ["done_on"]

    return moves.move(item, table=TRANSITIONS, event=event, by=by, at=at, reason=reason, also=done)


@action
def start_plan(
    *,
    enrolment: Enrolment,
    protocol: MonitoringProtocol,
    started_on: dt.date,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> MonitoringPlan:
    """Start monitoring an enrolment by a protocol: one item for each test, due as the phases say."""
    require(by, Permission.MONITORING_EDIT)
    plan = MonitoringPlan.objects.create(
        enrolment=enrolment, patient_id=enrolment.patient_id, protocol=protocol, started_on=started_on
    )
    phases = phases_of([protocol.pk])[protocol.pk]
    due = {test: rules.first_due_on(phases, test=test, started_on=started_on) for test in rules.tests_of(phases)}
    MonitoringItem.objects.bulk_create(
        MonitoringItem(plan=plan, patient_id=plan.patient_id, test_type_id=test, due_on=due_on)
        for test, due_on in sorted(due.items())
        if due_on is not None
    )
    return plan


@action
def record_test_done(
    *, item: MonitoringItem, done_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> MonitoringItem:
    """Record that a sample was taken; the result is awaited and the next test is planned. No future days."""
    if done_on > local_day(at):
        raise Refused("A test cannot have been done in the future.")
    item.done_on = done_on
    moved = move(item=item, event="take", by=by, at=at, reason=reason)
    plan_next(plan=moved.plan, test=moved.test_type_id, last_done_on=done_on)
    return moved


def plan_next(*, plan: MonitoringPlan, test: int, last_done_on: dt.date) -> MonitoringItem | None:
    """Plan a test's next date, unless the protocol asks no more. Part of a deed."""
    if plan.ended_on is not None:
        return None
    phases = phases_of([plan.protocol_id])[plan.protocol_id]
    due_on = rules.next_due_on(phases, test=test, started_on=plan.started_on, last_done_on=last_done_on)
    if due_on is None:
        return None
    return MonitoringItem.objects.create(plan=plan, patient_id=plan.patient_id, test_type_id=test, due_on=due_on)


@action
def end_plan(*, enrolment: Enrolment, ended_on: dt.date, by: User, at: dt.datetime, reason: str = "") -> int:
    """End an enrolment's monitoring: nothing more is due. Returns how many items were ended."""
    require(by, Permission.MONITORING_EDIT)
    plan = MonitoringPlan.objects.select_for_update().filter(enrolment=enrolment, ended_on__isnull=True).first()
    if plan is None:
        return 0
    plan.ended_on = max(ended_on, plan.started_on)
    plan.save(update_fields=["ended_on"])
    waiting = list(plan.items.filter(status__in=sorted(str(s) for s in WAITING)))
    for item in waiting:
        move(item=item, event="end", by=by, at=at, reason=reason)
    if not MonitoringItem.objects.waiting().filter(patient_id=plan.patient_id).exists():
        messaging.suppress(
            reason="MONITORING_ENDED",
            subject_type="PATIENT",
            subject_ids=[plan.patient_id],
            purpose=REMINDER,
            by=by,
            at=at,
        )
    return len(waiting)


@action
def move_plan(
    *, from_enrolment: Enrolment, to_enrolment: Enrolment, by: User, at: dt.datetime, reason: str = ""
) -> MonitoringPlan | None:
    """Move monitoring with a patient who goes on under another enrolment: nothing due is lost, nothing doubled.

    Where the other one has a plan already, each waiting test of the old one is due there on the earlier of both days,
    and the old plan ends. Returns the plan that goes on, if any.
    """
    require(by, Permission.MONITORING_EDIT)
    plans = MonitoringPlan.objects.select_for_update().filter(enrolment__in=[from_enrolment, to_enrolment])
    held = {plan.enrolment_id: plan for plan in plans}
    old, new = held.get(from_enrolment.pk), held.get(to_enrolment.pk)
    if old is None or old.ended_on is not None:
        return new
    if new is None:
        old.enrolment = to_enrolment
        old.save(update_fields=["enrolment"])
        return old
    _take_over_items(old, new)
    end_plan(enrolment=from_enrolment, ended_on=local_day(at), by=by, at=at, reason=reason)
    return new


def _take_over_items(old: MonitoringPlan, new: MonitoringPlan) -> None:
    waiting = {item.test_type_id: item for item in new.items.filter(status__in=sorted(str(s) for s in WAITING))}
    for item in old.items.filter(status__in=sorted(str(s) for s in WAITING)):
        mine = waiting.get(item.test_type_id)
        if mine is None:
            MonitoringItem.objects.create(
                plan=new, patient_id=new.patient_id, test_type_id=item.test_type_id, due_on=item.due_on
            )
        elif item.due_on < mine.due_on:
            mine.due_on = item.due_on
            mine.save(update_fields=["due_on"])
