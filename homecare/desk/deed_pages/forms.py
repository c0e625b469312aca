"""What each deed asks for. Forms read values; the actions judge them."""

import datetime as dt
from typing import Any

from django import forms

from deliveries.models import Delivery
from homecare.accounts.models import Practitioner
from homecare.core.errors import Refused
from homecare.nhsforms import DateInput
from prescriptions.models import ClinicalScreen, Prescription


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DateInput())


def words_field(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    """Return a field for a sentence or two."""
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


def recorded(choices: list[tuple[str, str]], *without: str) -> list[tuple[str, str]]:
    """Leave out what only an import may say."""
    return [choice for choice in choices if choice[0] not in without]


class Deed(forms.Form):
    """A form that opens with today's date in the field named by `today_in`."""

    today_in = ""

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.today_in:
            self.fields[self.today_in].initial = today

    def full_clean(self) -> None:
        """Name what is missing: in the summary at the top nobody sees which field "this field" is."""
        for field in self.fields.values():
            if field.required and field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _missing(field)
        super().full_clean()

    def refused(self, refusal: Refused) -> None:
        """Show what was refused at the top of the form."""
        self.add_error(None, refusal.message)

    def entered(self) -> list[tuple[str, str]]:
        """Say what was entered, for a second look: what was left empty is left out."""
        given = ((field.label, self.cleaned_data.get(field.name), field.field) for field in self.visible_fields())
        return [
            (str(label), _said(value, field)) for label, value, field in given if value not in (None, "", [], False)
        ]


def _missing(field: forms.Field) -> str:
    label, what = str(field.label or ""), "choose one" if hasattr(field, "choices") else "fill it in"
    return f"{label} {what.capitalize()}." if label.endswith("?") else f"{label}: {what}."


def _said(value: Any, field: forms.Field) -> str:
    """Say a value as its form does."""
    choices = {str(code): str(words) for code, words in getattr(field, "choices", [])}
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    return "Yes" if value is True else choices.get(str(value), str(value))


class WithdrawConsentForm(Deed):
    """The patient no longer agrees."""

    today_in = "withdrawn_on"
    withdrawn_on = day_field("Day on which the patient withdrew")
    reason = words_field("Why, in the patient's words")


class CountForm(Deed):
    """What the patient has at home."""

    today_in = "on"
    units = forms.IntegerField(label="How many at home", min_value=0, max_value=100_000)
    on = day_field("Counted on")
    after_dose = forms.BooleanField(label="That day's dose was already taken", required=False)
    method = forms.ChoiceField(
        label="How it was counted",
        choices=[("TELEPHONE", "By telephone"), ("SEEN", "Seen by a nurse or in clinic"), ("MESSAGE", "By message")],
        widget=forms.RadioSelect,
    )
    confirmed = forms.BooleanField(
        label="The count is right: take it as it is", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("confirmed"):
            self._ask_to_confirm()

    def refused(self, refusal: Refused) -> None:
        """Ask to confirm a count that is far from what was reckoned."""
        if refusal.code.startswith("count_"):
            self._ask_to_confirm()
        super().refused(refusal)

    def _ask_to_confirm(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()


class AnswerForm(Deed):
    """What the clinic answered."""

    event = forms.ChoiceField(
        label="What the clinic says",
        widget=forms.RadioSelect,
        choices=[
            ("approve_to_prescribe", "A prescription will be written"),
            ("require_appointment", "The patient must be seen first"),
            ("require_bloods", "Blood tests are needed first"),
            ("decline", "No prescription: say why"),
        ],
    )
    reason = words_field("Note", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where one is owed."""
        given = super().clean() or {}
        if given.get("event") == "decline" and not given.get("reason", "").strip():
            self.add_error("reason", "Say why no prescription will be written.")
        return given


class SignedForm(Deed):
    """A prescription as somebody reads it."""

    today_in = "signed_on"
    signed_on = day_field("Signed on")
    prescriber = forms.ModelChoiceField(
        label="Prescriber", queryset=Practitioner.objects.none(), required=False, empty_label="Not in the list"
    )
    artefact = forms.ChoiceField(
        label="What was signed",
        choices=recorded(Prescription.Artefact.choices, "NOT_RECORDED"),
        widget=forms.RadioSelect,
    )
    deliveries = forms.IntegerField(label="Deliveries", min_value=1, max_value=24)
    units_each = forms.IntegerField(label="Units in each delivery", min_value=1, max_value=10_000)
    interval_days = forms.IntegerField(label="Days between deliveries", min_value=1, max_value=365)
    dose_text = forms.CharField(label="Dose, as written", max_length=120, required=False)
    not_before_on = day_field("Not to be dispensed before", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].queryset = Practitioner.objects.order_by("name")  # type: ignore[attr-defined]


class ScreenForm(Deed):
    """A pharmacist's clinical check."""

    outcome = forms.ChoiceField(label="Outcome", choices=ClinicalScreen.Outcome.choices, widget=forms.RadioSelect)
    reason = words_field("Note, query or reason", required=False, help_text="Needed for a query or a rejection.")


class AnswerQueryForm(Deed):
    """How the prescriber answered."""

    reason = words_field("What the prescriber answered")


class SendForm(Deed):
    """What goes with a prescription to its provider."""

    purchase_order_number = forms.CharField(label="Purchase order number", max_length=30, required=False)


class AcknowledgeForm(Deed):
    """The provider has it."""

    provider_reference = forms.CharField(label="Provider's reference", max_length=60, required=False)


class DeliveredForm(Deed):
    """What reached the patient."""

    today_in = "delivered_on"
    delivered_on = day_field("Delivered on")
    units = forms.IntegerField(label="Units delivered", min_value=1, max_value=100_000)
    batch_number = forms.CharField(label="Batch number", max_length=40, required=False)
    expires_on = day_field("Expiry date of the batch", required=False)
    in_part = forms.BooleanField(label="It was less than ordered", required=False)
    recipient_name = forms.CharField(label="Who took it in", max_length=120, required=False)


class FailedForm(Deed):
    """A delivery that did not happen."""

    today_in = "failed_on"
    failed_on = day_field("Failed on")
    cause = forms.ChoiceField(label="Whose cause", choices=Delivery.FailureCause.choices, widget=forms.RadioSelect)
    reason = words_field("What happened", required=False)


class CancelForm(Deed):
    """Why something is cancelled."""

    reason = words_field("Why")


class TestDoneForm(Deed):
    """A sample was taken."""

    today_in = "done_on"
    done_on = day_field("Sample taken on")


class AskForm(Deed):
    """Who asks for a prescription, and why now."""

    asked_by = forms.ChoiceField(
        label="Who asked",
        widget=forms.RadioSelect,
        choices=[
            ("PHARMACY", "We did"),
            ("PROVIDER", "The provider"),
            ("CLINIC", "The clinic"),
            ("PATIENT", "The patient"),
        ],
    )
    their_date_on = day_field("They need it by", required=False)
    reason = words_field("Note", required=False)
