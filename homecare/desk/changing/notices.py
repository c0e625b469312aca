"""Providers to tell: what each must hear of, told in one call, and what it has not acknowledged yet."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core import words
from homecare.core.errors import Refused
from homecare.desk.changing.forms import AcknowledgeForm
from homecare.desk.deed_pages.pages import Page, deed_page, doing
from patients.actions import notices as actions
from patients.models import ProviderNotice

SHOWN = actions.MOST_AT_ONCE
JOINED = ("provider", "patient", "enrolment__medicine", "raised_by", "told_by")


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show what providers must be told, and what they were told and have not acknowledged, the oldest first."""
    assert isinstance(request.user, User)
    user = request.user
    require(user, Permission.PATIENT_VIEW)
    waiting = ProviderNotice.objects.visible_to(user).unanswered()
    providers = list(
        waiting.order_by("provider__name")
        .values_list("provider_id", "provider__name")
        .annotate(untold=Count("pk", filter=Q(told_at__isnull=True)), number=Count("pk"))
    )
    chosen = _chosen(request, [pk for pk, *_ in providers])
    if chosen is not None:
        waiting = waiting.filter(provider=chosen)
    shown = waiting.select_related(*JOINED).order_by("provider__name", "raised_at", "pk")
    context = {
        "providers": providers,
        "chosen": chosen,
        "untold": _by_provider(list(shown.untold()[:SHOWN])),
        "told": _by_provider(list(shown.unacknowledged()[:SHOWN])),
        "most": SHOWN,
        "may_tell": user.may(Permission.PROVIDER_TELL),
        "at": timezone.now(),
        "since": actions.waiting_since,
    }
    return render(request, "desk/changing/notices.html", context)


def _chosen(request: HttpRequest, known: list[int]) -> int | None:
    text = request.GET.get("provider", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
    return number if number in known else None


def _by_provider(rows: list[ProviderNotice]) -> list[tuple[str, list[ProviderNotice]]]:
    groups: dict[str, list[ProviderNotice]] = {}
    for notice in rows:
        groups.setdefault(notice.provider.name, []).append(notice)
    return list(groups.items())


@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Show once more what the provider was told, then record it."""
    who = doing(request, Permission.PROVIDER_TELL)
    ids = [int(text) for text in request.POST.getlist("notice") if text.isascii() and text.isdigit() and len(text) < 19]
    how = request.POST.get("how", "")
    if request.POST.get("confirmed") or not ids or len(ids) > SHOWN:
        try:
            told = actions.tell(notices=ids, how=how, by=who.by, at=who.at)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            said = dict(ProviderNotice.How.choices)[how].lower()
            messages.success(request, f"{words.count(told, 'notice')} told {said}. Acknowledge each when they confirm.")
        return redirect("notices")
    rows = ProviderNotice.objects.visible_to(who.by).untold().filter(pk__in=ids).select_related(*JOINED)
    chosen = list(rows.order_by("provider__name", "raised_at", "pk"))
    if not chosen:
        messages.error(request, "Somebody told the provider of these already. Choose again from the list.")
        return redirect("notices")
    context = {
        "chosen": _by_provider(chosen),
        "number": len(chosen),
        "how": how,
        "how_words": dict(ProviderNotice.How.choices).get(how, ""),
    }
    return render(request, "desk/changing/tell.html", context)


@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Record that somebody at the provider knows."""
    who = doing(request, Permission.PROVIDER_TELL)
    rows = ProviderNotice.objects.visible_to(who.by).select_related("patient__recipient", *JOINED)
    notice = get_object_or_404(rows, pk=notice_id)
    facts: list[tuple[str, Any]] = [
        ("Provider", notice.provider),
        ("About", f"{notice.get_kind_display()}, from {notice.effective_on:%-d %B %Y}"),
        ("Told", notice.detail),
    ]
    return deed_page(
        request,
        form_class=AcknowledgeForm,
        page=Page(
            f"{notice.provider} knows", "Record acknowledgement", "Acknowledgement recorded.", reverse("notices")
        ),
        patient=notice.patient,
        doing=who,
        facts=[(label, str(value)) for label, value in facts],
        act=lambda given: actions.acknowledge_notice(notice=notice, by=who.by, at=who.at, **given),
    )


def of_patient(patient_id: int, user: User, *, limit: int = 20) -> list[ProviderNotice]:
    """Return the latest notices about a patient, for their page: those that wait first."""
    rows = ProviderNotice.objects.visible_to(user).filter(patient=patient_id).select_related(*JOINED)
    access.collect([patient_id])
    found = list(rows.order_by("-raised_at", "-pk")[:limit])
    return sorted(found, key=lambda notice: notice.acknowledged_at is not None or notice.withdrawn_at is not None)
