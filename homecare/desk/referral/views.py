"""Refer a patient: find out who it is, register somebody new, ask what is missing, choose the treatment."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from homecare.accounts.permissions import Permission, require
from homecare.audit import access
from homecare.core import words
from homecare.core.errors import NotAllowed, Refused
from homecare.desk.deed_pages.enrolments import methods
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.deed_pages.pages import Doing, doing
from homecare.desk.patient_page.banner import banner_of
from homecare.desk.referral import drafts
from homecare.desk.referral.forms import NewPatientForm, ParticularsForm, SearchForm
from homecare.desk.referral.models import ReferralDraft
from homecare.desk.referral.presenter import draft_lines, matches_of, services_of
from homecare.desk.referral.treatment_form import ReferralForm
from homecare.navigation import address_of
from medicines.models import Medicine
from medicines.models.formulary import Approval
from patients import actions
from patients.actions.new_patient import AlreadyRegistered, LooksAlike
from patients.actions.referral import AlreadyTreated, open_treatment, refuse_second
from patients.lookalikes import Found, find_lookalikes
from patients.models import Enrolment, Patient, Treatment
from patients.particulars import in_words, missing_particulars
from patients.states import ENDED

ASKED = ("nhs_number", "hospital_number", "family_name", "given_name", "date_of_birth")


# -- who is it? -------------------------------------------------------------------------------------------------------


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Search for whoever is referred; show those who may be it side by side; list one's drafts."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    is_asked = any(request.GET.get(name) for name in ASKED)
    form = SearchForm(request.GET if is_asked else None, today=who.today)
    context: dict[str, Any] = {"form": form, "may_register": who.by.may(Permission.PATIENT_EDIT)}
    if is_asked and form.is_valid():
        found = find_lookalikes(form.identity, among=Patient.objects.visible_to(who.by))
        matches = matches_of(who.by, form.identity, found)
        if not matches and form.is_whole and not form.warning and context["may_register"]:
            return redirect(f"{reverse('refer_new_patient')}?{_asked(request.GET)}")
        asked = _asked(request.GET, different_from=[match.patient_id for match in matches])
        context |= {"matches": matches, "is_looked_for": True, "new_patient": asked,
                    "has_same_number": any(match.is_same_number for match in matches)}  # fmt: skip
    else:
        context["drafts"] = _my_drafts(who)
    return render(request, "desk/referral/find.html", context)


def _asked(given: QueryDict, *, different_from: list[int] | None = None) -> str:
    """Return what was asked as a query, to go on with."""
    query = QueryDict(mutable=True)
    for name in ASKED:
        if given.get(name):
            query.setlist(name, given.getlist(name)[-1:])
    query.setlist("different_from", [str(pk) for pk in different_from or []])
    return query.urlencode()


def _my_drafts(who: Doing) -> list[Any]:
    rows = ReferralDraft.objects.visible_to(who.by).in_time(who.at).select_related("patient", "medicine")
    return draft_lines(who.by, list(rows.order_by("-saved_at")))


@require_POST
def delete_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Delete one of one's own drafts."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    draft = get_object_or_404(ReferralDraft.objects.visible_to(who.by), pk=draft_id)
    drafts.delete_draft(draft=draft, by=who.by, at=who.at)
    messages.success(request, "Draft deleted.")
    return redirect("refer")


def _is_id(text: str) -> bool:
    """Say whether a text is a number that may name a record: digits such as "²" are none, and ids have an end."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def _draft(request: HttpRequest, who: Doing, page: str, **same: int) -> ReferralDraft | None:
    """Return the draft that this page goes on from, if the address or the form names one of one's own."""
    given = request.POST.get("draft") or request.GET.get("draft") or ""
    if not _is_id(given):
        return None
    rows = ReferralDraft.objects.visible_to(who.by).in_time(who.at)
    return rows.filter(pk=int(given), page=page, **same).first()


def _saved(request: HttpRequest, who: Doing, form: Deed, page: str, draft: Any, **of: Any) -> HttpResponse:
    """Save what was typed, right or wrong, and go to the list of drafts."""
    names = [*form.fields, "different_from"]
    drafts.save_draft(page=page, typed=request.POST, names=names, draft=draft, by=who.by, at=who.at, **of)
    messages.success(request, "Saved. It is kept for you under My drafts for 30 days.")
    return redirect("refer")


