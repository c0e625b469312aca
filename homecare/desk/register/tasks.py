"""What a worker does with an uploaded register. A lost message is made good by a button on the import's page."""

from celery import shared_task
from django.utils import timezone

from homecare.desk.register import running

MOST_SECONDS = 1_800
"""200,000 rows on a slow machine; the transaction is one, so a kill at this limit leaves nothing."""


@shared_task(name="desk.check_register", time_limit=MOST_SECONDS, soft_time_limit=MOST_SECONDS)
def check_register(*, import_id: int) -> None:
    """Check the rows of an uploaded register."""
    with running.telling(import_id) as tell:
        running.check_register(import_id=import_id, at=timezone.now(), tell=tell)


@shared_task(name="desk.commit_register", time_limit=MOST_SECONDS, soft_time_limit=MOST_SECONDS)
def commit_register(*, import_id: int) -> None:
    """Take a checked register in."""
    with running.telling(import_id) as tell:
        running.commit_import(import_id=import_id, at=timezone.now(), tell=tell)
