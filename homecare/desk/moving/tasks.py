"""What a worker does with a bulk transfer. A message may be lost or doubled: beat wakes a worker again."""

from typing import Any

from celery import shared_task

from homecare.core import jobs
from homecare.desk.moving import running
from patients.models import BulkTransfer


@shared_task(name=running.TASK)
def run_bulk_transfer(*, bulk_id: int) -> None:
    """Go on with a bulk transfer for a while, and ask to be woken again if there is more."""
    if running.run_for(bulk_id=bulk_id, seconds=running.STEP_SECONDS):
        jobs.start(running.TASK, bulk_id=bulk_id)


@shared_task(name="desk.wake_bulk_transfers")
def wake_bulk_transfers(**kwargs: Any) -> None:
    """See that each bulk transfer that is to run has somebody at it."""
    for pk in BulkTransfer.objects.running().order_by("pk").values_list("pk", flat=True):
        jobs.start(running.TASK, bulk_id=pk)
