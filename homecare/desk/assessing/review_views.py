"""The page of what is due to be looked at again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.assessing.reviews import all_lists
from homecare.desk.patient_page.views import reader


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """Show what is due: plans of safe supply, suitability, accessible information, moves to the adult service."""
    user, at = reader(request), timezone.now()
    lists = all_lists(user, today=local_day(at))
    access.collect(row.patient_id for one in lists for row in one.rows)
    return render(request, "desk/assessing/reviews.html", {"lists": lists, "at": at})
