"""A bulk transfer looked at: its list before it starts, how far it is, and what became of each patient."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.errors import Refused
from homecare.desk.deed_pages.pages import Doing, doing
from homecare.desk.moving import running
from patients.models import BulkTransfer, BulkTransferRow
from patients.states import BulkTransferStatus

PAGE = 50
STALLED_AFTER = dt.timedelta(seconds=60)
BY_BUTTON_SECONDS = 10.0
TAGS = {"PLANNED": "grey", "RUNNING": "blue", "STOPPED": "amber", "DONE": "green", "DISCARDED": "grey"}
ROW_TAGS = {"WAITING": "grey", "DONE": "green", "REFUSED": "red"}
SHOWN_WITH = (
    "to_service__provider", "enrolment__patient", "enrolment__medicine", "enrolment__clinic", "enrolment__cover",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk transfer is."""

    done: int
    refused: int
    waiting: int
    is_running: bool
    is_stalled: bool

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.done + self.refused + self.waiting

    @property
    def dealt_with(self) -> int:
        """Return how many were moved or refused."""
        return self.done + self.refused

    @property
    def per_cent(self) -> int:
        """Return the share dealt with, in whole per cent."""
        return 100 * self.dealt_with // self.total if self.total else 0


def progress_of(bulk: BulkTransfer, *, now: dt.datetime) -> Progress:
    """Count what became of the rows; stalled when nothing was heard for a minute of one that is to run."""
    rows = BulkTransferRow.objects.filter(bulk=bulk).order_by()
    numbers = dict(rows.values_list("status").annotate(Count("pk")))
    is_running = bulk.status == BulkTransferStatus.RUNNING
    heard = rows.aggregate(at=Max("done_at"))["at"] if is_running else None
    return Progress(
        numbers.get("DONE", 0),
        numbers.get("REFUSED", 0),
        numbers.get("WAITING", 0),
        is_running,
        is_running and (heard is None or now - heard > STALLED_AFTER),
    )


def _asked_for(who: Doing, bulk_id: int) -> BulkTransfer:
    rows = BulkTransfer.objects.visible_to(who.by).select_related("from_provider", "planned_by", "started_by")
    return get_object_or_404(rows, pk=bulk_id)


@require_GET
def bulk_transfers(request: HttpRequest) -> HttpResponse:
    """List the bulk transfers, the newest first."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    rows = BulkTransfer.objects.visible_to(who.by).select_related("from_provider", "planned_by").order_by("-pk")
    context = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "tags": TAGS}
    return render(request, "desk/moving/bulk_transfers.html", context)


@require_GET
def bulk_transfer(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Show a bulk transfer: who moves where in which order, how far it is, whom it could not move and why."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    bulk = _asked_for(who, bulk_id)
    show = request.GET.get("show", "")
    rows = BulkTransferRow.objects.visible_to(who.by).filter(bulk=bulk)
    if show in ROW_TAGS:
        rows = rows.filter(status=show)
    page = Paginator(rows.order_by("place").select_related(*SHOWN_WITH), PAGE).get_page(request.GET.get("page"))
    access.collect(row.enrolment.patient_id for row in page)
    context = {
        "bulk": bulk,
        "tag": TAGS[bulk.status],
        "row_tags": ROW_TAGS,
        "progress": progress_of(bulk, now=who.at),
        "targets": _targets(bulk),
        "page": page,
        "show": show,
        "today": who.today,
    }
    return render(request, "desk/moving/bulk_transfer.html", context)


def _targets(bulk: BulkTransfer) -> list[dict[str, Any]]:
    """Count the rows by medicine and where they go, most first; without a service last."""
    rows = BulkTransferRow.objects.filter(bulk=bulk).order_by()
    named = ("enrolment__medicine__name", "to_service__name", "to_service__provider__name")
    counted = rows.values(*named).annotate(patients=Count("pk"))
    return sorted(counted, key=lambda row: (row["to_service__name"] is None, -row["patients"]))


@require_POST
def decide(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Start, stop, discard, or do here and now what waits for a worker."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    bulk = _asked_for(who, bulk_id)
    try:
        _do(request.POST.get("decision", ""), bulk, who)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("bulk_transfer", bulk_id)


def _do(decision: str, bulk: BulkTransfer, who: Doing) -> None:
    if decision == "start":
        running.start_bulk_transfer(bulk=bulk, by=who.by, at=who.at)
    elif decision == "stop":
        running.stop_bulk_transfer(bulk=bulk, by=who.by, at=who.at)
    elif decision == "discard":
        running.discard_bulk_transfer(bulk=bulk, by=who.by, at=who.at)
    elif decision == "now":
        running.run_for(bulk_id=bulk.pk, seconds=BY_BUTTON_SECONDS)
    else:
        raise Refused("Say what is to be done with this list.")


@require_GET
def progress(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Show how far it is; when it is over, have the page loaded anew."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    bulk = _asked_for(who, bulk_id)
    shown = progress_of(bulk, now=timezone.now())
    answer = render(request, "desk/moving/progress.html", {"bulk": bulk, "progress": shown})
    if not shown.is_running:
        answer["HX-Refresh"] = "true"
    return answer
