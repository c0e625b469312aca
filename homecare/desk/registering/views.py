"""The page of a registration, and its files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.patient_page.views import permissions, reader
from homecare.desk.register.exports import to_csv
from homecare.desk.registering.presenter import shown
from patients.models import Enrolment, Registration
from patients.pathway.registration_data import flat
from patients.registration_print import as_json, as_pdf

JOINED = ("patient__recipient", "medicine", "treatment__product", "service__provider", "clinic")
CONTENT_TYPES = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv; charset=utf-8"}


@require_GET
def registration(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show what a registration lacks, what is sent, and what the provider answered."""
    user, at = reader(request), timezone.now()
    today = local_day(at)
    enrolment = get_object_or_404(Enrolment.objects.visible_to(user).select_related(*JOINED), pk=enrolment_id)
    access.collect([enrolment.patient_id])
    context = {
        "banner": banner_of(enrolment.patient, today=today),
        "enrolment": enrolment,
        "title": title_of(enrolment),
        "shown": shown(enrolment, user, at=at, today=today),
        "today": today,
    }
    return render(request, "desk/registering/registration.html", context | permissions(user))


@require_GET
def file(request: HttpRequest, registration_id: int, kind: str) -> HttpResponse:
    """Give a registration as it was sent, as PDF, JSON or CSV; who took it is on record with the file's fingerprint."""
    assert isinstance(request.user, User)
    user = request.user
    require(user, Permission.CLINICAL_VIEW)  # it names the indication
    found = get_object_or_404(Registration.objects.visible_to(user), pk=registration_id)
    access.collect([found.patient_id])
    content = _content(found, kind, user)
    access.collect_file(content, rows=1)
    answer = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    name = f"registration-{str(found.reference)[:8]}-{found.attempt}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _content(found: Registration, kind: str, user: User) -> bytes:
    if kind == "pdf":
        return as_pdf(found, printed_by=str(user), at=timezone.now())
    if kind == "json":
        return as_json(found)
    if kind == "csv":
        return to_csv(["Field", "Value"], flat(found.as_sent))
    raise Http404
