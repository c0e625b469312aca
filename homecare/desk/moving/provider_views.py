"""One page for one provider that fails: who is on it, what each needs, and from there the list and the transfer."""

import base64

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.permissions import Permission
from homecare.audit import access
from homecare.core.errors import Refused
from homecare.desk.deed_pages.pages import Doing, doing
from homecare.desk.moving import failing
from homecare.desk.moving import handout as handouts
from homecare.desk.moving.forms import BulkForm, HandoutForm
from homecare.desk.moving.planning import Whom, medicines_to_move, plan_bulk_transfer
from homecare.desk.today.filters import Field, Option
from homecare.desk.today.paging import PRINTED, SIZE, Key
from patients.models import BulkTransfer
from patients.states import BulkTransferStatus
from providers.models import Provider

UNFINISHED = (BulkTransferStatus.PLANNED, BulkTransferStatus.RUNNING, BulkTransferStatus.STOPPED)


def _provider(who: Doing, provider_id: int) -> Provider:
    return get_object_or_404(Provider.objects.visible_to(who.by), pk=provider_id)


@require_GET
def failure(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Show everyone on one provider by days of cover, the first to run out on top, and what each needs."""
    who = doing(request, Permission.PATIENT_VIEW)
    provider = _provider(who, provider_id)
    asked = failing.Asked.read(request.GET, user=who.by, provider=provider, today=who.today)
    size = PRINTED if "print" in request.GET else SIZE
    page = failing.page(asked, Key.read(request.GET.get("after", "")), size)
    access.collect(row.patient_id for row in page.rows)
    counted = failing.counts(asked)
    context = {
        "provider": provider,
        "asked": asked,
        "page": page,
        "columns": failing.COLUMNS,
        "buckets": [(bucket, counted[bucket.name], asked.query(cover=bucket.name)) for bucket in failing.BUCKETS],
        "total": counted["all"],
        "not_started": failing.not_started(asked),
        "fields": failing.fields(asked),
        "next_query": asked.query(after=page.next_key),
        "everybody": asked.query(cover=""),
        "unfinished": BulkTransfer.objects.visible_to(who.by)
        .filter(from_provider=provider, status__in=UNFINISHED)
        .order_by("-pk"),
        "may_move": who.by.may(Permission.TRANSFER_IN_BULK),
        "is_printed": "print" in request.GET,
        "at": who.at,
    }
    return render(request, "desk/moving/failure.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def handout(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Make the encrypted list for the next 14 days: the passphrase is shown once, beside the file, and never kept."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    provider = _provider(who, provider_id)
    form = HandoutForm(request.POST if request.method == "POST" else None)
    context = {"provider": provider, "form": form, "days": handouts.DAYS, "headings": handouts.HEADINGS}
    if not form.is_valid():
        return render(request, "desk/moving/handout.html", context)
    try:
        specialty = form.cleaned_data["specialty"]
        made = handouts.make_handout(
            provider=provider, by=who.by, today=who.today, specialty_id=specialty.pk if specialty else None
        )
    except Refused as refusal:
        return render(request, "desk/moving/handout.html", context | {"refusal": refusal.message}, status=422)
    access.collect(made.patient_ids)
    access.collect_file(made.content, rows=made.rows)
    context |= {
        "made": made,
        "file_name": f"next-14-days-{who.today:%Y-%m-%d}.xlsx",
        "content": base64.b64encode(made.content).decode(),
    }
    return render(request, "desk/moving/handout.html", context)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Choose who moves off a provider, and to which service for each medicine; nobody moves yet."""
    who = doing(request, Permission.TRANSFER_IN_BULK)
    provider = _provider(who, provider_id)
    asked = failing.Asked.read(request.GET, user=who.by, provider=provider, today=who.today)
    whom = Whom(_id(asked.specialty), _id(asked.medicine))
    to = request.GET.get("to", "")
    form = BulkForm(
        medicines_to_move(provider, whom), request.POST if request.method == "POST" else None, provider_id=_id(to)
    )
    if request.method == "POST" and form.is_valid():
        try:
            bulk = plan_bulk_transfer(
                provider=provider,
                whom=whom,
                to_services=form.to_services(),
                old_provider_supplies=form.cleaned_data["old_provider_supplies"] == "yes",
                by=who.by,
                at=who.at,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Planned. Nobody has moved yet: look at the list, then start it.")
            return redirect("bulk_transfer", bulk.pk)
    context = {
        "provider": provider,
        "form": form,
        "fields": [*failing.fields(asked)[:2], _destinations(form, to)],
        "asked": asked,
        "here": reverse("bulk_transfer_plan", args=[provider.pk]),
        "patients": sum(medicine.patients for medicine in form.medicines),
    }
    return render(request, "desk/moving/plan.html", context, status=422 if form.errors else 200)


def _destinations(form: BulkForm, chosen: str) -> Field:
    """Return the choice of one provider for every medicine that it supplies."""
    offered = {str(s.provider_id): str(s.provider) for m in form.medicines for s in m.services}
    options = sorted(offered.items(), key=lambda option: option[1])
    return Field("to", "All to", "Choose for each", tuple(Option(pk, name, pk == chosen) for pk, name in options))


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
