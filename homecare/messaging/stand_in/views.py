"""Notify's version 2 addresses, as far as we call them, and a page of what came in. In the demonstration only."""

import json
import uuid
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from homecare.audit.access import collect
from homecare.messaging.models import OutboxMessage
from homecare.messaging.stand_in.models import StandInMessage
from homecare.messaging.viewers import viewer

_ADDRESS = {"sms": "phone_number", "email": "email_address"}


@csrf_exempt
@login_not_required
@require_POST
def accept(request: HttpRequest, kind: str) -> JsonResponse:
    """Take a message, as Notify does: 201 with an id, or 400 or 403 with the errors."""
    refusal = _refusal(request)
    if refusal:
        return refusal
    try:
        sent: dict[str, Any] = json.loads(request.body)
        to = str(sent[_ADDRESS[kind]])
        values = sent.get("personalisation") or {}
        body = str(values["body"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _error(400, "BadRequestError", "Missing personalisation or address")
    if not to:
        return _error(400, "ValidationError", f"{_ADDRESS[kind]} is a required property")
    message = StandInMessage.objects.create(
        reference=str(sent.get("reference") or "")[:100],
        kind=kind,
        sent_to=to[:254],
        subject=str(values.get("subject", ""))[:500],
        body=body,
        template_id=str(sent.get("template_id", ""))[:100],
    )
    said: dict[str, Any] = {"id": str(message.id), "reference": message.reference, "uri": _uri(request, message.id)}
    said |= {"content": {"body": body}, "template": {"id": message.template_id, "version": 1, "uri": ""}}
    return JsonResponse(said, status=201)


@login_not_required
@require_GET
def list_by_reference(request: HttpRequest) -> JsonResponse:
    """Return the messages of a reference, or the last of all."""
    refusal = _refusal(request)
    if refusal:
        return refusal
    rows = StandInMessage.objects.order_by("-created_at")
    if "reference" in request.GET:
        rows = rows.filter(reference=request.GET["reference"])
    links = {"current": request.build_absolute_uri()}
    return JsonResponse({"notifications": [_notification(row) for row in rows[:250]], "links": links})


@login_not_required
@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """Return one message."""
    refusal = _refusal(request)
    if refusal:
        return refusal
    row = StandInMessage.objects.filter(pk=pk).first()
    return JsonResponse(_notification(row)) if row else _error(404, "NoResultFound", "No result found")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show what the stand-in got."""
    _only_in_the_demonstration()
    viewer(request)
    page = Paginator(StandInMessage.objects.order_by("-created_at"), 50).get_page(request.GET.get("page"))
    references = [pk for pk in (_as_uuid(row.reference) for row in page) if pk]
    collect(OutboxMessage.objects.filter(pk__in=references).values_list("recipient__patient", flat=True))
    return render(request, "messaging/stand_in.html", {"page": page})


def _as_uuid(reference: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(reference)
    except ValueError:
        return None


def _only_in_the_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def _refusal(request: HttpRequest) -> JsonResponse | None:
    """Check the token as Notify does: signed with the key's secret by the key's service."""
    _only_in_the_demonstration()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    key = settings.NOTIFY_API_KEY
    try:
        claims = jwt.decode(token, key[-36:], algorithms=["HS256"], options={"verify_iat": False})
    except jwt.InvalidTokenError:
        return _error(403, "AuthError", "Invalid token: API key not found")
    if scheme != "Bearer" or claims.get("iss") != key[-73:-37]:
        return _error(403, "AuthError", "Invalid token: service not found")
    return None


def _error(status: int, error: str, message: str) -> JsonResponse:
    return JsonResponse({"status_code": status, "errors": [{"error": error, "message": message}]}, status=status)


def _uri(request: HttpRequest, pk: uuid.UUID) -> str:
    return request.build_absolute_uri(f"/demo/notify/v2/notifications/{pk}")


def _notification(row: StandInMessage) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "reference": row.reference,
        "type": row.kind,
        _ADDRESS[row.kind]: row.sent_to,
        "subject": row.subject or None,
        "body": row.body,
        "status": row.status,
        "template": {"id": row.template_id, "version": 1, "uri": ""},
        "created_at": row.created_at.isoformat(),
    }
