"""One sweep: covers that time moved, renewals that are due, messages that follow. Any number of times a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.desk.sweep.models import ImportMark, SweepRun
from homecare.messaging.models import MessageBatch
from homecare.messaging.planning import PlanResult
from monitoring import notifications as monitoring
from patients.cover import actions as cover
from prescriptions import due
from prescriptions import notifications as prescriptions


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did."""

    day: dt.date
    covers_recomputed: int
    opened: int
    plans: dict[str, PlanResult]

    @property
    def planned(self) -> int:
        """Return how many messages were planned, of every purpose."""
        return sum(plan.planned for plan in self.plans.values())

    @property
    def held(self) -> int:
        """Return how many of them wait for a second person."""
        return sum(plan.held for plan in self.plans.values())

    def as_report(self) -> dict[str, Any]:
        """Return the report: what was done, and every enrolment on treatment in exactly one class."""
        return {
            "day": self.day.isoformat(),
            "covers_recomputed": self.covers_recomputed,
            "opened": self.opened,
            "planned": self.planned,
            "messages": {
                purpose: {"planned": plan.planned, "held": plan.held, "batch": plan.batch_id}
                for purpose, plan in self.plans.items()
            },
        } | due.classes(day=self.day)


@action
def sweep(*, by: User, at: dt.datetime, reason: str = "") -> SweepResult:
    """Find all that is due on or before the local day, open it and plan its messages: nothing is sent here.

    A missed day heals itself, since nothing asks what yesterday did. A second sweep of a day opens and plans nothing.
    """
    day = local_day(at)
    recomputed = cover.recompute_due(on=day, by=by, at=at)
    opened = due.open_due_renewals(by=by, at=at)
    prescriptions.ensure_clinic_recipients(by=by, at=at)
    plans = {
        prescriptions.DIGEST: prescriptions.plan_digests(
            day=day, by=by, at=at, imported_by=first_after_import(prescriptions.DIGEST)
        ),
        monitoring.REMINDER: monitoring.plan_reminders(
            day=day, by=by, at=at, imported_by=first_after_import(monitoring.REMINDER)
        ),
    }
    result = SweepResult(
        day=day,
        covers_recomputed=recomputed,
        opened=opened.total,
        plans=plans,
    )
    _write_down(result, by=by, at=at)
    return result


def first_after_import(purpose: str) -> User | None:
    """Return who brought the last register in, if this rule has planned nothing since: somebody else lets it go."""
    mark = ImportMark.objects.select_related("by").order_by("-pk").first()
    if mark is None or MessageBatch.objects.filter(purpose=purpose, pk__gt=mark.last_batch).exists():
        return None
    return mark.by


@action
def mark_import(*, by: User, at: dt.datetime, reason: str = "") -> ImportMark:
    """Note that a register came in, in the transaction that commits it."""
    newest = MessageBatch.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return ImportMark.objects.create(last_batch=newest, at=at, by=by)


def _write_down(result: SweepResult, *, by: User, at: dt.datetime) -> None:
    """Keep a row of the day's first run, and of each that did something: not 1,440 rows a day of nothing."""
    nothing_new = not (result.opened or result.planned or result.covers_recomputed)
    if nothing_new and SweepRun.objects.filter(day=result.day).exists():
        return
    SweepRun.objects.create(
        day=result.day,
        ran_at=at,
        ran_by=by,
        covers_recomputed=result.covers_recomputed,
        renewals_opened=result.opened,
        messages_planned=result.planned,
        messages_held=result.held,
    )
