"""Starting a job once the transaction has committed: by name, with an id, and without it mattering if it is lost."""

from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

_log = structlog.get_logger(__name__)


def start(name: str, **arguments: Any) -> None:
    """Ask a worker to run a job when this transaction has committed. With no broker the row waits, and says so."""
    transaction.on_commit(lambda: _send(name, arguments), robust=True)


def _send(name: str, arguments: dict[str, Any]) -> None:
    try:
        current_app.send_task(name, kwargs=arguments, expires=600)
    except (OSError, OperationalError) as error:  # the broker is away
        _log.warning("job_not_started", job=name, error=type(error).__name__)
