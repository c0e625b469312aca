"""The forms of signing in: allauth's, with our words, our counting of tries, and codes that work once."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from homecare.accounts import lockout
from homecare.accounts.models import UsedCode

CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "size": "10"}


class SignInForm(LoginForm):  # type: ignore[misc]
    """Username and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username"
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "spellcheck": "false", "size": "20"})
        self.fields["password"].widget.attrs.update({"size": "20"})
        self.fields["password"].help_text = ""


class CountedCode(forms.Form):
    """A code whose tries are counted by person and address, and that is taken once."""

    user: Any

    def clean_code(self) -> str:
        """Refuse too many tries, wrong codes and codes used already."""
        account, address = f"second factor of {self.user.pk}", lockout.client_address(context.request)
        try:
            lockout.count_try(account, address=address, at=timezone.now())
        except lockout.TooManyTries as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        code: str = super().clean_code()  # type: ignore[misc]
        if not UsedCode.objects.claim(self.user, code, at=timezone.now()):
            raise ValidationError("This code was used already. Wait for the next one.", code="used_code")
        lockout.forget(account, address=address)
        return code


class CodeForm(CountedCode, AuthenticateForm):  # type: ignore[misc]
    """The code asked for after the password."""

    code = forms.CharField(
        label="Code",
        help_text="The six figures your authenticator app shows now, or one of your recovery codes.",
        widget=forms.TextInput(attrs=CODE_ATTRIBUTES),
    )


class CodeAgainForm(CountedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code asked for again before something that matters."""

    code = CodeForm.base_fields["code"]


class SetUpCodeForm(CountedCode, ActivateTOTPForm):  # type: ignore[misc]
    """The first code, which shows that the app is set up."""

    code = forms.CharField(
        label="Code from the app",
        help_text="The six figures your authenticator app shows for this service.",
        widget=forms.TextInput(attrs=CODE_ATTRIBUTES),
    )
