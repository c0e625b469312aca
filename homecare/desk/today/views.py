"""Today and its queues: one page, printed and exported as it stands."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.accounts.roles import Role
from homecare.audit import access
from homecare.core import words
from homecare.core.clock import local_day
from homecare.desk.register.exports import to_csv
from homecare.desk.today import queues, safety_net, tallies
from homecare.desk.today.exporting import colophon, headings, values
from homecare.desk.today.filters import NAMES, Filters, remember, remembered
from homecare.desk.today.paging import PRINTED, SIZE, Key
from homecare.desk.today.queues import Asked, Queue

PAGE = "today"
EXPORTED = 5_000


@require_GET
def today(request: HttpRequest, name: str = "") -> HttpResponse:
    """Show the lights, the queues and the chosen queue."""
    user = _reader(request)
    queue = _queue(user, name or (user.role_class or Role).first_queue)
    if not request.GET and not (filters := remembered(user, PAGE)).is_empty:
        return redirect(f"{request.path}?{filters.query()}")
    at = timezone.now()
    filters = Filters.read(request.GET)
    remember(user, PAGE, filters)
    asked = Asked(user, at, filters, tallies.current(queues.counters(at=at), at=at))
    size = PRINTED if "print" in request.GET else SIZE
    page = queue.page(asked, Key.read(request.GET.get("after", "")), size)
    access.collect(row.patient_id for row in page.rows)
    context = {
        "queue": queue,
        "page": page,
        "tabs": _tabs(asked, queue),
        "lights": safety_net.lights(user, at=at, tallies=asked.tallies, address=lambda to: reverse("queue", args=[to])),
        "filters": filters,
        "fields": filters.fields(user, with_state=queue.name == "enrolments" or bool(filters.state))
        if queue.is_filtered
        else [],
        "today_words": f"{local_day(at):%A} {local_day(at).day} {local_day(at):%B %Y}",
        "at": at,
        "is_printed": "print" in request.GET,
        "next_query": filters.query(after=page.next_key),
    }
    return render(request, "desk/today.html", context)


@require_GET
def export(request: HttpRequest, name: str) -> HttpResponse:
    """Give the queue as a CSV file that no spreadsheet works out, saying who made it, when, and by which filters."""
    user = _reader(request)
    queue, at = _queue(user, name), timezone.now()
    asked = Asked(user, at, Filters.read(request.GET))
    page = queue.page(asked, None, EXPORTED)
    access.collect(row.patient_id for row in page.rows)
    chosen = {name: getattr(asked.filters, name) for name in NAMES}
    end = colophon(user, at, chosen, cut_at=EXPORTED if page.next_key else None)
    content = to_csv(headings(queue.columns), [*(values(row, queue.columns) for row in page.rows), *end])
    access.collect_file(content, rows=len(page.rows))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{local_day(at):%Y-%m-%d}.csv"'
    return answer


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    require(request.user, Permission.PATIENT_VIEW)
    return request.user


def _queue(user: User, name: str) -> Queue:
    queue = queues.BY_NAME.get(name)
    if queue is None:
        raise Http404
    require(user, queue.permission)
    return queue


def _tabs(asked: Asked, chosen: Queue) -> list[dict[str, Any]]:
    return [
        {
            "title": queue.title,
            "count": count.words if count else "",
            "age": _age(count.oldest_on, today=asked.today) if count else "",
            "href": f"{reverse('queue', args=[queue.name])}?{asked.filters.query() or 'all=1'}",
            "is_chosen": queue is chosen,
        }
        for queue in queues.of_user(asked.user)
        if queue.is_tab
        for count in [queues.count(queue, asked, is_chosen=queue is chosen)]
    ]


def _age(oldest_on: dt.date | None, *, today: dt.date) -> str:
    if oldest_on is None or oldest_on >= today:
        return ""
    return f"oldest {words.count((today - oldest_on).days, 'day')}"
