"""A bulk transfer carried out: by a worker, by beat that wakes one, or by a person's button; each in small steps.

Each enrolment is a transaction of its own: its row is locked, the transfer begun and the row marked, all or nothing.
So a run may be stopped, killed or started twice: what was done is done once, what was not is still waiting.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import jobs
from homecare.core.errors import Refused
from homecare.desk.moving import deeds
from patients.models import BulkTransfer, BulkTransferRow
from patients.states import BULK_TRANSFER, BulkTransferStatus

Status = BulkTransferRow.Status
TASK = "desk.run_bulk_transfer"
STEP_SECONDS = 15.0  # how long one task works before it makes room for others
_KEY = "hashtextextended('desk.bulk_transfer:' || %s, 0)"
_log = structlog.get_logger(__name__)


@action
def start_bulk_transfer(*, bulk: BulkTransfer, by: User, at: dt.datetime, reason: str = "") -> BulkTransfer:
    """Start a planned bulk transfer, or go on with one that was stopped. Each transfer is this person's deed."""
    locked = _move(bulk, "start", by=by)
    locked.started_by = by
    locked.save(update_fields=["status", "started_by"])
    jobs.start(TASK, bulk_id=locked.pk)
    return locked


@action
def stop_bulk_transfer(*, bulk: BulkTransfer, by: User, at: dt.datetime, reason: str = "") -> BulkTransfer:
    """Stop a bulk transfer after the patient who is being moved now. Who was moved stays moved."""
    locked = _move(bulk, "stop", by=by)
    locked.save(update_fields=["status"])
    return locked


@action
def discard_bulk_transfer(*, bulk: BulkTransfer, by: User, at: dt.datetime, reason: str = "") -> BulkTransfer:
    """Discard a bulk transfer that was planned and never started."""
    locked = _move(bulk, "discard", by=by)
    locked.save(update_fields=["status"])
    return locked


@action
def _finish(*, bulk: BulkTransfer, by: User, at: dt.datetime, reason: str = "") -> BulkTransfer:
    locked = _move(bulk, "finish", by=by)
    locked.finished_at = at
    locked.save(update_fields=["status", "finished_at"])
    return locked


def _move(bulk: BulkTransfer, event: str, *, by: User) -> BulkTransfer:
    locked = BulkTransfer.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    transition = BULK_TRANSFER.find(event, source=locked.status)
    require(by, transition.permission)
    locked.status = transition.target
    return locked


def run_for(*, bulk_id: int, seconds: float, now: Callable[[], dt.datetime] = timezone.now) -> bool:
    """Move patients of a bulk transfer, first uncovered dose first, for so long; say whether there are more.

    Does nothing where somebody else is at it, or where it is not to run.
    """
    with _alone(bulk_id) as mine:
        if not mine or not _may_go_on(bulk_id, at=now()):
            return False
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not move_next(bulk_id=bulk_id, at=now()):
                _finish_if_over(bulk_id, at=now())
                return False
    return True


@contextmanager
def _alone(bulk_id: int) -> Iterator[bool]:
    """Hold the run's lock for the session; a process that dies lets go of it. False: somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [bulk_id])
        mine: bool = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            _let_go(bulk_id)


def _let_go(bulk_id: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", [bulk_id])
    except (OperationalError, InterfaceError):
        connection.close()  # the server let go of the lock when it lost us


def _may_go_on(bulk_id: int, *, at: dt.datetime) -> bool:
    """Say whether it is to run; one started by somebody who may no longer is stopped, for somebody else to start."""
    bulk = BulkTransfer.objects.running().select_related("started_by").filter(pk=bulk_id).first()
    if bulk is None or bulk.started_by is None:
        return False
    by = bulk.started_by
    if by.is_active and by.may(Permission.TRANSFER_IN_BULK):
        return True
    why = f"{by} may no longer move patients in bulk."
    stop_bulk_transfer(bulk=bulk, by=User.objects.system("transfers"), at=at, reason=why)
    return False


def move_next(*, bulk_id: int, at: dt.datetime) -> bool:
    """Begin the transfer of the next patient, or write down in words why it was refused. False: none is waiting.

    A fault of ours is written down too, so that one patient cannot hold up those behind; a lost database is not: the
    row waits.
    """
    waiting = BulkTransferRow.objects.waiting().filter(bulk_id=bulk_id, bulk__status=BulkTransferStatus.RUNNING)
    with transaction.atomic():
        row = (
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("bulk__started_by", "enrolment", "to_service")
            .order_by("place")
            .first()
        )
        if row is None:
            return False
        row.status, row.message, row.done_at = *_begin(row, at=at), at
        row.save(update_fields=["status", "message", "done_at"])
    return True


def _begin(row: BulkTransferRow, *, at: dt.datetime) -> tuple[str, str]:
    assert row.bulk.started_by is not None
    assert row.to_service is not None
    try:
        with transaction.atomic():
            deeds.start_transfer(
                enrolment=row.enrolment,
                to_service=row.to_service,
                by=row.bulk.started_by,
                at=at,
                reason=row.bulk.reason,
                old_provider_supplies=row.bulk.old_provider_supplies,
                bulk=row.bulk,
            )
    except Refused as refusal:
        return Status.REFUSED, refusal.message[:500]
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        _log.exception("bulk_transfer_row_failed", bulk=row.bulk_id, row=row.pk, error=type(fault).__name__)
        return Status.REFUSED, "This could not be done: something went wrong here. Move this patient by hand."
    return Status.DONE, ""


def _finish_if_over(bulk_id: int, *, at: dt.datetime) -> None:
    bulk = BulkTransfer.objects.running().filter(pk=bulk_id).first()
    if bulk is not None and not BulkTransferRow.objects.waiting().filter(bulk=bulk).exists():
        _finish(bulk=bulk, by=User.objects.system("transfers"), at=at)
