"""What the pages of an enrolment's first steps ask. Forms read values; the actions judge them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from homecare.desk.assessing.prefill import Known
from homecare.desk.deed_pages.forms import Deed, day_field, words_field
from patients.actions.choice import STYLES, Chosen, Told
from patients.models import (
    CharterPoint,
    Choice,
    Consent,
    InformationLeaflet,
    LeafletGiven,
    Patient,
    Representative,
    SuitabilityAssessment,
    SuitabilityQuestion,
    Treatment,
)
from patients.pathway import suitability as rules
from patients.pathway.consent_rules import birthday
from providers.models import ServiceStyle


def short_field(label: str, *, max_length: int, required: bool = False, help_text: str = "") -> forms.CharField:
    """Return a field for a few words."""
    return forms.CharField(label=label, required=required, max_length=max_length, help_text=help_text)


class SuitabilityForm(Deed):
    """The questions of the checklist, each with an answer and a note; then what comes of them."""

    outcome = forms.ChoiceField(
        label="What comes of it",
        choices=SuitabilityAssessment.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome."},
    )
    adjustments = words_field("Adjustments that make it suitable", required=False)
    note = words_field("Reason, if it is not suitable or the patient declined; else a note", required=False)
    review_due_on = day_field("Suitability is reviewed on", required=False)
    latest = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, questions: Sequence[SuitabilityQuestion], known: Mapping[str, Known], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.known = questions, known
        self.fields["review_due_on"].is_owed = True  # type: ignore[attr-defined]  # where homecare is suitable
        for question in questions:
            self.fields[f"answer_{question.code}"] = forms.ChoiceField(
                label=question.wording,
                choices=SuitabilityQuestion.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=known[question.code].answer if question.code in known else "",
            )
            note = short_field(f"Note: {question.wording}", max_length=300)
            self.fields[f"note_{question.code}"] = note

    def clean(self) -> dict[str, Any]:
        """Point at each question that must be answered before homecare is found suitable."""
        given = super().clean() or {}
        if given.get("outcome") in rules.GOES_ON:
            for question in self.questions:
                if not given.get(f"answer_{question.code}"):
                    self.add_error(f"answer_{question.code}", f"Answer: {question.wording}")
            if not given.get("review_due_on"):
                self.add_error("review_due_on", "Say when suitability is reviewed.")
        return given if self.errors else self._deed(given)

    def rows(self) -> list[dict[str, Any]]:
        """Return the questions as the page lays them out."""
        return [
            {
                "question": question,
                "answer": self[f"answer_{question.code}"],
                "note": self[f"note_{question.code}"],
                "known": self.known.get(question.code),
            }
            for question in self.questions
        ]

    def _deed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return what the deed asks for."""
        codes = [question.code for question in self.questions]
        return {
            "answers": {code: given[f"answer_{code}"] for code in codes if given[f"answer_{code}"]},
            "notes": {code: given[f"note_{code}"] for code in codes},
            **{name: given[name] for name in ("outcome", "adjustments", "note", "review_due_on")},
            "seen": given["latest"],
        }


