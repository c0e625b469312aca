"""Logs for machines: JSON lines that name what happened, when, to which request, and never to whom.

Left out on purpose: query strings (a search holds a name), local variables, and the words of exceptions (PostgreSQL
puts the row into them); with DEMO=1 or DEBUG=1 the words are kept, since everybody there is made up.
"""

import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import EventDict, Processor, WrappedLogger

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class RequestLogMiddleware(RequestMiddleware):
    """Log each request by method and path."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Leave the query string out."""
        return f"{request.method} {request.path}"


def without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and where it was raised."""
    found: Any = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["exception"] = type(error).__name__
        event["raised_at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        if settings.DEMO or settings.DEBUG:
            event["words"] = str(error)
    if not (settings.DEMO or settings.DEBUG):
        event.pop("error", None)  # django-structlog's name for a task's exception
    return event


def _with_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn `exc_info=True` into the exception itself."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_error,
    without_words,
]


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """Make the formatter of all loggers, ours and the libraries'; called by Django when it sets up logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
