"""What is asked about services and providers."""

from typing import Any

from django import forms

from homecare.accounts.models import User
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from medicines.models import Medicine
from providers.models import Activity, HomecareService, Provider, ProviderCapability
from providers.styles import VALUES, StyleKind

KEPT = "Kept with the change, for whoever asks later."


def _text(label: str, *, length: int, width: int = 30, required: bool = True, help_text: str = "") -> forms.CharField:
    attributes = {"size": str(width), "autocomplete": "off"}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, max_length=length, required=required, help_text=help_text, widget=widget)


def _number(label: str, *, least: int = 0, most: int, required: bool = True, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, help_text=help_text)


class ReasonForm(Deed):
    """Why."""

    reason = words_field("Why", help_text=KEPT)


class NoteForm(Deed):
    """A move that needs no reason."""

    reason = words_field("Note", required=False, help_text=KEPT)


class AssessForm(Deed):
    """What the assessment found."""

    assessment = words_field(
        "What the assessment found",
        help_text="Such as the provider's capacity, training, cold chain, out-of-hours cover and what is still open.",
    )


class ApproveForm(Deed):
    """The committee's decision."""

    today_in = "approved_on"
    paper = _text("Which paper of which committee", length=200, help_text="Such as Homecare Committee, paper 7.")
    approved_on = day_field("Day of the committee's decision")


class ActivitiesForm(forms.Form):
    """Ticks of the activities, and whose definitions. It is asked by GET, so that a preview has an address."""

    scheme = forms.ChoiceField(label="Whose definitions", choices=Activity.Scheme.choices)
    activity = forms.MultipleChoiceField(label="Activities", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Activity.objects.values_list("code", flat=True).distinct()
        self.fields["activity"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]


class TermsForm(Deed):
    """The terms by which supply is planned."""

    needs_funding_approval = forms.BooleanField(label="Funding approval is needed before registration", required=False)
    scheme_fixes_supplier = forms.BooleanField(label="The manufacturer's scheme fixes the supplier", required=False)
    charge_policy = forms.ChoiceField(
        label="What the patient pays", choices=HomecareService.ChargePolicy.choices, widget=forms.RadioSelect
    )
    specification_reference = _text("Specification", length=200, required=False, help_text="Where it is written.")
    buffer_days = _number("Buffer", most=90, help_text="Days of medicine to have at home when a delivery comes.")
    lead_working_days = _number("Clinic's and pharmacy's time", most=120, help_text="In working days, together.")
    provider_lead_working_days = _number(
        "Provider's time", least=1, most=120, help_text="In working days, from prescription received to delivery."
    )
    delivery_interval_days = _number("Days between deliveries", least=1, most=365)
    prescription_duration_months = _number("Months that a prescription lasts", least=1, most=12)
    max_deliveries_per_prescription = _number("Most deliveries of a prescription", least=1, most=24, required=False)
    max_stock_days = _number("Most days of stock at home", most=730, required=False)
    first_delivery_target_days = _number("Days to the first delivery, as agreed", most=365, required=False)
    registration_answer_working_days = _number(
        "Working days to answer a registration, as agreed", most=60, required=False
    )
    contact_attempts_before_escalation = _number("Calls before somebody else is told", least=1, most=20)
    delivery_window_hours = _number("Hours of a delivery slot", least=1, most=24, required=False)
    signature_required = forms.BooleanField(label="Somebody must sign for a delivery", required=False)
    reason = words_field("Why these terms change", help_text=KEPT)


class CharterForm(Deed):
    """What a patient's printed charter of this service says."""

    helpline_telephone = _text("Provider's helpline", length=40, width=20, required=False)
    helpline_hours = _text("Its hours", length=100, required=False, help_text="Such as Monday to Friday, 8am to 8pm.")
    out_of_hours_telephone = _text("Provider, outside those hours", length=40, width=20, required=False)
    hospital_telephone = _text("Hospital's homecare team", length=40, width=20, required=False)
    hospital_hours = _text("Its hours", length=100, required=False)
    hospital_out_of_hours_telephone = _text("Hospital, outside those hours", length=40, width=20, required=False)
    complaints_contact = _text("How to complain", length=300, required=False)
    about_the_service = words_field("What the service does", required=False)
    benefits_and_risks = words_field("Benefits and risks", required=False)
    how_to_change = words_field(
        "How to change", required=False, help_text="The alternatives, and what a patient does who wants one."
    )
    use_of_personal_data = words_field("How personal data is used", required=False)
    reason = words_field("Why this changes", required=False, help_text=KEPT)


class StylesForm(Deed):
    """What a patient may choose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in StyleKind:
            self.fields[kind.value] = forms.MultipleChoiceField(
                label=kind.label,
                required=False,
                choices=list(VALUES[kind].items()),
                widget=forms.CheckboxSelectMultiple,
                initial=(self.initial or {}).get(kind.value, []),
            )

    def chosen(self) -> list[tuple[str, str]]:
        """Return (kind, value) of each tick."""
        return [(kind.value, value) for kind in StyleKind for value in self.cleaned_data[kind.value]]


def _medicines(help_text: str = "") -> Any:
    return forms.ModelMultipleChoiceField(
        label="Medicines",
        queryset=Medicine.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
        error_messages={"required": "Choose at least one medicine."},
    )


class MedicinesForm(Deed):
    """The medicines that a service supplies."""

    medicines = _medicines()
    reason = words_field("Why the medicines change", help_text=KEPT)


class ProposeForm(Deed):
    """A service that somebody proposes."""

    provider = forms.ModelChoiceField(
        label="Provider", queryset=Provider.objects.none(), empty_label="Choose a provider"
    )
    name = _text("Name of the service", length=200, help_text="Such as Self-injected medicines.")
    medicines = _medicines()
    buffer_days = TermsForm.base_fields["buffer_days"]
    lead_working_days = TermsForm.base_fields["lead_working_days"]
    provider_lead_working_days = TermsForm.base_fields["provider_lead_working_days"]
    delivery_interval_days = TermsForm.base_fields["delivery_interval_days"]
    needs_funding_approval = TermsForm.base_fields["needs_funding_approval"]
    source = _text("Who proposes it, and where it is written", length=300)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Provider.objects.visible_to(by).filter(active=True).order_by("name")
        self.fields["provider"].queryset = used  # type: ignore[attr-defined]


class CapabilityForm(Deed):
    """Whether a provider can meet a need."""

    need = forms.ChoiceField(label="Need", choices=ProviderCapability.Need.choices, widget=forms.RadioSelect)
    language = _text("Which language", length=40, width=20, required=False, help_text="Where the need is a language.")
    offered = forms.TypedChoiceField(
        label="Can the provider do it?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    source = _text("Who told us, and where it is written", length=300)
