"""Results: matched to the tests that waited for them, and the rows that could not be filed."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Max

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from monitoring import rules
from monitoring.actions.plans import phases_of
from monitoring.models import LabResult, LabResultToReview, MonitoringItem, MonitoringItemStatusChange
from monitoring.states import ItemStatus


@action
def match_results(*, patient_ids: Sequence[int], by: User, at: dt.datetime, reason: str = "") -> int:
    """Close the waiting tests that a filed result answers, and plan the next ones. Returns how many were closed.

    A result answers a waiting test if its sample is later than the last one known for that plan and test.
    """
    require(by, Permission.LAB_RESULTS_IMPORT)
    latest = _latest_samples(patient_ids)
    done_before = _last_done(patient_ids)
    answered = []
    waiting = (
        MonitoringItem.objects.waiting()
        .filter(patient__in=patient_ids)
        .select_related("plan")
        .select_for_update(of=("self",))
    )
    for item in waiting:
        sampled_on = latest.get((item.patient_id, item.test_type_id))
        before = done_before.get((item.plan_id, item.test_type_id))
        if sampled_on is not None and (before is None or sampled_on > before):
            answered.append((item, sampled_on))
    _close(answered, by=by, at=at)
    return len(answered)


def _latest_samples(patient_ids: Sequence[int]) -> dict[tuple[int, int], dt.date]:
    rows = (
        LabResult.objects.filter(patient__in=patient_ids)
        .values("patient_id", "test_type_id")
        .annotate(latest=Max("taken_at"))
    )
    return {(row["patient_id"], row["test_type_id"]): local_day(row["latest"]) for row in rows}


def _last_done(patient_ids: Sequence[int]) -> dict[tuple[int, int], dt.date]:
    rows = (
        MonitoringItem.objects.filter(patient__in=patient_ids, done_on__isnull=False)
        .values("plan_id", "test_type_id")
        .annotate(latest=Max("done_on"))
    )
    return {(row["plan_id"], row["test_type_id"]): row["latest"] for row in rows}


def _close(answered: list[tuple[MonitoringItem, dt.date]], *, by: User, at: dt.datetime) -> None:
    """Write result, status change and next item for each answered test, in four statements."""
    phases = phases_of({item.plan.protocol_id for item, _ in answered})
    changes, following = [], []
    for item, sampled_on in answered:
        changes.append(
            MonitoringItemStatusChange(
                item=item, event="result", from_status=item.status, to_status=ItemStatus.RESULTED, at=at, by=by
            )
        )
        item.status, item.done_on = ItemStatus.RESULTED, sampled_on
        due_on = rules.next_due_on(
            phases[item.plan.protocol_id],
            test=item.test_type_id,
            started_on=item.plan.started_on,
            last_done_on=sampled_on,
        )
        if due_on is not None:
            following.append(
                MonitoringItem(
                    plan=item.plan, patient_id=item.patient_id, test_type_id=item.test_type_id, due_on=due_on
                )
            )
    MonitoringItem.objects.bulk_update([item for item, _ in answered], ["status", "done_on"], batch_size=1000)
    MonitoringItemStatusChange.objects.bulk_create(changes, batch_size=1000)
    MonitoringItem.objects.bulk_create(following, batch_size=1000)


@action
def close_review(*, row: LabResultToReview, by: User, at: dt.datetime, reason: str) -> LabResultToReview:
    """Close a row that could not be filed, saying what was done about it."""
    require(by, Permission.MONITORING_EDIT)
    if not reason.strip():
        raise Refused("Say what was done about this row.")
    locked = LabResultToReview.objects.select_for_update().get(pk=row.pk)
    if locked.closed_at is not None:
        raise Refused(f"{locked.closed_by} closed this row already.", code="already_closed")
    locked.closed_at, locked.closed_by, locked.closed_reason = at, by, reason
    locked.save(update_fields=["closed_at", "closed_by", "closed_reason"])
    return locked
