"""Django forms in the NHS.UK look: a page writes `{{ form }}` and gets labels, hints, errors and their summary."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting

WIDTHS = {"number": "5", "date": "10", "tel": "10"}


class NHSRenderer(TemplatesSetting):
    """Render forms and fields with our templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class DateInput(forms.DateInput):
    """The browser's own date field: typed by keyboard, no script needed."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def kind(field: BoundField) -> str:
    """Return which NHS.UK component shows this field."""
    widget = field.field.widget
    kinds: tuple[tuple[Any, str], ...] = (
        (forms.HiddenInput, "hidden"),
        (forms.CheckboxSelectMultiple, "checkboxes"),  # Django makes it a kind of RadioSelect: it is asked for first
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
        (forms.TextInput, "input"),
        (forms.NumberInput, "input"),
    )
    return next((name for widget_class, name in kinds if isinstance(widget, widget_class)), "other")


def parameters(field: BoundField) -> dict[str, Any]:
    """Return what the NHS.UK macro for this field is given."""
    widget = field.field.widget
    attributes = {k: v for k, v in widget.attrs.items() if k not in {"class", "placeholder", "cols", "rows", "size"}}
    if field.field.required and kind(field) not in {"radios", "checkboxes"}:
        attributes["aria-required"] = "true"
    given: dict[str, Any] = {
        "id": field.id_for_label or field.auto_id,
        "idPrefix": field.auto_id,
        "name": field.html_name,
        "label": {"text": label(field)},
        "value": _value(field),
        "attributes": {k: v for k, v in attributes.items() if v is not True} | _flags(attributes),
        "autocomplete": attributes.pop("autocomplete", None),
    }
    given["attributes"].pop("autocomplete", None)
    if field.help_text:
        given["hint"] = {"text": str(field.help_text)}
    if field.errors:
        given["errorMessage"] = {"text": " ".join(str(error) for error in field.errors)}
    if kind(field) in {"radios", "checkboxes", "checkbox"}:
        del given["id"]  # the first choice has it; the box around them must not have it too
    return given | _by_kind(field)


def label(field: BoundField) -> str:
    """Return the label, saying so where the field may be left empty; what only the deed insists on `is_owed`."""
    is_owed = field.field.required or getattr(field.field, "is_owed", False)
    optional = not is_owed and not isinstance(field.field.widget, forms.CheckboxInput)
    return f"{field.label} (optional)" if optional else str(field.label)


def _flags(attributes: dict[str, Any]) -> dict[str, str]:
    return {k: "" for k, v in attributes.items() if v is True}


def _value(field: BoundField) -> str:
    value = field.value()
    if isinstance(field.field.widget, forms.PasswordInput) or value is None:
        return ""
    return str(field.field.widget.format_value(value) or "")


def _by_kind(field: BoundField) -> dict[str, Any]:
    widget, which = field.field.widget, kind(field)
    if which == "input":
        input_type = getattr(widget, "input_type", "text")
        return {"type": input_type, "width": widget.attrs.get("size") or WIDTHS.get(input_type)}
    if which == "password":
        return {"classes": f"nhsuk-input--width-{widget.attrs.get('size', 20)}"}
    if which == "textarea":
        return {"rows": widget.attrs.get("rows", 3)}
    if which == "select":
        return {"items": [_select_item(option) for option in _options(field)]}
    if which in {"radios", "checkboxes"}:
        return {
            "fieldset": {"legend": {"text": label(field), "size": "s"}},
            "items": [_choice_item(option) for option in _options(field)],
            "small": True,
        }
    if which == "checkbox":
        text = {"value": "on", "text": str(field.label), "checked": bool(field.value()), "id": field.id_for_label}
        return {"items": [text], "small": True}
    return {}


def _options(field: BoundField) -> list[dict[str, Any]]:
    widget = field.field.widget
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()))
    return [option for _, options, _ in groups for option in options]


def _select_item(option: dict[str, Any]) -> dict[str, Any]:
    return {"value": str(option["value"]), "text": str(option["label"]), "selected": bool(option["selected"])}


def _choice_item(option: dict[str, Any]) -> dict[str, Any]:
    return {"value": str(option["value"]), "text": str(option["label"]), "checked": bool(option["selected"])}


def error_list(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return the errors of a form for the summary at its top, each with the address of its field."""
    found = [{"text": str(error), "href": ""} for error in form.non_field_errors()]
    for field in form:
        href = f"#{field.id_for_label or field.auto_id}"
        found += [{"text": str(error), "href": href} for error in field.errors]
    return found
