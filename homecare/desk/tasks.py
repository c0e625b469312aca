"""What Celery wakes the desk for. A task may run twice, late or not at all: the next one heals it."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from homecare.accounts.models import User
from homecare.core.heartbeat import beat
from homecare.desk.moving.tasks import run_bulk_transfer, wake_bulk_transfers
from homecare.desk.referral import drafts
from homecare.desk.register.tasks import check_register, commit_register
from homecare.desk.sweep.actions import sweep
from homecare.desk.today import queues, tallies

__all__ = [
    "check_register",
    "commit_register",
    "count_safety_net",
    "forget_drafts",
    "run_bulk_transfer",
    "sweep_now",
    "wake_bulk_transfers",
]


@shared_task(name="desk.sweep")
def sweep_now(**kwargs: Any) -> None:
    """Sweep for the local day, and only then say that the sweep is alive."""
    at = timezone.now()
    sweep(by=User.objects.system("sweep"), at=at)
    beat("sweep", at=at)


@shared_task(name="desk.count_safety_net")
def count_safety_net(**kwargs: Any) -> None:
    """Count the tallies that take a look at everybody."""
    at = timezone.now()
    tallies.count_due(queues.counters(at=at), at=at)


@shared_task(name="desk.forget_drafts")
def forget_drafts(**kwargs: Any) -> None:
    """Forget the drafts of referrals whose time is over."""
    drafts.forget_old_drafts(by=User.objects.system("worker"), at=timezone.now())
