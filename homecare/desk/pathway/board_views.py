"""The board of who has not started: on screen, on paper and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.pathway import board
from homecare.desk.pathway.filters import BoardFilters, remember, remembered
from homecare.desk.patient_page.views import reader
from homecare.desk.register.exports import to_csv
from homecare.desk.today.exporting import colophon, headings, values
from homecare.desk.today.paging import PRINTED, SIZE, Key

EXPORTED = 5_000


@require_GET
def not_started(request: HttpRequest) -> HttpResponse:
    """Show everybody who has not started, the oldest first."""
    user, at = reader(request), timezone.now()
    if not request.GET and not (last := remembered(user)).is_empty:
        return redirect(f"{request.path}?{last.query()}")
    filters, today = BoardFilters.read(request.GET), local_day(at)
    remember(user, filters)
    is_printed = "print" in request.GET
    after = Key.read(request.GET.get("after", ""))
    rows = board.rows_of(user, filters, today=today)
    page = board.page(rows, user, today=today, after=after, size=PRINTED if is_printed else SIZE)
    access.collect(row.patient_id for row in page.rows)
    owners = board.owners_of(user, filters, today=today)
    context = {
        "columns": board.COLUMNS,
        "page": page,
        "owners": owners,
        "number": sum(owner.number for owner in owners),
        "filters": filters,
        "fields": filters.fields(user),
        "next_query": filters.query(after=page.next_key),
        "today_words": f"{today:%A} {today.day} {today:%B %Y}",
        "is_printed": is_printed,
        "at": at,
    }
    return render(request, "desk/pathway/not_started.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the board as a CSV file that no spreadsheet works out, saying who made it, when, and by which filters."""
    user, at = reader(request), timezone.now()
    filters = BoardFilters.read(request.GET)
    today = local_day(at)
    rows = board.rows_of(user, filters, today=today)
    page = board.page(rows, user, today=today, after=None, size=EXPORTED)
    access.collect(row.patient_id for row in page.rows)
    said: dict[str, Any] = {field.label.lower(): field.chosen for field in filters.fields(user) if field.is_chosen}
    end = colophon(user, at, said, cut_at=EXPORTED if page.next_key else None)
    content = to_csv(headings(board.COLUMNS), [*(values(row, board.COLUMNS) for row in page.rows), *end])
    access.collect_file(content, rows=len(page.rows))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="not-started-{today:%Y-%m-%d}.csv"'
    return answer
