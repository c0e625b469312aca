"""A patient's wishes and what became of them, in words for a page."""

from patients.actions.preferences import in_words as wishes_said
from patients.models import DeliveryPreference


def in_words(preference: DeliveryPreference) -> list[tuple[str, str]]:
    """Say what the patient wishes and what the provider said."""
    said = preference.get_answer_display().lower()
    if preference.answered_on:
        said += f", {preference.answered_on:%-d %B %Y}"
    if preference.answer_reason:
        said += f": {preference.answer_reason}"
    return [
        ("Wishes", f"{wishes_said(preference)}; asked on {preference.asked_on:%-d %B %Y}"),
        ("Provider said", said),
    ]
