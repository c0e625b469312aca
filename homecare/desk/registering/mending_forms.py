"""What the pages that mend a registration ask for."""

from typing import Any

from django import forms

from homecare.accounts.models import Practitioner
from homecare.desk.deed_pages.forms import Deed
from medicines.models import Product
from patients.models import Patient


class PatientForm(Deed):
    """What a provider asks about a patient and no other page does."""

    gp_practice = forms.CharField(
        label="GP practice", max_length=120, help_text="If the patient has none, write that they have none."
    )
    sex = forms.ChoiceField(label="Sex", choices=Patient.Sex.choices, widget=forms.RadioSelect)
    preferred_contact = forms.ChoiceField(
        label="Wishes to be contacted by", choices=Patient.PreferredContact.choices, widget=forms.RadioSelect
    )
    nhs_number_checked = forms.BooleanField(label="NHS number checked on the Spine", required=False)


class TreatmentForm(Deed):
    """What is supplied, for what, and who answers for it."""

    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.none(), required=False, empty_label="Not chosen yet"
    )
    indication = forms.CharField(label="Indication", max_length=200)
    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Practitioner.objects.none(), required=False, empty_label="Not recorded"
    )
    prescriber = forms.ModelChoiceField(
        label="Prescriber", queryset=Practitioner.objects.none(), required=False, empty_label="Not recorded"
    )
    register = forms.ChoiceField(
        label="Prescriber's register",
        choices=[("", "Choose"), *Practitioner.Body.choices],
        required=False,
        help_text="Only where the number is not on record.",
    )
    number = forms.CharField(
        label="Prescriber's registration number",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"size": "10"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("product", Product.objects.filter(medicine=self.initial["medicine"]).select_related("medicine"))
        people = Practitioner.objects.order_by("name", "pk")
        self.choose("consultant", people)
        self.choose("prescriber", people)

    def choose(self, name: str, rows: Any) -> None:
        """Offer these."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