class ChoiceForm(Deed):
    """What was told, given and offered, and what the patient chose."""

    today_in = "chosen_on"
    points = forms.MultipleChoiceField(
        label="Told: each point of the charter", required=False, widget=forms.CheckboxSelectMultiple
    )
    leaflets = forms.MultipleChoiceField(label="Leaflets given", required=False, widget=forms.CheckboxSelectMultiple)
    how = forms.ChoiceField(
        label="How they were given", choices=LeafletGiven.How.choices, widget=forms.RadioSelect, initial="IN_PERSON"
    )
    limits = forms.BooleanField(label="I have told the patient what the provider cannot do", required=False)
    supplier_fixed = forms.BooleanField(label="I have told the patient that the supplier is fixed", required=False)
    hospital_offered = forms.BooleanField(
        label="I have offered supply from the hospital as well as homecare", required=False
    )
    chosen = forms.ChoiceField(label="The patient chose", choices=Choice.Chosen.choices, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label="The patient's reasons",
        choices=Choice.Why.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reasons_text = words_field("In the patient's own words", required=False)
    chosen_on = day_field("Chosen on")
    latest = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        leaflets: Sequence[InformationLeaflet],
        points: Sequence[CharterPoint],
        styles: Sequence[ServiceStyle],
        limits: Collection[str],
        is_fixed: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("points", "leaflets"):  # owed where homecare is chosen; the deed says so
            self.fields[name].is_owed = True  # type: ignore[attr-defined]
        self._choices("points", [(str(point.pk), point.wording) for point in points])
        self._choices("leaflets", [(str(leaflet.pk), str(leaflet)) for leaflet in leaflets])
        for kind in STYLES:
            offered = [(style.value, style.words) for style in styles if style.kind == kind]
            if offered:
                label = next(style.get_kind_display() for style in styles if style.kind == kind)
                self.fields[f"style_{kind}"] = forms.ChoiceField(
                    label=label, choices=offered, widget=forms.RadioSelect, required=False
                )
        if not limits:
            del self.fields["limits"]
        if not is_fixed:
            del self.fields["supplier_fixed"]

    def style_names(self) -> list[str]:
        """Return the names of the fields in which a style is chosen."""
        return [name for name in self.fields if name.startswith("style_")]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Return what the deed asks for."""
        given = super().clean() or {}
        if self.errors:
            return given
        return {"told": self._told(given), "chosen": self._chosen(given), "seen": given["latest"]}

    def _told(self, given: dict[str, Any]) -> Told:
        return Told(
            hospital_offered=given["hospital_offered"],
            supplier_fixed=given.get("supplier_fixed", False),
            limits=given.get("limits", False),
            points=[int(pk) for pk in given["points"]],
            leaflets={int(pk): given["how"] for pk in given["leaflets"]},
        )

    def _chosen(self, given: dict[str, Any]) -> Chosen:
        styles = {kind: given.get(f"style_{kind}") or "" for kind in STYLES}
        return Chosen(
            chosen=given["chosen"],
            chosen_on=given["chosen_on"],
            reasons=given["reasons"],
            reasons_text=given["reasons_text"],
            styles={kind: value for kind, value in styles.items() if value},
        )


class ConsentForm(Deed):
    """Who agreed, by what right, how, and who took it."""

    today_in = "given_on"
    given_as = forms.ChoiceField(label="Who agreed", widget=forms.RadioSelect, initial="PATIENT")
    representative = forms.ModelChoiceField(
        label="Which representative",
        queryset=Representative.objects.none(),
        required=False,
        empty_label="Nobody: the patient agreed",
    )
    method = forms.ChoiceField(
        label="How",
        choices=[choice for choice in Consent.Method.choices if choice[0] != "FROM_REGISTER"],
        widget=forms.RadioSelect,
    )
    given_on = day_field("Day on which they agreed")
    interpreter_used = forms.BooleanField(label="An interpreter was used", required=False)
    taken_by = short_field("Who took it", max_length=120, required=True)
    version = short_field(
        "Version of an earlier form, if that is what they signed",
        max_length=20,
        help_text="Only for patients already on treatment. Leave empty if they agreed to the words above.",
    )
    text = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, patient: Patient, speakers: Any, is_starting: bool, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, today=today, **kwargs)
        field = self.fields["representative"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = speakers
        as_whom = self.fields["given_as"]
        assert isinstance(as_whom, forms.ChoiceField)
        as_whom.choices = _as_whom(patient, today)
        if len(as_whom.choices) == len(Consent.GivenAs.choices):
            as_whom.initial = None
        if is_starting:
            del self.fields["version"]


def _as_whom(patient: Patient, today: dt.date) -> list[tuple[str, str]]:
    """Leave a child's ways out where the patient has been 16 for a year: nobody records so late."""
    grown = birthday(patient.date_of_birth, 17) <= today
    return [(key, words) for key, words in Consent.GivenAs.choices if not grown or key in {"PATIENT", "REPRESENTATIVE"}]


class HandoverForm(Deed):
    """How the patient is supplied safely once nothing more is shared."""

    plan = words_field("Plan", help_text="What is at home, who supplies next, by when, who tells the patient.")
    supply_route = forms.ChoiceField(
        label="From now on supplied by",
        choices=Treatment.SupplyRoute.choices,
        widget=forms.RadioSelect,
        initial=Treatment.SupplyRoute.HOSPITAL,
    )
