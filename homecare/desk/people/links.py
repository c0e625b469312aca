"""A link for choosing a password: handed over by a system administrator, used once, good for a day.

The link is Django's signed token, so nothing about it is stored. It dies when the password is chosen, when another link
is made, when the person signs in, is deactivated or has their sessions ended, and after PASSWORD_RESET_TIMEOUT.
Opening it changes nothing: only the form behind it does, so a mail scanner that follows it uses nothing up.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import int_to_base36

from homecare.accounts.models import User
from homecare.core import words


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens of active people. (allauth's own generator writes to the database when a link is looked at.)"""

    key_salt = "homecare.desk.people.links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}|{user.sessions_epoch}"

    def check_token(self, user: AbstractBaseUser | None, token: str | None) -> bool:
        """Say whether this token opens the form now."""
        if not isinstance(user, User) or not user.is_active or not user.is_human:
            return False
        return bool(super().check_token(user, token))


def link_path(person: User) -> str:
    """Return the path at which this person, and who else holds it, may choose a password once."""
    key = LinkTokens().make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(person.pk), "key": key})


def is_good(person: User, key: str) -> bool:
    """Say whether a link's key still opens the form."""
    return LinkTokens().check_token(person, key)


def life() -> str:
    """Say how long a link is good: "24 hours"."""
    return words.count(settings.PASSWORD_RESET_TIMEOUT // 3600, "hour")
