"""The texts and checklists that patients are given and asked: read, approved, and added to."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from homecare.accounts.permissions import Permission
from homecare.desk.assessing.forms import short_field
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from homecare.desk.deed_pages.pages import Page, doing
from homecare.desk.patient_page.views import permissions
from homecare.desk.services.pages import looking, service_deed
from medicines.models import Medicine
from patients.actions import content as deeds
from patients.models import CharterPoint, ConsentText, InformationLeaflet, SuitabilityChecklist

methods = require_http_methods(["GET", "POST"])


class ApproveForm(Deed):
    """Nothing to fill in: one reads, and presses."""


class ConsentTextForm(Deed):
    """A new version of what patients agree to."""

    version = short_field("Version", max_length=20, required=True)
    body = forms.CharField(
        label="The words, one paragraph a line", max_length=8000, widget=forms.Textarea(attrs={"rows": 12})
    )
    easy_read_body = forms.CharField(
        label="In easy read", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    source = short_field("Source", max_length=300, required=True, help_text="Who wrote it, and what it is drawn from.")


class LeafletForm(Deed):
    """A leaflet in one version, format and language."""

    code = forms.SlugField(label="Code", max_length=40, help_text="Letters and figures, the same for every version.")
    title = short_field("Title", max_length=200, required=True)
    version = short_field("Version", max_length=20, required=True)
    leaflet_format = forms.ChoiceField(
        label="Format", choices=InformationLeaflet.Format.choices, widget=forms.RadioSelect, initial="STANDARD"
    )
    language = short_field("Language", max_length=40, required=True)
    medicine = forms.ModelChoiceField(
        label="Only for this medicine", queryset=Medicine.objects.none(), required=False, empty_label="Every medicine"
    )
    source = short_field("Source", max_length=300, required=True, help_text="Who publishes it, and where it is.")

    def __init__(self, *args: Any, medicines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["medicine"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = medicines
        self.fields["language"].initial = "English"


class RetireForm(Deed):
    """The day from which a leaflet is given to nobody."""

    today_in = "retired_on"
    retired_on = day_field("Not given from")
    reason = words_field("Why", required=False)


@require_GET
def content(request: HttpRequest) -> HttpResponse:
    """List the checklists, consent texts, the charter and the leaflets, with what waits for approval."""
    user = looking(request).by
    context = {
        "checklists": SuitabilityChecklist.objects.visible_to(user).select_related("approved_by").order_by("-pk"),
        "texts": ConsentText.objects.visible_to(user).select_related("approved_by").order_by("-pk"),
        "points": CharterPoint.objects.visible_to(user).filter(is_current=True).order_by("order"),
        "leaflets": InformationLeaflet.objects.visible_to(user).select_related("medicine").order_by("title", "pk"),
    }
    return render(request, "desk/assessing/content.html", context | permissions(user))


@methods
def checklist(request: HttpRequest, checklist_id: int) -> HttpResponse:
    """Show one checklist with its questions; approve it."""
    who = looking(request)
    found = get_object_or_404(SuitabilityChecklist.objects.visible_to(who.by), pk=checklist_id)
    more = {"checklist": found, "questions": found.questions.order_by("order")}
    return _approval(request, found, more, lambda: deeds.approve_checklist(checklist=found, by=who.by, at=who.at))


@methods
def consent_text(request: HttpRequest, text_id: int) -> HttpResponse:
    """Show one consent text word for word; approve it."""
    who = looking(request)
    found = get_object_or_404(ConsentText.objects.visible_to(who.by), pk=text_id)
    return _approval(
        request, found, {"text": found}, lambda: deeds.approve_consent_text(text=found, by=who.by, at=who.at)
    )


def _approval(request: HttpRequest, found: Any, more: dict[str, Any], approve: Any) -> HttpResponse:
    if request.method == "POST":
        who = doing(request, Permission.PROTOCOL_APPROVE)
        page = Page("Approve", "Approve", "Approved. It is in force from now on.", reverse("pathway_content"))
        form = ApproveForm(request.POST, today=who.today)
        return service_deed(request, form=form, page=page, about=_about(), act=lambda _: approve())
    user = looking(request).by
    context = {"found": found, **more} | permissions(user)
    return render(request, "desk/assessing/approve.html", context)


def _about() -> list[tuple[str, str]]:
    return [("Back to", "Texts and checklists")]


@methods
def consent_text_add(request: HttpRequest) -> HttpResponse:
    """Write a new version of the consent text, as a draft."""
    who = doing(request, Permission.REFERENCE_EDIT)
    page = Page(
        "Write a consent text",
        "Save as draft",
        "Saved as a draft. A pharmacist or the Chief Pharmacist approves it.",
        reverse("pathway_content"),
        consequences=("It is a draft: the text in force stays in force until this one is approved.",),
    )
    form = ConsentTextForm(request.POST if request.method == "POST" else None, today=who.today)
    return service_deed(
        request,
        form=form,
        page=page,
        about=_about(),
        act=lambda given: deeds.add_consent_text(by=who.by, at=who.at, **given),
    )


@methods
def leaflet_add(request: HttpRequest) -> HttpResponse:
    """Record a leaflet that patients may be given."""
    who = doing(request, Permission.REFERENCE_EDIT)
    page = Page("Add a leaflet", "Add leaflet", "Leaflet added.", reverse("pathway_content"))
    form = LeafletForm(
        request.POST if request.method == "POST" else None,
        today=who.today,
        medicines=Medicine.objects.visible_to(who.by).order_by("name"),
    )
    return service_deed(request, form=form, page=page, about=_about(), act=lambda given: _add(given, who))


def _add(given: dict[str, Any], who: Any) -> InformationLeaflet:
    medicine = given.pop("medicine")
    return deeds.add_leaflet(medicine_id=medicine.pk if medicine else None, by=who.by, at=who.at, **given)


@methods
def leaflet_retire(request: HttpRequest, leaflet_id: int) -> HttpResponse:
    """Record that a leaflet is given no more."""
    who = doing(request, Permission.REFERENCE_EDIT)
    found = get_object_or_404(InformationLeaflet.objects.visible_to(who.by), pk=leaflet_id)
    page = Page(
        "Retire a leaflet",
        "Retire leaflet",
        "Leaflet retired.",
        reverse("pathway_content"),
        consequences=("It is offered to nobody new. Who was given it stays on record.",),
    )
    form = RetireForm(request.POST if request.method == "POST" else None, today=who.today)
    return service_deed(
        request,
        form=form,
        page=page,
        about=[*_about(), ("Leaflet", str(found))],
        act=lambda given: deeds.retire_leaflet(leaflet=found, by=who.by, at=who.at, **given),
    )