# -- somebody new -----------------------------------------------------------------------------------------------------


@methods
def new_patient(request: HttpRequest) -> HttpResponse:
    """Register a patient who is not on record; a look-alike is judged first."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    require(who.by, Permission.PATIENT_EDIT)
    draft = _draft(request, who, ReferralDraft.Page.NEW_PATIENT)
    different = _different(request, draft)
    form = NewPatientForm(
        request.POST if request.method == "POST" else None, today=who.today, initial=_begun(request, draft)
    )
    if "save" in request.POST:
        return _saved(request, who, form, ReferralDraft.Page.NEW_PATIENT, draft)
    found: Sequence[Found] = ()
    if request.method == "POST" and form.is_valid():
        try:
            patient = _register(form, who, different, draft)
        except LooksAlike as refusal:
            form.refused(refusal)
            found = refusal.found
        except AlreadyRegistered as refusal:
            form.refused(refusal)
            found = [one for one in find_lookalikes(form.person.identity) if one.patient_id == refusal.patient_id]
        except Refused as refusal:
            form.refused(refusal)
        else:
            messages.success(request, f"{words.person(patient.family_name, patient.given_name)} is on record.")
            return redirect("refer_patient", patient.pk)
    matches = matches_of(who.by, form.person.identity, found) if found else []
    shown = {match.patient_id for match in matches}
    context = {
        "form": form, "draft": draft, "matches": matches,
        "is_new": request.method == "GET" and draft is None and bool(request.GET.get("family_name")),
        "different": [pk for pk in different if pk not in shown],
    }  # fmt: skip
    return _answer(request, "desk/referral/new_patient.html", context)


def _register(form: NewPatientForm, who: Doing, different: list[int], draft: ReferralDraft | None) -> Patient:
    judged = f"Judged a different person from the records {', '.join(map(str, different))}." if different else ""
    with transaction.atomic():
        if draft is not None:
            drafts.delete_draft(draft=draft, by=who.by, at=who.at)
        return actions.register_patient(
            person=form.person, different_from=different, reason=judged, by=who.by, at=who.at
        )


def _begun(request: HttpRequest, draft: ReferralDraft | None) -> dict[str, Any]:
    """Return what the form begins with: what a draft holds, or what was searched for."""
    if draft is None:
        return {name: request.GET[name] for name in ASKED if name in request.GET}
    return {name: typed if name == "needs" else typed[-1] for name, typed in draft.values().items()}


def _different(request: HttpRequest, draft: ReferralDraft | None) -> list[int]:
    """Return the patients of whom somebody has said that they are not the one who is referred."""
    given = request.POST if request.method == "POST" else request.GET
    said = given.getlist("different_from") or (draft.values().get("different_from", []) if draft else [])
    return sorted({int(pk) for pk in said if _is_id(pk)})


# -- what is missing --------------------------------------------------------------------------------------------------


def _patient(who: Doing, patient_id: int) -> Patient:
    """Return a patient who can be referred."""
    rows = Patient.objects.visible_to(who.by).select_related("recipient")
    patient = get_object_or_404(rows, pk=patient_id)
    access.collect([patient.pk])
    if patient.deceased:
        raise Refused("This patient has died and cannot be referred.", code="deceased")
    return patient


@methods
def particulars(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Ask for what is missing of a known patient, and only that."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    patient = _patient(who, patient_id)
    missing = missing_particulars(patient)
    if not missing:
        return redirect("refer_patient", patient.pk)
    if not who.by.may(Permission.PATIENT_EDIT):
        said = f"Before the referral somebody must record {in_words(missing)}."
        raise NotAllowed(f"{said} {who.by.refusal(Permission.PATIENT_EDIT)}")
    form = ParticularsForm(request.POST if request.method == "POST" else None, missing=missing, today=who.today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.complete_particulars(patient=patient, by=who.by, at=who.at, **form.particulars)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect("refer_patient", patient.pk)
    context = {"form": form, "banner": banner_of(patient, today=who.today), "missing": in_words(missing)}
    return _answer(request, "desk/referral/particulars.html", context)


# -- the treatment ----------------------------------------------------------------------------------------------------


@methods
def referral(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Choose the medicine, then the rest of the treatment; refer."""
    who = doing(request, Permission.ENROLMENT_EDIT)
    patient = _patient(who, patient_id)
    if missing_particulars(patient):
        return redirect("refer_particulars", patient.pk)
    chosen = request.POST.get("medicine") or request.GET.get("medicine") or ""
    medicines = Medicine.objects.visible_to(who.by).filter(status=Approval.APPROVED)
    medicine = get_object_or_404(medicines, pk=int(chosen)) if _is_id(chosen) else None
    if medicine is None:
        return _choose_medicine(request, who, patient)
    treatment = open_treatment(patient, medicine)
    try:
        if treatment is not None:
            refuse_second(treatment, at=who.at)
    except AlreadyTreated as refusal:
        return _choose_medicine(request, who, patient, refusal)
    return _refer(request, who, patient, medicine, treatment)


