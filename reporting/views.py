"""The Chief Pharmacist's home page: first counts, each as a chart and as a table, every number a link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.core.clock import local_day
from reporting import charts, counts


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show the counts."""
    user, at = _reader(request), timezone.now()
    context = {"dimensions": counts.dimensions(user), "figures": counts.figures(user, today=local_day(at)), "at": at}
    return render(request, "reporting/overview.html", context)


@require_GET
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """Give one chart as a picture; its table stands beside it on the page."""
    found = next((one for one in counts.dimensions(_reader(request)) if one.name == name), None)
    if found is None or not found.slices:
        raise Http404
    answer = HttpResponse(charts.bars(found), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=60"
    return answer


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    require(request.user, Permission.DASHBOARD_VIEW)
    return request.user
