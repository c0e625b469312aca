"""A form that was being filled in when a session ended is kept for the same person, and for nobody else.

It waits in the (signed-out) session: `sent` is a form that was sent too late, shown after signing in again with one
button to send it now; `draft` is what was typed on a page, put back by the page's script. Another person who signs
in from the same browser finds neither.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

from homecare.accounts.models import User

SENT, DRAFT = "kept_form", "kept_draft"
LARGEST = 100_000  # characters
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code"})


def can_keep(request: HttpRequest) -> bool:
    """Say whether this is an ordinary form of ours (no file, no sign-in page, not too large)."""
    return (
        request.method == "POST"
        and not request.path.startswith(("/accounts/", "/account/", "/api/"))
        and request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}
        and not request.FILES
        and len(request.POST.urlencode()) <= LARGEST
    )


def keep_sent(request: HttpRequest, *, owner_id: int) -> None:
    """Keep a form that arrived after its session had ended."""
    request.session[SENT] = {"owner": owner_id, "path": request.get_full_path(), "fields": fields_of(request.POST)}


def keep_draft(request: HttpRequest, *, owner_id: int, page: str, action: str, typed: QueryDict) -> None:
    """Keep what was typed on a page whose session is ending."""
    if not is_ours(page) or not is_ours(action) or len(typed.urlencode()) > LARGEST:
        return
    request.session[DRAFT] = {"owner": owner_id, "page": page, "action": action, "fields": fields_of(typed)}


def sent_for(request: HttpRequest) -> dict[str, Any] | None:
    """Return the kept form of the person who is signed in."""
    return _owned(request, SENT)


def draft_for(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the person who is signed in had typed on this page."""
    draft = _owned(request, DRAFT)
    return draft if draft and draft["page"] == request.get_full_path() else None


def forget(request: HttpRequest) -> None:
    """Forget whatever was kept."""
    for name in (SENT, DRAFT):
        request.session.pop(name, None)


def forget_if_sent(request: HttpRequest) -> None:
    """Forget a kept form when its address is posted to, and anything kept for somebody else."""
    for name in (SENT, DRAFT):
        kept = request.session.get(name)
        if kept is None:
            continue
        target = urlsplit(kept.get("action") or kept["path"]).path
        if kept["owner"] != request.user.pk or (request.method == "POST" and target == request.path):
            del request.session[name]


def fields_of(data: QueryDict) -> list[list[str]]:
    """Return the fields as pairs, without passwords, codes and tokens."""
    return [[name, value] for name, values in data.lists() if name not in NEVER_KEPT for value in values]


def is_ours(address: str) -> bool:
    """Say whether an address is a plain path of this service."""
    parts = urlsplit(address)
    return address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme


def _owned(request: HttpRequest, name: str) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = request.session.get(name)
    return kept if kept and isinstance(request.user, User) and kept["owner"] == request.user.pk else None
