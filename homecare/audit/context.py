"""Which request is being answered: a short opaque id that history, access log and log lines share."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("audit_request_id", default="")
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str:
    """Return the id of the request being answered, or nothing outside one."""
    return _request_id.get()


@contextmanager
def request_id(offered: str = "") -> Iterator[str]:
    """Answer under the offered id if it is a plain one, else under one of our own."""
    chosen = offered if ACCEPTABLE.fullmatch(offered) else uuid.uuid4().hex
    token = _request_id.set(chosen)
    try:
        yield chosen
    finally:
        _request_id.reset(token)
