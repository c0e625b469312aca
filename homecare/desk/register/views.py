"""The import pages: upload, match columns, look at what would happen, commit, and what became of it."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import collect, collect_file
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.desk.register import presenters, running, uploads
from homecare.desk.register.forms import MatchForm, ReviewForm, UploadForm
from homecare.desk.register.models import RegisterImport, RegisterImportRow

PAGE = 50
Status = RegisterImport.Status


def _importer(request: HttpRequest) -> User:
    """Return who asks, if they may import; else answer 403, saying who may."""
    user = cast(User, request.user)
    if not user.may(Permission.REGISTER_IMPORT):
        raise PermissionDenied(user.refusal(Permission.REGISTER_IMPORT))
    return user


def _asked_for(user: User, pk: int) -> RegisterImport:
    found = RegisterImport.objects.visible_to(user).select_related("uploaded_by", "committed_by", "reviewed_by")
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "POST"])
def show_imports(request: HttpRequest) -> HttpResponse:
    """List the imports that wait for somebody, and all before them; take a new register."""
    user = _importer(request)
    now = timezone.now()
    form = UploadForm(request.POST or None, request.FILES or None, initial={"as_at": local_day(now)})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = uploads.upload_register(file=file, name=file.name, as_at=form.cleaned_data["as_at"], by=user, at=now)
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("register_import", pk=kept.pk)
    show = request.GET.get("show", "review")
    found = RegisterImport.objects.visible_to(user).select_related("uploaded_by", "committed_by").order_by("-pk")
    waiting = found.to_review()
    context = {
        "form": form,
        "show": show,
        "waiting_count": waiting.count(),
        "page": Paginator(found if show == "all" else waiting, PAGE).get_page(request.GET.get("page")),
        "tags": presenters.TAGS,
    }
    return render(request, "desk/register/imports.html", context)


@require_GET
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an import: its columns to match, its preview, how far it has come, or what became of it."""
    user = _importer(request)
    kept = _asked_for(user, pk)
    if kept.status == Status.UPLOADED or ("match" in request.GET and kept.status in (Status.CHECKED, Status.REFUSED)):
        return _show_match(request, kept, MatchForm(uploads.columns_seen(kept)))
    context = {"kept": kept, "tag": presenters.TAGS[kept.status], "figures": presenters.figures(kept.counts)}
    if kept.status in (Status.CHECKING, Status.COMMITTING):
        context["progress"] = presenters.progress(kept, getattr(kept, "progress", None), now=timezone.now())
    elif kept.status in (Status.CHECKED, Status.FAILED):
        context |= _preview(request, kept)
    elif kept.status == Status.COMMITTED:
        context |= _on_record(request, user, kept)
    return render(request, "desk/register/import.html", context)


def _show_match(request: HttpRequest, kept: RegisterImport, form: MatchForm) -> HttpResponse:
    return render(request, "desk/register/match.html", {"kept": kept, "form": form})


def _preview(request: HttpRequest, kept: RegisterImport) -> dict[str, object]:
    show = request.GET.get("show", "")
    preview = kept.file.preview
    page = Paginator(presenters.preview_rows(preview, show), PAGE).get_page(request.GET.get("page"))
    collect(row["patient"] for row in page)
    return {
        "rows": presenters.shown_in_preview(page),
        "page": page,
        "show": show,
        "is_cut": len(preview) >= running.MOST_IN_PREVIEW,
        "most": running.MOST_IN_PREVIEW,
    }


def _on_record(request: HttpRequest, user: User, kept: RegisterImport) -> dict[str, object]:
    show = request.GET.get("show", "")
    found = RegisterImportRow.objects.visible_to(user).filter(register_import=kept).select_related("enrolment")
    page = Paginator(found.to_look_at(show), PAGE).get_page(request.GET.get("page"))
    collect(row.enrolment.patient_id for row in page if row.enrolment is not None)
    return {"rows": presenters.shown_on_record(page), "page": page, "show": show, "review_form": ReviewForm()}


@require_POST
def match_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Take which column is which field, and have the rows checked."""
    user = _importer(request)
    kept = _asked_for(user, pk)
    form = MatchForm(uploads.columns_seen(kept), request.POST)
    if not form.is_valid():
        return _show_match(request, kept, form)
    try:
        uploads.match_columns(kept=kept, columns=form.mapping(), by=user, at=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return _show_match(request, kept, form)
    return redirect("register_import", pk=pk)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit, discard, review, or do what waits for a worker here and now."""
    user = _importer(request)
    kept = _asked_for(user, pk)
    try:
        words = _do(request, kept, user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if words:
            messages.success(request, words)
    return redirect("register_import", pk=pk)


def _do(request: HttpRequest, kept: RegisterImport, user: User) -> str:
    decision, now = request.POST.get("decision", ""), timezone.now()
    if decision == "commit":
        uploads.start_commit(kept=kept, by=user, at=now)
        return ""
    if decision == "discard":
        uploads.discard(kept=kept, by=user, at=now)
        return "Discarded. Nothing of it was taken, and the file is deleted."
    if decision == "review":
        form = ReviewForm(request.POST)
        if not form.is_valid():
            raise Refused("Say what was done about the rows.")
        uploads.review(kept=kept, note=form.cleaned_data["note"], by=user, at=now)
        return "Recorded: the rows of this import have been dealt with."
    if decision == "now":
        running.check_register(import_id=kept.pk, at=now)
        running.commit_import(import_id=kept.pk, at=now)
        return ""
    raise Refused("Say what is to be done with this import.")


@require_GET
def show_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the work has come; when it is over, have the page loaded anew."""
    kept = _asked_for(_importer(request), pk)
    shown = presenters.progress(kept, getattr(kept, "progress", None), now=timezone.now())
    answer = render(request, "desk/register/progress.html", {"kept": kept, "progress": shown})
    if shown.is_over:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
def download_rejected(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give the rejected rows with their reasons, to be corrected and uploaded again."""
    user = _importer(request)
    kept = _asked_for(user, pk)
    if kept.status == Status.COMMITTED:
        found = RegisterImportRow.objects.visible_to(user).filter(register_import=kept, outcome="REJECTED")
        rows = [(row.cells or [], row.reason) for row in found.order_by("number")]
    elif kept.status == Status.CHECKED:
        register, decisions = running.reread(kept)
        rows = [
            (register.cells(position), str(decision.reason))
            for position, decision in enumerate(decisions)
            if decision.outcome == "REJECTED"
        ]
    else:
        raise Http404
    content, content_type = presenters.rejected_file(kept.headings, rows, kind=kind)
    collect_file(content, rows=len(rows))
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="rejected-rows-{kept.pk}.{kind}"'
    return answer
