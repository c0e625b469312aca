"""Who calls: a client of one provider, by an access token, for the scopes it was given."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.scopes import get_scopes_backend
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from homecare.accounts.models import User
from providers.models import ProviderClient

NOT_A_CLIENT = "This client is not, or no longer, registered for a provider. Ask the hospital's homecare team."


class ProviderAuthentication(OAuth2Authentication):  # type: ignore[misc]  # the package has no types
    """A token's application acts as its provider's client user: a token of the client itself names no user."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """Return the client user and its token, or nothing where there is no valid token."""
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        user = token.application.user if token.application else None
        if user is None or not user.is_active or user.kind != User.Kind.PROVIDER_CLIENT:
            raise AuthenticationFailed(NOT_A_CLIENT)
        return user, token


class ProviderAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the schema says of it."""

    target_class = ProviderAuthentication
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """Return the scope that this address and method need."""
        scope = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [scope] if scope else []}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the one flow there is."""
        flow = {"tokenUrl": "/api/v1/token/", "scopes": get_scopes_backend().get_all_scopes()}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class HasScope(BasePermission):
    """The token was given the scope that this address and method need."""

    message = "This token lacks the scope that this needs: ask for a token with it."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Say whether the token has the scope named in the view's `scopes`."""
        scope = getattr(view, "scopes", {}).get(request.method)
        token: Any = request.auth
        if token is None or scope is None:
            return False
        self.message = f"This needs a token with the scope {scope}: ask for one with it."
        return bool(token.is_valid([scope]))


def provider_id_of(user: User) -> int | None:
    """Return the provider that this client speaks for, or None if it was never tied to one."""
    return ProviderClient.objects.visible_to(user).values_list("provider_id", flat=True).first()
