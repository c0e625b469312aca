"""What Celery wakes this app for."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from providers.repeats import forget_old


@shared_task(name="providers.forget_old_api_requests")
def forget_old_api_requests(**kwargs: Any) -> None:
    """Forget the keys of API requests that no provider will repeat any more."""
    forget_old(at=timezone.now())
