"""Pages about oneself and about roles, and the pages that say what went wrong."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from homecare.accounts import kept_forms, middleware, roles
from homecare.accounts.permissions import Permission
from homecare.core.uploads import UploadTooLarge


@require_GET
def show_roles(request: HttpRequest) -> HttpResponse:
    """Print who may do what."""
    shown: list[type[roles.Role]] = [*roles.HUMAN_ROLES, roles.ProviderClient]
    rows = [(permission.words, [permission in role.permissions for role in shown]) for permission in Permission]
    return render(request, "account/roles.html", {"roles": shown, "rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Say how long the session goes on; a POST is somebody saying "I am here"."""
    return JsonResponse({"seconds_left": middleware.seconds_left(request), "user": request.user.pk})


@require_POST
def time_out(request: HttpRequest) -> HttpResponse:
    """End an idle session from its page, keeping what was typed there for the same person."""
    typed = QueryDict(request.POST.get("fields", ""))
    page, action = request.POST.get("page", ""), request.POST.get("action", "")
    owner_id = middleware.end(request)
    if typed:
        kept_forms.keep_draft(request, owner_id=owner_id, page=page, action=action, typed=typed)
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """Show the form that was sent after the session had ended, to be sent now or thrown away."""
    kept = kept_forms.sent_for(request)
    if request.method == "POST":
        kept_forms.forget(request)
        messages.info(request, "The form was thrown away. Nothing was saved.")
        return redirect("home")
    if kept is None:
        return redirect("home")
    return render(request, "account/kept_form.html", {"kept": kept})


LAST_RESORT = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Something broke on our side</title></head>
<body><main><h1>Something broke on our side</h1>
<p>What you sent was not saved. Try again in a minute; if it goes on, give your system administrator this reference.
Patients can still be helped from the printed worklist.</p>
<p>Reference: {reference}</p></main></body></html>
"""


def reference() -> str:
    """Return the id under which this request stands in the logs and in history."""
    found = structlog.contextvars.get_contextvars().get("request_id", "")
    return str(found)


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """Render the page for a status, with words that say what to do and a reference to quote."""
    context: dict[str, Any] = {"status": status, "message": message, "reference": reference()}
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense."""
    return error_page(request, 400, str(exception) if isinstance(exception, UploadTooLarge) else "")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not."""
    return error_page(request, 403, str(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page had grown old, or that came from elsewhere."""
    return error_page(request, 403, "The page was too old to be sent. Go back, reload it, and send it again.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is none."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke on our side: plainly, if the page itself is what broke."""
    try:
        return error_page(request, 500)
    except Exception:  # whatever it is, somebody must be told what to do
        return HttpResponse(LAST_RESORT.format(reference=escape(reference())), status=500)
