"""The charter of a patient's own service and the welcome letter, on screen and as PDF."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from homecare.accounts.models import User
from homecare.audit import access
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.core.printing import PrintStyle, typst_pdf
from homecare.desk.assessing import charter as charters
from homecare.desk.assessing.shared import enrolment_for
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.patient_page.views import permissions, reader
from patients.models import Enrolment


def _needs(enrolment: Enrolment) -> list[str]:
    return list(enrolment.patient.accessible_needs.order_by("pk").values_list("kind", flat=True))


@require_GET
def charter(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show the charter as it will be printed, and say first what is missing from it."""
    user, at = reader(request), timezone.now()
    enrolment = enrolment_for(user, enrolment_id)
    access.collect([enrolment.patient_id])
    needs = _needs(enrolment)
    look = charters.look_for(needs, asked=request.GET.get("style", ""))
    context = {
        "banner": banner_of(enrolment.patient, today=local_day(at)),
        "enrolment": enrolment,
        "title": title_of(enrolment),
        "sections": charters.charter_of(enrolment, is_easy=look.is_easy),
        "missing": charters.missing_of(enrolment.service),
        "not_on_paper": charters.not_on_paper(needs),
        "look": look,
        "asked": request.GET.get("style", "") if request.GET.get("style", "") in PrintStyle.__members__ else "",
        "styles": [(style.value, charters.look_for([style]).words) for style in PrintStyle],
        "printed_by": user,
        "at": at,
    }
    return render(request, "desk/assessing/charter.html", context | permissions(user))


@require_GET
def charter_pdf(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Give the charter as PDF; who took it is on record with the file's fingerprint."""
    user = reader(request)
    enrolment = enrolment_for(user, enrolment_id)
    look = charters.look_for(_needs(enrolment), asked=request.GET.get("style", ""))
    title = "Your medicine at home" if look.is_easy else "Your homecare charter"
    return _pdf("charter", charters.printed_charter(enrolment, look), enrolment, look, user, title=title)


@require_GET
def welcome_pdf(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Give the welcome letter as PDF."""
    user = reader(request)
    enrolment = enrolment_for(user, enrolment_id)
    look = charters.look_for(_needs(enrolment), asked=request.GET.get("style", ""))
    values = charters.printed_welcome(enrolment, look, today=local_day(timezone.now()))
    return _pdf("welcome", values, enrolment, look, user, title="Welcome to homecare")


def _pdf(
    template: str, values: Mapping[str, Any], enrolment: Enrolment, look: charters.Look, user: User, *, title: str
) -> HttpResponse:
    access.collect([enrolment.patient_id])
    if enrolment.patient.deceased:
        raise Refused("This patient has died: nothing is printed for them any more.", code="deceased")
    content = typst_pdf(template, values, title=title, printed_by=str(user), at=timezone.now(), style=look.style)
    access.collect_file(content, rows=1)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{template}-{enrolment.pk}.pdf"'
    return answer
