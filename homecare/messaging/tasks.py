"""What beat and deeds wake. Each may be lost, late or doubled without harm: the rows say what is to be done."""

from celery import shared_task
from django.utils import timezone

from homecare.accounts.models import User
from homecare.messaging import reconcile as asking
from homecare.messaging import recover as recovery
from homecare.messaging import restored, sending

SECONDS_PER_TICK = 10
"""Less than the task's time limit by more than the longest call, so that a tick is never killed in the middle."""


@shared_task(name="messaging.outbox_tick")
def outbox_tick() -> None:
    """Send what is due, for a few seconds."""
    by = User.objects.system("outbox")
    if restored.pause_if_restored(by=by, at=timezone.now()):
        return
    recovery.turn_pages(by=by, at=timezone.now())
    sending.send_all(now=timezone.now, by=by, seconds=SECONDS_PER_TICK)


@shared_task(name="messaging.recover")
def recover() -> None:
    """Take back the leases of senders that vanished."""
    recovery.recover(by=User.objects.system("outbox"), at=timezone.now())


@shared_task(name="messaging.reconcile")
def reconcile() -> None:
    """Ask the provider about what is uncertain, and about what was delivered."""
    by, at = User.objects.system("outbox"), timezone.now()
    asking.reconcile(by=by, at=at, most=20)
    asking.collect_receipts(by=by, at=at, most=50)
