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
from providers.repeats import claim

KEY = re.compile(r"[\x21-\x7e]{8,128}")


def once(
    request: Request, *, user: User, fields: dict[str, Any], at: dt.datetime, deed: Callable[[], Response]
) -> Response:
    """Do the deed and answer, or give the answer it got before. A key of another request, or none, is refused."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise serializers.ValidationError(
            {"Idempotency-Key": ["Send this header with 8 to 128 visible characters, a new one for each new request."]}
        )
    fingerprint = _fingerprint(request, fields)
    with transaction.atomic():
        row = claim(user=user, key=key, fingerprint=fingerprint, at=at)
        if row.fingerprint != fingerprint:
            raise IdempotencyMisuse
        if row.status is not None:
            return Response(orjson.loads(row.body), status=row.status, headers={"Idempotency-Replayed": "true"})
        response = deed()
        row.status, row.body = response.status_code, orjson.dumps(response.data).decode()
        row.save(update_fields=["status", "body"])
        return response


def _fingerprint(request: Request, fields: dict[str, Any]) -> str:
    """Hash what is asked for: fields as read, so that spacing and order of the JSON do not matter."""
    plain = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(b"\n".join([str(request.method).encode(), request.path.encode(), plain])).hexdigest()