def _choose_medicine(
    request: HttpRequest, who: Doing, patient: Patient, refusal: AlreadyTreated | None = None
) -> HttpResponse:
    offered = Medicine.objects.visible_to(who.by).filter(status=Approval.APPROVED, services__isnull=False)
    ended = [str(status) for status in ENDED]
    context = {
        "banner": banner_of(patient, today=who.today),
        "medicines": list(offered.distinct().order_by("name")),
        "enrolments": list(
            Enrolment.objects.visible_to(who.by).filter(patient=patient).exclude(status__in=ended)
            .select_related("medicine", "service__provider", "treatment").order_by("-pk")
        ),
        "refusal": refusal,
        "refused_at": _address_of(refusal.enrolment_id, patient.pk) if refusal else "",
    }  # fmt: skip
    return render(request, "desk/referral/medicine.html", context, status=200 if refusal is None else 409)


def _refer(
    request: HttpRequest, who: Doing, patient: Patient, medicine: Medicine, treatment: Treatment | None
) -> HttpResponse:
    page = ReferralDraft.Page.REFERRAL
    draft = _draft(request, who, page, patient_id=patient.pk, medicine_id=medicine.pk)
    services = services_of(who.by, medicine)
    form = ReferralForm(
        request.POST if request.method == "POST" else None,
        medicine=medicine, services=list(services.open), today=who.today, initial=_known(draft, treatment),
    )  # fmt: skip
    if "save" in request.POST:
        return _saved(request, who, form, page, draft, patient=patient, medicine=medicine)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if draft is not None:
                    drafts.delete_draft(draft=draft, by=who.by, at=who.at)
                enrolment = actions.refer(patient=patient, referral=form.referral, by=who.by, at=who.at)
        except AlreadyTreated as refusal:
            return _choose_medicine(request, who, patient, refusal)
        except Refused as refusal:
            form.refused(refusal)
        else:
            messages.success(request, f"Referred for {medicine} to {enrolment.service.provider}.")
            return redirect(_address_of(enrolment.pk, patient.pk))
    context = {
        "form": form, "draft": draft, "medicine": medicine, "services": services,
        "banner": banner_of(patient, today=who.today),
    }  # fmt: skip
    return _answer(request, "desk/referral/referral.html", context)


def _known(draft: ReferralDraft | None, treatment: Treatment | None) -> dict[str, Any]:
    """Return what the form begins with: what a draft holds, or what is known of a treatment that is taken up again."""
    if draft is not None:
        return {name: typed[-1] for name, typed in draft.values().items()}
    if treatment is None:
        return {}
    names = ("product", "clinic", "consultant", "initiating_prescriber")
    return {name: getattr(treatment, f"{name}_id") for name in names} | {
        "indication": treatment.indication,
        "line_of_therapy": treatment.line_of_therapy,
    }


def _address_of(enrolment_id: int, patient_id: int) -> str:
    """Return where an enrolment is shown: its own page where there is one, else its place on the patient's."""
    own = address_of("enrolment", enrolment_id)
    return own or f"{reverse('patient', args=[patient_id])}#enrolment-{enrolment_id}"


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=200 if request.method == "GET" else 422)
