"""What the changes ask for. Forms read values; the actions judge them."""

from django import forms

from homecare.desk.deed_pages.forms import Deed


class AcknowledgeForm(Deed):
    """Somebody at the provider knows."""

    acknowledged_by = forms.CharField(
        label="Who at the provider acknowledged it",
        max_length=120,
        help_text="A name, or their reference for the call or message.",
    )
