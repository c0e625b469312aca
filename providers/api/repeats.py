"""Doing a thing once however often it is sent: the Idempotency-Key header.

The key's row is written in the same transaction as the deed. A second request with the key waits for the first: if
that was done, it gets the same answer; if that failed, nothing was done and it is tried afresh.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from homecare.accounts.models import User
from providers.api.problems import IdempotencyMisuse
from providers.models import ApiRequest

KEY = re.compile(r"[\x21-\x7e]{8,128}")
KEEP_FOR = dt.timedelta(days=90)


def once(
    request: Request, *, user: User, fields: dict[str, Any], at: dt.datetime, deed: Callable[[], Response]
) -> Response:
    """Do the deed and answer, or give the answer it got before. Two keys, or one for two requests, are refused."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise serializers.ValidationError(
            {"Idempotency-Key": ["Send this header with 8 to 128 visible characters, a new one for each new request."]}
        )
    fingerprint = _fingerprint(request, fields)
    with transaction.atomic():
        _, is_first = ApiRequest.objects.get_or_create(
            user=user, key=key, defaults={"fingerprint": fingerprint, "received_at": at}
        )
        row = ApiRequest.objects.select_for_update().get(user=user, key=key)
        if row.fingerprint != fingerprint:
            raise IdempotencyMisuse
        if not is_first and row.status is not None:
            return Response(orjson.loads(row.body), status=row.status, headers={"Idempotency-Replayed": "true"})
        response = deed()
        row.status, row.body = response.status_code, orjson.dumps(response.data).decode()
        row.save(update_fields=["status", "body"])
        return response


def _fingerprint(request: Request, fields: dict[str, Any]) -> str:
    """Hash what is asked for: fields as read, so that spacing and order of the JSON do not matter."""
    plain = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(b"\n".join([str(request.method).encode(), request.path.encode(), plain])).hexdigest()


def forget_old(*, at: dt.datetime) -> int:
    """Forget the keys of requests older than ninety days, and return how many."""
    return ApiRequest.objects.filter(received_at__lt=at - KEEP_FOR).delete()[0]
