"""What the deeds on a clock ask for. Forms read values; the actions judge them."""

from decimal import Decimal
from typing import Any

from django import forms

from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from patients.models import BridgingSupply, ClockStop, ContactAttempt, Party


class StopForm(Deed):
    """The clock is stopped."""

    today_in = "from_on"
    from_on = day_field("First day that does not count")
    stop_reason = forms.ChoiceField(label="Why", choices=ClockStop.Reason.choices, widget=forms.RadioSelect)
    to_on = day_field("Last day that did not count", required=False, help_text="Only where the wait is over already.")
    reason = words_field("Note", required=False, help_text="Needed for “Other”.")


class RestartForm(Deed):
    """The clock counts again."""

    today_in = "restarts_on"
    restarts_on = day_field("First day that counts again")
    reason = words_field("Why it counts again")


class ContactForm(Deed):
    """Somebody tried to speak with the patient."""

    today_in = "on"
    on = day_field("Day")
    made_by = forms.ChoiceField(
        label="Who tried",
        choices=[(Party.PROVIDER.value, "The provider"), (Party.HOMECARE_TEAM.value, "We did")],
        widget=forms.RadioSelect,
        initial=Party.PROVIDER.value,
    )
    outcome = forms.ChoiceField(
        label="What came of it", choices=ContactAttempt.Outcome.choices, widget=forms.RadioSelect
    )
    reason = words_field("Note", required=False)


class BridgingForm(Deed):
    """The hospital gave medicine itself."""

    today_in = "supplied_on"
    supplied_on = day_field("Given on")
    units = forms.IntegerField(label="Units given", min_value=1, max_value=10_000)
    covers_until_on = day_field("Last day it covers", required=False)
    cause = forms.ChoiceField(label="Why", choices=BridgingSupply.Cause.choices, widget=forms.RadioSelect)
    cause_party = forms.ChoiceField(label="Whose cause", choices=Party.choices, widget=forms.RadioSelect)
    cost = forms.DecimalField(
        label="What the medicine cost, in pounds",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(1_000_000),
        decimal_places=2,
    )
    minutes_spent = forms.IntegerField(label="Minutes it took us", required=False, min_value=0, max_value=10_000)
    batch_number = forms.CharField(
        label="Batch number", max_length=40, required=False, widget=forms.TextInput(attrs={"size": "20"})
    )
    reason = words_field("Note", required=False, help_text="Needed for “Other”.")

    def clean(self) -> dict[str, Any]:
        """Turn pounds into pence, as they are kept."""
        given = super().clean() or {}
        cost = given.pop("cost", None)
        return given | {"cost_pence": None if cost is None else int(cost * 100)}
