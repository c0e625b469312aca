"""What the deeds of a registration ask for."""

from django import forms

from homecare.desk.deed_pages.forms import Deed, words_field
from patients.models import Registration


class SendForm(Deed):
    """How it goes to the provider."""

    channel = forms.ChoiceField(
        label="How it goes to the provider", choices=Registration.Channel.choices, widget=forms.RadioSelect
    )


class AcknowledgeForm(Deed):
    """The provider has set the patient up."""

    provider_reference = forms.CharField(
        label="The provider's reference for the patient",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"size": "20"}),
    )


class QueryForm(Deed):
    """The provider asks something."""

    question = words_field("What the provider asks", help_text="In their words, and who asked.")


class RejectForm(Deed):
    """The provider will not take the patient on as registered."""

    reason = words_field("Why the provider rejects it", help_text="In their words, and who said so.")


class AnswerForm(Deed):
    """Our answer."""

    answer = words_field("Our answer", help_text="It goes with the registration when you send it again.")


class CloseForm(Deed):
    """Giving up."""

    reason = words_field("Why it cannot be put right")
