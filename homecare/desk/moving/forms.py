"""What is asked before patients move. Forms read values; the actions judge them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from homecare.accounts.models import Specialty
from homecare.desk.deed_pages.forms import Deed, words_field
from homecare.desk.moving.planning import MedicineToMove
from providers.models import HomecareService

SUPPLIES = [
    ("yes", "Yes: it goes on delivering until the new provider has begun"),
    ("no", "No: cancel what it holds now, and ask for prescriptions for the new provider"),
]


def supplies_field() -> forms.ChoiceField:
    """Return the question on which it hangs what becomes of what the old provider holds."""
    return forms.ChoiceField(label="Can the present provider still supply?", choices=SUPPLIES, widget=forms.RadioSelect)


class TransferForm(Deed):
    """One patient moves."""

    to_service = forms.ChoiceField(label="To which service", widget=forms.RadioSelect)
    old_provider_supplies = supplies_field()
    reason = words_field("Why", help_text="It is kept with the enrolment. The provider is not told.")

    services: Mapping[int, HomecareService] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to_service"]
        field.choices = [(str(pk), f"{service.provider}: {service.name}") for pk, service in self.services.items()]

    def clean(self) -> dict[str, Any]:
        """Give the action what it takes."""
        given = super().clean() or self.cleaned_data
        if "to_service" in given:
            given["to_service"] = self.services[int(given["to_service"])]
        if "old_provider_supplies" in given:
            given["old_provider_supplies"] = given["old_provider_supplies"] == "yes"
        return given


def transfer_form(services: Iterable[HomecareService]) -> type[TransferForm]:
    """Return the form that offers these services."""
    return type("TransferFormOfServices", (TransferForm,), {"services": {service.pk: service for service in services}})


class CallOffForm(Deed):
    """A transfer is called off."""

    reason = words_field("Why", help_text="It is kept with the enrolment. The providers are not told.")


class HandoutForm(forms.Form):
    """Of whom the encrypted list is made."""

    specialty = forms.ModelChoiceField(
        label="Specialty", queryset=Specialty.objects.order_by("name"), required=False, empty_label="All specialties"
    )


class BulkForm(forms.Form):
    """A list moves: a service for each medicine, or none yet."""

    old_provider_supplies = supplies_field()
    reason = words_field("Why they move", help_text="It is kept with each enrolment. Providers are not told.")

    def __init__(
        self, medicines: Iterable[MedicineToMove], *args: Any, provider_id: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.medicines = list(medicines)
        for medicine in self.medicines:
            self.fields[f"service_{medicine.medicine_id}"] = _service_field(medicine, provider_id)

    def rows(self) -> list[tuple[MedicineToMove, Any]]:
        """Return each medicine with its field."""
        return [(medicine, self[f"service_{medicine.medicine_id}"]) for medicine in self.medicines]

    def to_services(self) -> dict[int, int]:
        """Return the chosen service by medicine."""
        chosen = {m.medicine_id: self.cleaned_data[f"service_{m.medicine_id}"] for m in self.medicines}
        return {medicine: int(service) for medicine, service in chosen.items() if service}


def _service_field(medicine: MedicineToMove, provider_id: int | None) -> forms.ChoiceField:
    """Offer the services that would take them; the chosen provider's first, or the only one, is chosen already."""
    offered = [(str(service.pk), f"{service.provider}: {service.name}") for service in medicine.services]
    wanted = [str(service.pk) for service in medicine.services if service.provider_id == provider_id]
    only = [offered[0][0]] if len(offered) == 1 else []
    return forms.ChoiceField(
        label=f"Service for {medicine.name}",
        choices=[("", "No service yet"), *offered],
        required=False,
        initial=next(iter(wanted or only), ""),
    )
