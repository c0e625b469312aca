"""The fields of a referral: each reads what people type, and says in words what it cannot read."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

from homecare.desk.patient_page.search import read_day
from homecare.desk.register import values
from patients.matching import plain_number
from patients.models import ContactPoint

SMALL, MIDDLE, WIDE = "10", "20", "30"


def text(label: str, size: str = WIDE, **kwargs: Any) -> forms.CharField:
    """Return a field for a line of words; `missing` says what to enter where it is required."""
    return forms.CharField(label=label, widget=line(size), error_messages=_missing(kwargs), **kwargs)


def line(size: str, **attributes: Any) -> forms.TextInput:
    """Return the box for a line of words, about as wide as what goes in."""
    return forms.TextInput(attrs={"size": size, "autocomplete": "off", "spellcheck": "false"} | attributes)


def focus(form: forms.Form, *, among: Iterable[str] = ()) -> None:
    """Begin a fresh form in the first box that is still empty: nobody has to go past the menu by keyboard."""
    if form.is_bound:
        return
    empty = (name for name in among or form.fields if not form.get_initial_for_field(form.fields[name], name))
    first = next(empty, None)
    if first is not None:
        form.fields[first].widget.attrs["autofocus"] = True


def _missing(kwargs: dict[str, Any]) -> dict[str, str]:
    words = kwargs.pop("missing", None)
    return {"required": words} if words else {}


class NhsNumberField(forms.CharField):
    """Ten digits, however they are typed. Not strict, it takes a check digit that does not fit: to look for it."""

    def __init__(self, *, strict: bool = True, **kwargs: Any) -> None:
        super().__init__(label="NHS number", widget=line(MIDDLE, inputmode="numeric"), max_length=20, **kwargs)
        self.strict = strict

    def clean(self, value: Any) -> str:
        """Return the digits."""
        digits = plain_number(super().clean(value))
        if digits and (len(digits) != 10 or not (digits.isascii() and digits.isdigit())):
            raise ValidationError(f"An NHS number has 10 digits. This has {sum(c.isdigit() for c in digits)}.")
        if digits and self.strict and values.read_nhs_number(digits) is None:
            raise ValidationError("This is no NHS number: its check digit does not fit. Compare it with the referral.")
        return digits


class HospitalNumberField(forms.CharField):
    """A hospital number, in capitals and without spaces."""

    def __init__(self, **kwargs: Any) -> None:
        missing = _missing(kwargs)
        super().__init__(label="Hospital number", widget=line(MIDDLE), max_length=20, error_messages=missing, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the number."""
        return plain_number(super().clean(value))


class NameField(forms.CharField):
    """A name, as it is written on a letter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=line(WIDE), max_length=100, error_messages=_missing(kwargs), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the name with its capitals: EVANS becomes Evans, O'BRIEN O'Brien."""
        return values.tidy_name(super().clean(value))


class BirthField(forms.CharField):
    """A date of birth, day first: a browser's own date field would ask in the order of its country."""

    today: dt.date = dt.date.max

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Date of birth",
            widget=line(SMALL, inputmode="numeric"),
            max_length=30,
            help_text="Day first, such as 14 3 1961",
            error_messages=_missing(kwargs),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """Return the day, or nothing."""
        written = super().clean(value)
        if not written:
            return None
        born_on = read_day(written, today=self.today)
        if born_on is None:
            raise ValidationError("Enter a date of birth, day first, such as 14 3 1961.")
        if born_on > self.today:
            raise ValidationError("A date of birth cannot be in the future.")
        return born_on


class TelephoneField(forms.CharField):
    """A mobile or a landline; it tells them apart itself and returns (kind, number)."""

    def __init__(self, **kwargs: Any) -> None:
        missing = _missing(kwargs)
        super().__init__(widget=line(MIDDLE, inputmode="tel"), max_length=30, error_messages=missing, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the kind and the number, or nothing."""
        written = super().clean(value)
        if not written:
            return None
        found = read_telephone(written)
        if found is None:
            raise ValidationError("Enter a telephone number with its area code, such as 01632 960 001.")
        return found


def read_telephone(written: str) -> tuple[str, str] | None:
    """Return ("MOBILE" or "LANDLINE", the number as +44...), or None when it is no telephone number."""
    mobile = values.read_mobile(written)
    if mobile is not None:
        return ContactPoint.Kind.MOBILE, mobile
    try:
        parsed = phonenumbers.parse(written, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return ContactPoint.Kind.LANDLINE, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class PostcodeField(forms.CharField):
    """A whole UK postcode."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Postcode", widget=line(SMALL), max_length=10, error_messages=_missing(kwargs), **kwargs)

    def clean(self, value: Any) -> str:
        """Return it in capitals with its space."""
        written = super().clean(value)
        if not written:
            return ""
        found = values.read_postcode(written)
        if found is None:
            raise ValidationError("Enter a full UK postcode, such as ME4 4AA.")
        return found
