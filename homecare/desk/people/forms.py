"""What is asked about people, and the form behind a link for choosing a password."""

import datetime as dt
from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from homecare.accounts import roles
from homecare.accounts.models import Specialty
from homecare.core.errors import Refused
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from homecare.desk.people import actions

ROLES = [(role.name, role.display_name) for role in roles.HUMAN_ROLES]


class RoleField(forms.TypedChoiceField):
    """A role for a person, as its class. What each may do is on the page of roles."""

    def __init__(self) -> None:
        super().__init__(
            label="Role",
            help_text="What each may do stands on the page Roles.",
            choices=ROLES,
            coerce=roles.named,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a role."},
        )


def _text(label: str, *, length: int, width: int, **more: Any) -> forms.CharField:
    """Return a field for a few words of somebody else: no browser fills it in with one's own."""
    attributes = {"size": str(width), "autocomplete": "off", "spellcheck": "false"}
    missing = {"required": f"Enter the {label[0].lower()}{label[1:]}."}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, max_length=length, widget=widget, error_messages=missing, **more)


class PersonForm(Deed):
    """Somebody who will sign in."""

    given_name = _text("Given name", length=150, width=20)
    family_name = _text("Family name", length=150, width=20)
    username = _text(
        "Username",
        length=150,
        width=20,
        help_text="What they type to sign in: letters and digits, such as the start of their work email address.",
    )
    email = _text("Work email address", length=254, width=30)
    role = RoleField()


class ReasonForm(Deed):
    """Why an account is changed."""

    reason = words_field("Why", help_text="Kept with the change, for whoever asks later.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = "Say why."


class RoleForm(ReasonForm):
    """Another role, and why."""

    role = RoleField()
    field_order = ["role", "reason"]


class SpecialtyForm(Deed):
    """A specialty that a pharmacist screens for."""

    specialty = forms.ModelChoiceField(
        label="Specialty", queryset=Specialty.objects.none(), empty_label="Choose a specialty"
    )
    covering_from = day_field(
        "Covering from", required=False, help_text="For a colleague's specialty. Leave both days empty for their own."
    )
    covering_to = day_field(
        "Covering to", required=False, help_text="The last day. Leave empty if it is not known yet."
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["specialty"].error_messages["required"] = "Choose a specialty."
        self.fields["specialty"].queryset = Specialty.objects.order_by("name")  # type: ignore[attr-defined]


class ChoosePasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A password, twice, from somebody who holds a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"
        self.fields["password2"].label = "The same password again"
        for name in ("password1", "password2"):
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """Save the password under the person's lock, or say that the link was used in the meantime."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._choose(given["password1"])
        return given

    def _choose(self, password: str) -> None:
        try:
            actions.choose_password(
                person=self.user,
                password=password,
                key=self.temp_key,
                by=self.user,
                at=timezone.now(),
                reason="Chose a password by a link",
            )
        except Refused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def save(self) -> None:
        """Do nothing more: a password is judged and saved in one transaction (`clean`)."""
