"""What the deeds of a start ask for."""

import datetime as dt
from typing import Any

from django import forms

from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from homecare.desk.register.dates import read_date
from patients.actions.regimen import WEEKDAYS
from patients.models import Adaptation, Equipment, FundingApproval, RegimenPhase, Visit


def line_field(label: str, *, size: int, required: bool = True, help_text: str = "", most: int = 60) -> forms.CharField:
    """Return a field for a word or two."""
    widget = forms.TextInput(attrs={"size": str(size)})
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text, widget=widget)


def choice_field(label: str, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    """Return a field for one of a few."""
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.RadioSelect)


class FundingRequestForm(Deed):
    """Funding is asked for."""

    today_in = "requested_on"
    system = choice_field("Asked for from", FundingApproval.System.choices)
    purpose = choice_field("For", FundingApproval.Purpose.choices)
    requested_on = day_field("Asked for on")
    reference = line_field("Reference of the request", size=20, required=False)
    criteria_version = line_field(
        "Criteria and their version", size=20, required=False, help_text="As the form names them"
    )
    reason = words_field("Note", required=False)


class FundingApprovalForm(Deed):
    """Funding was approved."""

    today_in = "decided_on"
    reference = line_field("Reference of the approval", size=20)
    decided_on = day_field("Approved on")
    expires_on = day_field("Last day it covers", required=False, help_text="Leave empty if it has no last day.")
    criteria_version = line_field("Criteria and their version", size=20, required=False)
    reason = words_field("Note", required=False)


class FundingAnswerForm(Deed):
    """Funding was refused, or none is required."""

    today_in = "decided_on"
    decided_on = day_field("Decided on")
    reason = words_field("Why, and who said so")


class ReasonForm(Deed):
    """Why."""

    reason = words_field("Why")


class VisitPlanForm(Deed):
    """A visit to come."""

    kind = choice_field("What for", Visit.Kind.choices)
    planned_on = day_field("Planned for", required=False, help_text="Leave empty if no day is known yet.")
    reason = words_field("Note", required=False)


class VisitBookForm(Deed):
    """A visit on a day."""

    booked_on = day_field("Booked for")
    nurse_name = line_field("Nurse", size=30, required=False, most=120)
    reason = words_field("Note", required=False)


class TrainingForm(Deed):
    """What came of training."""

    today_in = "done_on"
    done_on = day_field("Day of the training")
    person_trained = line_field(
        "Who was trained", size=30, required=False, most=120, help_text="The patient, or who gives it for them"
    )
    outcome = choice_field("What came of it", Visit.Outcome.choices)
    competency_signed_on = day_field("Competency signed on", required=False, help_text="Needed if they are competent.")
    nurse_name = line_field("Nurse", size=30, required=False, most=120)
    reason = words_field("Note", required=False)


class AdministrationForm(Deed):
    """A nurse gave the medicine."""

    today_in = "done_on"
    done_on = day_field("Day of the visit")
    nurse_name = line_field("Nurse", size=30, required=False, most=120)
    reason = words_field("Note", required=False)


class CarePlanForm(Deed):
    """An individual plan."""

    text = forms.CharField(
        label="The plan",
        help_text="What is done, by whom, what to watch for, and what to do when it goes wrong.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    review_due_on = day_field("To be reviewed by", required=False)


class NothingToAddForm(Deed):
    """A deed that asks for nothing but the button."""


class ProtocolForm(Deed):
    """A clinical protocol and its escalation contact."""

    today_in = "agreed_on"
    name = line_field("Protocol", size=30, most=200)
    version = line_field("Version", size=10, most=20)
    contact_name = line_field("Who is called when a finding is out of it", size=30, most=120)
    contact_telephone = line_field("Their telephone", size=20, most=30)
    out_of_hours_telephone = line_field("Out of hours", size=20, required=False, most=30)
    agreed_on = day_field("Agreed on")


class EndForm(Deed):
    """The end of something, and why."""

    today_in = "ended_on"
    ended_on = day_field("Ended on")
    reason = words_field("Why")


class AdaptationForm(Deed):
    """Work on a home."""

    kind = choice_field("What", Adaptation.Kind.choices)
    description = line_field("What is done", size=30, most=300)
    surveyed_on = day_field("Surveyed on", required=False)
    planned_on = day_field("Planned for", required=False)
    reason = words_field("Note", required=False)


class AdaptationDaysForm(Deed):
    """How far work on a home is."""

    surveyed_on = day_field("Surveyed on", required=False)
    planned_on = day_field("Planned for", required=False)
    completed_on = day_field("Completed on", required=False, help_text="The first delivery waits for it.")
    reason = words_field("Note", required=False)


class EquipmentForm(Deed):
    """A thing on loan."""

    kind = choice_field("What", Equipment.Kind.choices)
    description = line_field("Make and model", size=30, required=False, most=120)
    serial_number = line_field("Serial number", size=20, required=False)
    owner = choice_field("Whose it is", Equipment.Owner.choices)
    ordered_on = day_field("Ordered on", required=False)
    delivered_on = day_field("Delivered on", required=False)
    service_due_on = day_field("Service due on", required=False)


class CollectedForm(Deed):
    """A thing fetched from a home."""

    today_in = "collected_on"
    collected_on = day_field("Collected on")


class RegimenForm(Deed):
    """A part of a regimen."""

    starts_on = day_field("First dose of this part", help_text="As planned: the days move with the first dose taken.")
    ends_on = day_field("Last day of this part", required=False, help_text="Leave empty if it goes on.")
    units_per_dose = forms.IntegerField(label="Units in each dose", min_value=1, max_value=1000)
    dose_text = line_field("Dose, as written", size=20, required=False, help_text="For example 40 mg")
    pattern = choice_field("How doses follow each other", RegimenPhase.Pattern.choices)
    every_days = forms.IntegerField(
        label="Every how many days",
        min_value=1,
        max_value=365,
        required=False,
        help_text="7 for weekly, 14 fortnightly",
    )
    cycle_on = forms.IntegerField(
        label="Days on", min_value=1, max_value=365, required=False, help_text="For days on, days off."
    )
    cycle_off = forms.IntegerField(label="Days off", min_value=0, max_value=365, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    doses_on = forms.CharField(
        label="Exact days",
        help_text="One day a line, for example 2 March 2026 or 02/03/2026.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.today = today

    def clean_doses_on(self) -> tuple[dt.date, ...]:
        """Read one day a line."""
        lines = [line.strip() for line in self.cleaned_data["doses_on"].splitlines() if line.strip()]
        days = [(line, read_date(line, as_at=self.today)) for line in lines]
        wrong = [line for line, day in days if day is None]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0]}” is not a day.")
        return tuple(day for _, day in days if day is not None)


class FirstDoseForm(Deed):
    """The first dose was taken."""

    today_in = "taken_on"
    taken_on = day_field("Day of the first dose")
    reason = words_field("Note", required=False, help_text="For example who told us.")


class NextDoseForm(FirstDoseForm):
    """The dose that a later clock waits for was taken."""

    taken_on = day_field("Day of the dose")
