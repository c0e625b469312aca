"""What a referral asks about the treatment: product, service, who is responsible, what was tried before."""

import datetime as dt
from typing import Any

from django import forms

from homecare.accounts.models import Clinic, Practitioner
from homecare.desk.deed_pages.forms import Deed, day_field
from homecare.desk.referral.fields import focus, text
from homecare.desk.today.cells import tier_words
from medicines import names as medicine_names
from medicines.models import Medicine, Product
from patients.actions.referral import Previous, Referral
from providers.models import HomecareService

PREVIOUS_ROWS = 3
STOPPED_BECAUSE = [
    ("", "Not known"),
    ("NO_RESPONSE", "It did not work, or no longer"),
    ("SIDE_EFFECT", "Side effect"),
    ("NOT_TAKEN", "It was not taken as prescribed"),
    ("PREGNANCY", "Pregnancy"),
    ("PATIENT_CHOICE", "Patient's choice"),
    ("SHORTAGE", "It could not be supplied"),
    ("OTHER", "Another reason"),
]


def service_words(service: HomecareService) -> str:
    """Name a service with its provider and its tier."""
    return f"{service.provider}: {service.name}, {tier_words(service)}"


class ReferralForm(Deed):
    """The treatment that is asked for, and who supplies it."""

    today_in = "referred_on"
    product = forms.ModelChoiceField(
        label="Product",
        queryset=Product.objects.none(),
        empty_label="Choose",
        error_messages={"required": "Choose the product: its brand, strength and device."},
    )
    indication = text("Indication", max_length=200, missing="Enter what the medicine is for.")
    service = forms.ModelChoiceField(
        label="Homecare service",
        queryset=HomecareService.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose the homecare service."},
    )
    clinic = forms.ModelChoiceField(
        label="Clinic",
        queryset=Clinic.objects.none(),
        empty_label="Choose",
        error_messages={"required": "Choose the clinic that refers the patient."},
    )
    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Practitioner.objects.none(), required=False, empty_label="The clinic's own"
    )
    initiating_prescriber = forms.ModelChoiceField(
        label="Initiating prescriber",
        queryset=Practitioner.objects.none(),
        required=False,
        empty_label="The consultant",
    )
    line_of_therapy = forms.IntegerField(
        label="Line of therapy", required=False, min_value=1, max_value=20, help_text="1 for the first"
    )
    referred_on = day_field("Referred on")

    def __init__(
        self,
        *args: Any,
        medicine: Medicine,
        services: list[HomecareService],
        today: dt.date,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        products = list(medicine.products.order_by("brand", "form", "strength_value"))
        alone: dict[str, Any] = {}
        if len(products) == 1:
            alone["product"] = products[0].pk
        if len(services) == 1:
            alone["service"] = services[0].pk
        super().__init__(*args, today=today, initial=alone | (initial or {}), **kwargs)
        self.medicine = medicine
        self._offer(services)
        focus(self, among=("product", "indication", "service", "clinic"))
        for number in range(1, PREVIOUS_ROWS + 1):
            self._add_previous(number)

    def _offer(self, services: list[HomecareService]) -> None:
        offered: dict[str, Any] = dict(self.fields)
        offered["product"].queryset = self.medicine.products.select_related("medicine").order_by("brand", "form")
        offered["product"].required = self.medicine.prescribed_by_brand or self.medicine.products.exists()
        open_ones = HomecareService.objects.filter(pk__in=[service.pk for service in services])
        offered["service"].queryset = open_ones.select_related("provider").order_by("provider__name", "name")
        offered["service"].label_from_instance = service_words
        offered["clinic"].queryset = Clinic.objects.select_related("specialty").order_by("name")
        practitioners = Practitioner.objects.order_by("name")
        offered["consultant"].queryset = offered["initiating_prescriber"].queryset = practitioners

    def _add_previous(self, number: int) -> None:
        self.fields[f"previous_{number}"] = text(f"Medicine {number}", "20", max_length=120, required=False)
        self.fields[f"previous_{number}_stopped_on"] = day_field("Stopped on", required=False)
        self.fields[f"previous_{number}_reason"] = forms.ChoiceField(
            label="Why", choices=STOPPED_BECAUSE, required=False
        )

    def clean(self) -> dict[str, Any]:
        """Hold a previous treatment's day against its name and today."""
        given = super().clean() or {}
        for number in range(1, PREVIOUS_ROWS + 1):
            name = f"previous_{number}"
            more = given.get(f"{name}_stopped_on") or given.get(f"{name}_reason")
            if more and not given.get(name):
                self.add_error(name, "Enter which medicine was stopped.")
        return given

    @property
    def previous_rows(self) -> list[tuple[forms.BoundField, ...]]:
        """Return the rows of previous treatments: medicine, day, reason."""
        return [
            (self[f"previous_{n}"], self[f"previous_{n}_stopped_on"], self[f"previous_{n}_reason"])
            for n in range(1, PREVIOUS_ROWS + 1)
        ]

    @property
    def previous_is_open(self) -> bool:
        """Say whether the part that is folded away holds something to be seen."""
        return any(field.value() or field.errors for row in self.previous_rows for field in row)

    @property
    def referral(self) -> Referral:
        """Return what was asked for."""
        given = self.cleaned_data
        return Referral(
            medicine=self.medicine,
            service=given["service"],
            clinic=given["clinic"],
            referred_on=given["referred_on"],
            product=given["product"],
            consultant=given["consultant"],
            initiating_prescriber=given["initiating_prescriber"],
            indication=given["indication"],
            line_of_therapy=given["line_of_therapy"],
            previous=tuple(self._previous()),
        )

    def _previous(self) -> list[Previous]:
        given, found = self.cleaned_data, []
        for number in range(1, PREVIOUS_ROWS + 1):
            written = given[f"previous_{number}"]
            if not written:
                continue
            named = medicine_names.resolve(written)
            found.append(
                Previous(
                    written,
                    medicine_id=named.medicine_id if named else None,
                    stopped_on=given[f"previous_{number}_stopped_on"],
                    stop_reason=given[f"previous_{number}_reason"],
                )
            )
        return found
