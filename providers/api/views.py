"""The base of every address of the provider API, and the addresses that belong to no app."""

from typing import Any, ClassVar

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import TokenView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.views import APIView

from homecare.accounts.models import User
from providers.api.authentication import HasScope, ProviderAuthentication
from providers.api.json import FastJSONRenderer, StrictJSONParser
from providers.api.problems import answer, problem


class ProviderAPIView(APIView):
    """An address that a provider's system calls. `scopes` names the scope for each method."""

    authentication_classes = (ProviderAuthentication,)
    permission_classes = (IsAuthenticated, HasScope)
    renderer_classes: tuple[type[BaseRenderer], ...] = (FastJSONRenderer,)
    parser_classes = (StrictJSONParser,)
    metadata_class = None
    scopes: ClassVar[dict[str, str]] = {}

    def get_exception_handler(self) -> Any:
        """Answer refusals as problem details."""
        return answer

    @property
    def client(self) -> User:
        """The provider's client that calls."""
        user = self.request.user
        assert isinstance(user, User)
        return user


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class AccessTokenView(TokenView):  # type: ignore[misc]  # the package has no types
    """Gives an access token for a client's id and secret."""


@csrf_exempt
@login_not_required
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Say that an address does not exist, in the same form as every other refusal."""
    detail = "There is no such address. The addresses are listed at /api/v1/schema/."
    body = orjson.dumps(problem(404, detail, "not_found").data)
    return HttpResponse(body, status=404, content_type="application/problem+json")
