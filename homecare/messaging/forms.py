"""What people say when they decide about messages: which way, and why."""

from django import forms


class ReasonForm(forms.Form):
    """A decision, with its reason. The buttons carry the decision."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="Kept with the record. No patient's name.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SwitchForm(ReasonForm):
    """Which switch, which way, and why."""

    scope = forms.ChoiceField(choices=[(one, one) for one in ("ALL", "CHANNEL", "PURPOSE")], widget=forms.HiddenInput)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
