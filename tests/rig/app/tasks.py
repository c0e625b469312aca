"""A design that keeps its work in Redis: one task for each message, and no tick that looks at the rows."""

from celery import shared_task


@shared_task(name="rig.send_some")
def send_some() -> None:
    """Send one message, whichever is due."""
    from homecare.accounts.models import User
    from homecare.messaging import sending
    from tests.rig.jobs import AT

    sending.send_all(now=lambda: AT, by=User.objects.system("outbox"), most=1)
