"""A refusal that no form shows becomes a page: 403 where somebody may not, 409 where it cannot be done now."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from homecare.accounts.views import error_page
from homecare.core.errors import NotAllowed, Refused


class RefusalPages:
    """Answer refusals on pages for people; the API answers its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say what was refused, and what to do instead."""
        if not isinstance(exception, Refused) or request.path.startswith("/api/"):
            return None
        return error_page(request, 403 if isinstance(exception, NotAllowed) else 409, exception.message)
