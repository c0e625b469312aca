"""What django-allauth asks us: who may sign in, how tries are counted, and that nobody signs up."""

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from homecare.accounts import lockout, middleware
from homecare.accounts.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in for people only, counted by pair of account and address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The username or the password is not right.",
        "incorrect_password": "The password is not right.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: a system administrator adds people."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person with these credentials. Clients, system actors and the deactivated look like unknown."""
        account, address = str(credentials.get("username", "")), lockout.client_address(request)
        try:
            lockout.count_try(account, address=address, at=timezone.now())
        except lockout.TooManyTries as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if not isinstance(user, User) or not user.is_human:
            return None
        lockout.forget(account, address=address)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and begin to count idle minutes."""
        super().login(request, user)
        request.session.pop(middleware.ENDED, None)
        middleware.touch(request)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Ask again before something that matters, unless the person showed who they are a moment ago."""
        shown = get_authentication_records(self.request, self.request.user)
        return not shown or time.time() - shown[-1]["at"] > account_settings.REAUTHENTICATION_TIMEOUT

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as the lock-out sees it."""
        return lockout.client_address(request)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Time-based codes that can be replaced by an administrator, not dropped by their owner."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Everybody needs a second factor. Ask your system administrator to reset it.",
        "incorrect_code": "The code is not right, or was used already. Wait for the next one.",
    }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Refuse where a second factor is needed."""
        return not settings.SECOND_FACTOR_REQUIRED

    def get_totp_label(self, user: User) -> str:
        """Name the account in the authenticator app."""
        return user.username
