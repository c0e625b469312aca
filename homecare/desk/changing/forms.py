"""What the changes ask for. Forms read values; the actions judge them."""

from typing import Any

from django import forms

from homecare.desk.deed_pages.forms import Deed, day_field, recorded, words_field
from patients import stop_reasons
from patients.actions.preferences import DAYS
from patients.models import (
    Collection,
    ContactPoint,
    DeliveryPreference,
    Equipment,
    PatientAddress,
    Representative,
    Suspension,
)


class AcknowledgeForm(Deed):
    """Somebody at the provider knows."""

    acknowledged_by = forms.CharField(
        label="Who at the provider acknowledged it",
        max_length=120,
        help_text="A name, or their reference for the call or message.",
    )


class SuspendForm(Deed):
    """A pause in treatment."""

    today_in = "starts_on"
    starts_on = day_field("Paused from")
    suspension_reason = forms.ChoiceField(
        label="Why",
        choices=recorded(Suspension.Reason.choices, "NOT_RECORDED"),
        widget=forms.RadioSelect,
        help_text="The provider is not told why.",
    )
    expected_restart_on = day_field(
        "Expected to restart on",
        required=False,
        help_text="You are reminded before it. Without a day you are asked again after four weeks.",
    )
    reason = words_field("Note", required=False)


class RestartForm(Deed):
    """Another day for the end of a pause."""

    expected_restart_on = day_field("Now expected to restart on")
    reason = words_field("Why", required=False)


class ResumeForm(Deed):
    """The end of a pause."""

    today_in = "restarts_on"
    restarts_on = day_field("First day on which a dose may be taken")
    reason = words_field("Note", required=False)


class StopForm(Deed):
    """The end of a treatment on homecare."""

    today_in = "ended_on"
    ended_on = day_field("Stopped on")
    stop_reason = forms.ChoiceField(label="Why", widget=forms.RadioSelect, choices=stop_reasons.to_choose)
    reason = words_field("Note", required=False, help_text="Needed for “Another reason”.")

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason says nothing."""
        given = super().clean() or {}
        if given.get("stop_reason") == "OTHER" and not given.get("reason", "").strip():
            self.add_error("reason", "Say why the treatment stopped.")
        return given


class LeaveForm(Deed):
    """Homecare ends, the treatment goes on."""

    today_in = "ended_on"
    ended_on = day_field("Last day of homecare")
    reason = words_field("Why homecare ends")


class DeathForm(Deed):
    """A death."""

    died_on = day_field("Died on", required=False, help_text="Leave empty if the day is not known.")
    reason = words_field("Who told us")


class MistakenDeathForm(Deed):
    """A death that was none."""

    reason = words_field("How you know that it was a mistake")


class PreferenceForm(Deed):
    """What a patient wishes of deliveries."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days that suit",
        choices=list(DAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means any day.",
    )
    slot = forms.ChoiceField(label="Time of day", choices=DeliveryPreference.Slot.choices, widget=forms.RadioSelect)
    place = forms.ChoiceField(label="Where to", choices=DeliveryPreference.Place.choices, widget=forms.RadioSelect)
    place_detail = forms.CharField(
        label="Address of that place, and whom to ask for",
        max_length=300,
        required=False,
        help_text="Needed where it is not the home.",
    )
    away_from_on = day_field("Away from", required=False)
    away_to_on = day_field("Away until", required=False, help_text="The last day away.")


class AnswerPreferenceForm(Deed):
    """What the provider said to the wishes."""

    today_in = "answered_on"
    answer = forms.ChoiceField(
        label="The provider",
        choices=recorded(DeliveryPreference.Answer.choices, "WAITING"),
        widget=forms.RadioSelect,
    )
    answered_on = day_field("Answered on")
    reason = words_field("Why they cannot", required=False, help_text="Needed where they cannot.")


class AddressForm(Deed):
    """Another address, from a day on."""

    today_in = "starts_on"
    use = forms.ChoiceField(label="Which address", choices=PatientAddress.Use.choices, widget=forms.RadioSelect)
    line_1 = forms.CharField(label="First line", max_length=120)
    line_2 = forms.CharField(label="Second line", max_length=120, required=False)
    town = forms.CharField(label="Town", max_length=80, required=False)
    postcode = forms.CharField(
        label="Postcode", max_length=8, required=False, widget=forms.TextInput(attrs={"size": "10"})
    )
    starts_on = day_field("From", help_text="The first day on which it holds. It takes effect by itself on that day.")


class EndAddressForm(Deed):
    """The delivery address is no longer used."""

    today_in = "ends_on"
    ends_on = day_field("Last day on which medicine goes there", help_text="After it, medicine goes to the home.")


class ContactForm(Deed):
    """A number or email address."""

    kind = forms.ChoiceField(label="What", choices=ContactPoint.Kind.choices, widget=forms.RadioSelect)
    value = forms.CharField(
        label="Number or address", max_length=254, required=False, help_text="Leave empty to take it away."
    )
    is_usable = forms.BooleanField(label="It works", required=False, initial=True)
    safe_to_message = forms.BooleanField(
        label="It is safe to write to: nobody else reads it without the patient’s leave", required=False, initial=True
    )


class RepresentativeForm(Deed):
    """Somebody who speaks, or decides, for the patient."""

    kind = forms.ChoiceField(label="Who they are", choices=Representative.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="Name", max_length=120)
    telephone = forms.CharField(label="Telephone", max_length=30, required=False)
    email = forms.EmailField(label="Email", required=False)
    may_be_contacted = forms.BooleanField(label="May be contacted about homecare", required=False, initial=True)
    may_consent = forms.BooleanField(label="May consent for the patient", required=False)
    has_parental_responsibility = forms.BooleanField(label="Has parental responsibility", required=False)


class AskCollectionForm(Deed):
    """Something is to be fetched."""

    what = forms.ChoiceField(label="What is to be collected", widget=forms.RadioSelect)
    reason = words_field("Note for the driver or the family", required=False)

    def offer(self, equipment: list[Equipment]) -> None:
        """Offer the equipment at this home besides sharps and medicine."""
        things = [(f"EQUIPMENT-{thing.pk}", str(thing)) for thing in equipment]
        others = recorded(Collection.Kind.choices, "EQUIPMENT")
        self.fields["what"].choices = things + others  # type: ignore[attr-defined]


class ArrangeForm(Deed):
    """A day for a collection."""

    arranged_for_on = day_field("Arranged for")


class CollectedForm(Deed):
    """It was fetched."""

    today_in = "done_on"
    done_on = day_field("Collected on")
    reason = words_field("Note", required=False)
