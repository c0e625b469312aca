"""Finding a patient, and the patient's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.desk.patient_page import search
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import page_of
from homecare.desk.today.cells import Cell, Column, Row, patient_cell
from patients.models import Patient

COLUMNS = (Column("Patient", "NHS number and date of birth"), Column("Hospital number"), Column("Notices"))


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find a patient; one match opens its page."""
    user = reader(request)
    text, today = request.GET.get("q", "").strip()[:100], local_day(timezone.now())
    asked = search.understand(text, today=today)
    found = search.find(user, asked) if text else search.lately_seen(user)
    if text and len(found) == 1:
        return redirect("patient", found[0].pk)
    access.collect(patient.pk for patient in found)
    context = {
        "text": text,
        "asked": asked,
        "columns": COLUMNS,
        "rows": [_row(patient) for patient in found[: search.MOST]],
        "has_more": len(found) > search.MOST,
        "at": timezone.now(),
    }
    return render(request, "desk/patients.html", context)


@require_GET
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show one patient."""
    user, today = reader(request), local_day(timezone.now())
    found = get_object_or_404(Patient.objects.visible_to(user).select_related("recipient"), pk=patient_id)
    access.collect([found.pk])
    context = {"banner": banner_of(found, today=today), "patient": found, "at": timezone.now()}
    return render(request, "desk/patient.html", context | page_of(found, user, today=today) | permissions(user))


def reader(request: HttpRequest) -> User:
    """Return the signed-in user, who may see patients, or refuse."""
    assert isinstance(request.user, User)
    require(request.user, Permission.PATIENT_VIEW)
    return request.user


def permissions(user: User) -> dict[str, object]:
    """Return what the page asks: what this user may do, by the permission's name."""
    return {"may": {str(permission): user.may(permission) for permission in Permission}}


def _row(found: Patient) -> Row:
    notices = [
        words
        for is_so, words in (
            (found.deceased, "deceased"),
            (found.restricted, "restricted"),
            (found.do_not_contact, "do not contact"),
        )
        if is_so
    ]
    return Row((patient_cell(found), Cell(found.hospital_number), Cell(", ".join(notices))), found.pk)
