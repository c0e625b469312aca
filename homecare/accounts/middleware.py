"""Nobody sees anything without signing in; sessions end when idle; people need a second factor."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from homecare.accounts import kept_forms
from homecare.accounts.models import User

ACTIVE_AT = "active_at"
ENDED = "ended_by_idleness"
FINENESS = 15  # seconds; the session row is written no more often than this
BACKGROUND = "X-Background"  # a page that refreshes itself says so, and does not keep its reader signed in

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class IdleSession:
    """End a session after 15 idle minutes, keeping the form that arrives too late."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """End the session, or note that its owner is there."""
        if request.user.is_authenticated:
            if seconds_left(request) <= 0:
                request.idle_owner_id = end(request)  # type: ignore[attr-defined]
            else:
                if BACKGROUND not in request.headers:
                    touch(request)
                kept_forms.forget_if_sent(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Keep a form that came too late. (By now it has shown that it comes from one of our own pages.)"""
        owner_id = getattr(request, "idle_owner_id", None)
        if owner_id is not None and kept_forms.can_keep(request):
            kept_forms.keep_sent(request, owner_id=owner_id)


def seconds_left(request: HttpRequest) -> int:
    """Return how long the session goes on if nothing happens."""
    active_at = request.session.get(ACTIVE_AT)
    if active_at is None:
        return int(settings.SESSION_IDLE_SECONDS)
    return int(settings.SESSION_IDLE_SECONDS - (timezone.now().timestamp() - active_at))


def touch(request: HttpRequest) -> None:
    """Note that the session's owner is there."""
    now = int(timezone.now().timestamp())
    if now - request.session.get(ACTIVE_AT, 0) >= FINENESS:
        request.session[ACTIVE_AT] = now


def end(request: HttpRequest) -> int:
    """Sign out, saying why on the sign-in page; return whose session it was."""
    owner_id = int(request.user.pk or 0)
    logout(request)
    request.session[ENDED] = True
    return owner_id


class SignInRequired(LoginRequiredMiddleware):
    """Refuse every page that does not say otherwise (`login_not_required`) to those who are not signed in."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *view: Any
    ) -> HttpResponseBase | None:
        """Send strangers to sign in, and refuse clients and system actors a browser session."""
        if getattr(view_func, "login_required", True) and isinstance(request.user, User) and not request.user.is_human:
            raise PermissionDenied("Only people use these pages.")
        answer: HttpResponseBase | None = super().process_view(request, view_func, *view)
        return answer

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Send the browser to sign in and back; a form that was kept is shown first."""
        target = reverse("kept_form") if kept_forms.SENT in request.session else _way_back(request)
        sign_in = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': target})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
        return HttpResponseRedirect(sign_in)


def _way_back(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("home")


class NothingKept:
    """Let no browser or proxy keep a copy: wards share computers, and Back must not show another's patients."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Say so on every answer that says nothing else about it."""
        response = self.get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response


class SecondFactorRequired:
    """Send a person without a second factor to set one up, before anything else."""

    ALLOWED = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "session",
            "time_out",
        }
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *view: Any
    ) -> HttpResponseBase | None:
        """Ask for a second factor where one is needed and there is none."""
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if not getattr(view_func, "login_required", True) or name in self.ALLOWED:
            return None
        has_one = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
        return None if has_one else redirect("mfa_activate_totp")
