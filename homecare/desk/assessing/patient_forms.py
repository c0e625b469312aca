"""What is asked about a patient: accessible information, weight, competence, who speaks for them."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms

from homecare.desk.assessing.forms import short_field
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from patients.actions.accessible import Need, Needs
from patients.models import AccessibleNeed, CompetenceAssessment, Patient


class NeedsForm(Deed):
    """Each kind of need with its words and how it is met; then language, sharing and the next review."""

    language = short_field("Language, if not English", max_length=40)
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    share = forms.BooleanField(label="Tell the providers", required=False, initial=True)
    review_on = day_field("Ask again on", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, words in AccessibleNeed.Kind.choices:
            self.fields[f"need_{kind}"] = forms.BooleanField(label=words, required=False)
            self.fields[f"detail_{kind}"] = short_field(f"In more words: {words}", max_length=200)
            self.fields[f"met_{kind}"] = short_field(f"How it is met: {words}", max_length=200)

    def rows(self) -> list[dict[str, Any]]:
        """Return the needs as the page lays them out."""
        return [
            {"words": words, **{part: self[f"{part}_{kind}"] for part in ("need", "detail", "met")}}
            for kind, words in AccessibleNeed.Kind.choices
        ]

    def clean(self) -> dict[str, Any]:
        """Return what the deed asks for."""
        given = super().clean() or {}
        if self.errors:
            return given
        needs = [
            Need(kind=kind, detail=given[f"detail_{kind}"], how_met=given[f"met_{kind}"])
            for kind in AccessibleNeed.Kind.values
            if given[f"need_{kind}"]
        ]
        said = Needs(needs=needs, language=given["language"], interpreter_needed=given["interpreter_needed"])
        return {"needs": said, "share": given["share"], "review_on": given["review_on"]}


def as_recorded(patient: Patient, needs: Collection[AccessibleNeed]) -> dict[str, Any]:
    """Return what is on record, to begin the form with."""
    initial: dict[str, Any] = {
        "language": patient.language,
        "interpreter_needed": patient.interpreter_needed,
        "share": all(need.shared_with_provider for need in needs),
    }
    for need in needs:
        initial |= {
            f"need_{need.kind}": True,
            f"detail_{need.kind}": need.detail,
            f"met_{need.kind}": need.how_met,
        }
    return initial


class WeightForm(Deed):
    """A weight on a day."""

    today_in = "weighed_on"
    weight_kg = forms.DecimalField(label="Weight in kilograms", max_digits=5, decimal_places=2)
    weighed_on = day_field("Weighed on")


class CompetenceForm(Deed):
    """Whether a child understands enough to consent."""

    today_in = "assessed_on"
    outcome = forms.ChoiceField(
        label="The child is", choices=CompetenceAssessment.Outcome.choices, widget=forms.RadioSelect
    )
    assessed_on = day_field("Assessed on")
    note = words_field("On what grounds", help_text="What the child understood of the treatment and its risks.")


class AdultServiceForm(Deed):
    """The day of the move to the adult service."""

    moves_on = day_field("Moves to the adult service on", required=False, help_text="Leave empty if no day is set.")


class EndForm(Deed):
    """The end of somebody's speaking for the patient."""

    today_in = "ended_on"
    ended_on = day_field("From this day they no longer speak for the patient")
    reason = words_field("Why", required=False)


def age_in_words(born: dt.date, *, today: dt.date) -> str:
    """Say an age as one does of the young: in years, and months until two."""
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months < 24:
        return f"{months} month{'s' if months != 1 else ''}"
    return f"{months // 12} years"
