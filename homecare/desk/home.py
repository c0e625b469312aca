"""The first page after signing in, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from homecare.accounts.models import User
from homecare.navigation import address_of


def home(request: HttpRequest) -> HttpResponse:
    """Send each role to its own first page."""
    role = request.user.role_class if isinstance(request.user, User) else None
    wanted = [role.home] if role is not None else []
    address = next((found for name in [*wanted, "roles"] if (found := address_of(name))), "/account/roles/")
    return redirect(address)
