"""The one place where looking is put on record: before the answer leaves, or it does not leave (goal A5)."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse

from homecare.audit.access import Seen, looking, record_access
from homecare.audit.context import request_id
from homecare.core.errors import Refused

logger = logging.getLogger(__name__)
SORRY = "This page cannot be shown now, because the record of who looked cannot be written. Please try again soon."


class AuditMiddleware:
    """Give each request an id, collect whom its answer shows, and write one entry of access."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the looking on record."""
        with request_id(request.META.get("HTTP_X_REQUEST_ID", "")) as chosen, looking(Seen()) as seen:
            request.META["HTTP_X_REQUEST_ID"] = chosen  # the log lines take the same
            response = self.get_response(request)
            response = self._recorded(request, response, seen)
            response["X-Request-ID"] = chosen
            return response

    def _recorded(self, request: HttpRequest, response: HttpResponseBase, seen: Seen) -> HttpResponseBase:
        if 300 <= response.status_code < 400:  # it has no body: nobody was shown
            return response
        try:
            write(request, seen)
        except (DatabaseError, Refused):
            logger.exception("An answer was held back: its access entry could not be written")
            response.close()
            return sorry(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = stream(request, response.streaming_content, seen)
        return response


def write(request: HttpRequest, seen: Seen) -> None:
    """Write one entry for whoever was shown and is not on record yet."""
    patient_ids = seen.take()
    if not patient_ids:
        return
    match = request.resolver_match
    record_access(
        user=getattr(request, "user", None),
        patient_ids=patient_ids,
        view=(match.view_name or match.route) if match else request.path,
        purpose=seen.purpose,
        ip_address=request.META.get("REMOTE_ADDR") or None,
        file_sha256=seen.file_sha256,
        file_rows=seen.file_rows,
    )


def stream(request: HttpRequest, content: Any, seen: Seen) -> Iterator[bytes]:
    """Pass on an answer piece by piece, each after an entry for whoever it is the first to show."""
    pieces = iter(content)
    while True:
        with looking(seen), request_id(request.META["HTTP_X_REQUEST_ID"]):
            try:
                piece = next(pieces)
            except StopIteration:
                return
            write(request, seen)
        yield piece


def sorry(request: HttpRequest) -> HttpResponse:
    """Say that the answer is held back."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "access_not_recorded", "message": SORRY}, status=503)
    return HttpResponse(SORRY, status=503, content_type="text/plain; charset=utf-8")
