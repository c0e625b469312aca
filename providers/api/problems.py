"""Refusals as RFC 9457 problem details: what was refused, and what to do about it."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from homecare.core.errors import IllegalMove, NotAllowed, Refused, Stale

CONFLICTS = {"already_recorded", "exhausted", "prescription_not_at_provider", "expired", "illegal_move"}
TITLES = {
    400: "The request cannot be read as sent",
    401: "A valid access token is needed",
    403: "This client may not do that",
    404: "There is no such record",
    405: "This address does not take that method",
    406: "Only JSON is answered here",
    409: "The record is not in a state for that",
    413: "The request is too large",
    415: "Only JSON is taken here",
    422: "The request was understood and refused",
    429: "Too many requests",
}


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem, as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="A stable word for programs.")
    errors = serializers.ListField(  # type: ignore[assignment]  # a serializer class has no errors, an instance has
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with which part of the request, by JSON pointer.",
    )


class IdempotencyMisuse(exceptions.APIException):
    """A key was used before for something else."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = (
        "This Idempotency-Key was used before with another request. Send the same request, or choose a new key."
    )


class TooLarge(exceptions.APIException):
    """The body is larger than any request needs to be."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The request is larger than 64 KiB. Send one record in each request."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an error into a problem; one that nobody expected stays an error."""
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or "Not found.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    challenge = getattr(error, "auth_header", None)
    headers = {"WWW-Authenticate": str(challenge)} if challenge else {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_pointers(error.detail, ""))
        return problem(400, "Some parts of the request are wrong: see errors.", "invalid", errors=errors)
    codes = error.get_codes()
    return problem(
        error.status_code, str(error.detail), codes if isinstance(codes, str) else error.default_code, headers=headers
    )


def _refused(error: Refused) -> Response:
    set_rollback()
    if isinstance(error, NotAllowed):
        return problem(403, error.message, error.code)
    if isinstance(error, IllegalMove):  # a provider is not told which of our people acted
        return problem(409, error.rule, error.code)
    if isinstance(error, Stale) or error.code in CONFLICTS:
        return problem(409, error.message, error.code)
    return problem(422, error.message, error.code)


def problem(
    status: int,
    detail: str,
    code: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the answer that says what was refused."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "The request was refused"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def _pointers(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            part = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointers(inner, pointer + part)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            is_of_an_item = isinstance(inner, dict)
            yield from _pointers(inner, f"{pointer}/{number}" if is_of_an_item else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}
