"""Messages that need somebody, held batches, and the switches that stop sending."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.errors import Refused
from homecare.messaging import actions, presenters, previews
from homecare.messaging.forms import ReasonForm, SwitchForm
from homecare.messaging.models import MessageBatch, OutboxMessage
from homecare.messaging.states import Status
from homecare.messaging.viewers import viewer

PAGE = 50


def _try(request: HttpRequest, deed: Callable[[], str]) -> None:
    """Do it and say what happened, or say why it was refused."""
    try:
        messages.success(request, deed())
    except Refused as refused:
        messages.error(request, refused.message)


@require_GET
def show_messages(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody: held batches, uncertain messages, messages that did not arrive; or all."""
    user = viewer(request)
    queues = presenters.queues(user)
    shown = request.GET.get("show") or next((queue.code for queue in queues if queue.count), "held")
    found = OutboxMessage.objects.visible_to(user).select_related("recipient")
    lists = {
        "uncertain": found.uncertain().order_by("uncertain_at"),
        "lost": found.undeliverable().order_by("planned_at"),
        "all": found.order_by("-planned_at", "id"),
    }
    batches = MessageBatch.objects.visible_to(user).held().order_by("planned_at")
    page = Paginator(lists[shown], PAGE).get_page(request.GET.get("page")) if shown in lists else None
    context = {
        "queues": queues,
        "shown": shown,
        "page": page,
        "rows": presenters.rows(page) if page else [],
        "batches": [presenters.batch_detail(batch, [], user) for batch in batches] if page is None else [],
        "queue": next((queue for queue in queues if queue.code == shown), None),
        "switched_off": [switch for switch in presenters.switches() if switch.is_off],
    }
    return render(request, "messaging/messages.html", context)


@require_http_methods(["GET", "POST"])
def show_message(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one message with all that became of it; take what a person decides about it."""
    user = viewer(request)
    found = OutboxMessage.objects.visible_to(user).select_related("recipient", "template", "closed_by")
    message = get_object_or_404(found, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _try(request, lambda: _settle(message, request.POST.get("decision", ""), form.cleaned_data["reason"], user))
        return redirect("message", pk=message.pk)
    context = {"detail": presenters.detail(message, user), "message": message, "form": form}
    return render(request, "messaging/message.html", context)


def _settle(message: OutboxMessage, decision: str, reason: str, user: User) -> str:
    now = timezone.now()
    if decision == "close":
        actions.close(message_id=message.pk, reason=reason, by=user, at=now)
        return "Closed: it does not ask for anybody any more."
    if decision not in {"sent", "send_again"}:
        raise Refused("Say whether it was sent, or is to be sent again.")
    actions.resolve_uncertain(message_id=message.pk, sent=decision == "sent", reason=reason, by=user, at=now)
    return "Recorded as sent." if decision == "sent" else "It waits to be sent again. It may be a second copy."


@require_http_methods(["GET", "POST"])
def show_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a held batch with a sample of its texts; take a second person's decision."""
    user = viewer(request)
    batch = get_object_or_404(MessageBatch.objects.visible_to(user).select_related("planned_by", "decided_by"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _try(request, lambda: _decide(batch, request.POST.get("decision", ""), form.cleaned_data["reason"], user))
        return redirect("message_batch", pk=batch.pk)
    samples = previews.samples(batch) if batch.status == MessageBatch.Status.HELD else []
    context = {"detail": presenters.batch_detail(batch, samples, user), "batch": batch, "form": form}
    return render(request, "messaging/batch.html", context)


def _decide(batch: MessageBatch, decision: str, reason: str, user: User) -> str:
    deeds: dict[str, Any] = {"release": actions.release_batch, "discard": actions.discard_batch}
    if decision not in deeds:
        raise Refused("Say whether the batch is released or discarded.")
    number = deeds[decision](batch_id=batch.pk, reason=reason, by=user, at=timezone.now())
    return f"{number} messages released." if decision == "release" else f"{number} messages discarded."


@require_http_methods(["GET", "POST"])
def show_switches(request: HttpRequest) -> HttpResponse:
    """Show what is switched on and off, and switch."""
    user = viewer(request)
    form = SwitchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _try(request, lambda: _switch(request.POST.get("decision", ""), form.cleaned_data, user))
        return redirect("message_switches")
    may = user.may(Permission.KILL_SWITCH)
    context: dict[str, Any] = {
        "switches": [
            (switch, SwitchForm(auto_id=f"{switch.scope}_{switch.code}_%s")) for switch in presenters.switches()
        ],
        "may_switch": may,
        "why_not": "" if may else user.refusal(Permission.KILL_SWITCH),
        "form": form,
        "waiting": OutboxMessage.objects.visible_to(user).filter(status=Status.QUEUED).count(),
    }
    return render(request, "messaging/switches.html", context)


def _switch(decision: str, values: dict[str, str], user: User) -> str:
    deed = {"off": actions.switch_off, "on": actions.switch_on}.get(decision)
    if deed is None:
        raise Refused("Say whether to switch it on or off.")
    deed(scope=values["scope"], code=values["code"], reason=values["reason"], by=user, at=timezone.now())
    return "Switched off: nothing more begins." if decision == "off" else "Switched on: sending goes on."
