"""What people say on the import pages."""

from typing import Any

from django import forms

from homecare.desk.register.fields import FIELDS
from homecare.desk.register.uploads import ColumnSeen
from homecare.nhsforms import DateInput


class UploadForm(forms.Form):
    """A register and the day on which it was true."""

    file = forms.FileField(
        label="Register",
        help_text="An Excel workbook (.xlsx) or a CSV file, up to 50 MB and 200,000 rows.",
        error_messages={"required": "Choose the register's file."},
    )
    as_at = forms.DateField(
        label="The register as at",
        help_text="The day on which the list was true. What it dates later has not happened yet.",
        widget=DateInput(),
        error_messages={"required": "Enter the day on which the register was true.", "invalid": "Enter a real date."},
    )


class MatchForm(forms.Form):
    """Which column is which field."""

    def __init__(self, columns: list[ColumnSeen], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Not imported"), *((field.name, _label(field.label, field.required)) for field in FIELDS)]
        self.columns = columns
        for column in columns:
            self.fields[f"column_{column.position}"] = forms.ChoiceField(
                label=column.heading or f"Column {column.position + 1}", choices=choices, required=False,
                initial=column.field,
            )  # fmt: skip

    def rows(self) -> list[tuple[ColumnSeen, forms.BoundField]]:
        """Return each column beside its question."""
        return [(column, self[f"column_{column.position}"]) for column in self.columns]

    def clean(self) -> dict[str, Any]:
        """Refuse one field named for two columns."""
        cleaned: dict[str, Any] = super().clean() or {}
        named: dict[str, str] = {}
        for column in self.columns:
            field = cleaned.get(f"column_{column.position}", "")
            if field and field in named:
                self.add_error(
                    f"column_{column.position}", f"“{named[field]}” is this field already. Choose it for one column."
                )
            elif field:
                named[field] = column.heading
        return cleaned

    def mapping(self) -> dict[str, str]:
        """Return field to heading; a field that no column was chosen for has none, and is not guessed again."""
        chosen = {self.cleaned_data[f"column_{c.position}"]: c.heading for c in self.columns}
        return {field.name: chosen.get(field.name, "") for field in FIELDS}


def _label(label: str, required: bool) -> str:
    return f"{label} (needed)" if required else label


class ReviewForm(forms.Form):
    """What was done about the rows that needed somebody."""

    note = forms.CharField(
        label="What was done about them",
        max_length=500,
        help_text="For example: corrected and uploaded again. No patient's name.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
