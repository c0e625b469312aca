"""Is the web server well? Asked by container engines and monitors; says nothing about anybody."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

PATH = "/health/"


class HealthMiddleware:
    """Answer `/health/` before host names, sessions and sign-in are looked at: 200, or 503 without a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass the request on."""
        return health() if request.path_info == PATH else self.get_response(request)


def health() -> HttpResponse:
    """Say whether the database answers. Redis is left out on purpose: the web goes on without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})
