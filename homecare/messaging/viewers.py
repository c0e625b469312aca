"""Who may see the pages about messages."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission


def viewer(request: HttpRequest) -> User:
    """Return who asks, if they may see messages; else answer 403, saying who may."""
    user = cast(User, request.user)
    if not user.may(Permission.MESSAGE_VIEW):
        raise PermissionDenied(user.refusal(Permission.MESSAGE_VIEW))
    return user
