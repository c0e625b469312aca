"""What the pages of a referral ask about the patient. Forms read values; the actions judge them."""

import datetime as dt
from typing import Any

from django import forms

from homecare.core import words
from homecare.desk.deed_pages.forms import Deed
from homecare.desk.referral.fields import (
    SMALL,
    WIDE,
    BirthField,
    HospitalNumberField,
    NameField,
    NhsNumberField,
    PostcodeField,
    TelephoneField,
    focus,
    line,
    text,
)
from homecare.desk.register import values
from patients.actions.new_patient import Address, NewPatient, Speaker
from patients.matching import Identity
from patients.models import AccessibleNeed, ContactPoint, Patient, Representative
from patients.particulars import ADDRESS, GP_PRACTICE, TELEPHONE


class SearchForm(Deed):
    """Whom to refer: a number, or the name with the date of birth."""

    nhs_number = NhsNumberField(strict=False, required=False)
    hospital_number = HospitalNumberField(required=False)
    family_name = NameField(label="Family name", required=False)
    given_name = NameField(label="Given name", required=False)
    date_of_birth = BirthField(required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["date_of_birth"].today = today  # type: ignore[attr-defined]
        focus(self)

    def clean(self) -> dict[str, Any]:
        """Ask for enough to find one person by."""
        given = super().clean() or {}
        if self.errors or given.get("nhs_number") or given.get("hospital_number"):
            return given
        if not (given.get("family_name") and given.get("date_of_birth")):
            self.add_error(None, "Enter an NHS number, a hospital number, or the family name with the date of birth.")
        return given

    @property
    def identity(self) -> Identity:
        """Return who is asked for."""
        return Identity(**{name: self.cleaned_data[name] for name in self.fields})

    @property
    def is_whole(self) -> bool:
        """Say whether enough was asked to say that somebody is not on record."""
        given = self.cleaned_data
        return bool(given["family_name"] and given["given_name"] and given["date_of_birth"])

    @property
    def warning(self) -> str:
        """Say where an NHS number cannot be one."""
        number = self.cleaned_data.get("nhs_number")
        if not number or values.read_nhs_number(number):
            return ""
        return (
            f"{words.nhs_number(number)} is no NHS number: its check digit does not fit. Compare it with the referral."
        )


class AddressFields(forms.Form):
    """Where the patient lives and the medicine goes."""

    line_1 = text("Address line 1", max_length=120, missing="Enter the first line of the address.")
    line_2 = text("Address line 2", max_length=120, required=False)
    town = text("Town or city", max_length=80, required=False)
    postcode = PostcodeField(missing="Enter the postcode.")

    @property
    def address(self) -> Address:
        """Return the address that was given."""
        given = self.cleaned_data
        return Address(given["line_1"], given["postcode"], line_2=given["line_2"], town=given["town"])


class NewPatientForm(AddressFields, Deed):
    """All that a provider needs to know of a patient, and what must not be forgotten in writing to them."""

    nhs_number = NhsNumberField(required=False)
    nhs_number_is_verified = forms.BooleanField(label="NHS number checked on the Spine", required=False)
    hospital_number = HospitalNumberField(missing="Enter the hospital number.")
    family_name = NameField(label="Family name", missing="Enter the family name.")
    given_name = NameField(label="Given name", missing="Enter the given name.")
    date_of_birth = BirthField(missing="Enter the date of birth.")
    sex = forms.ChoiceField(
        label="Sex",
        choices=[("", "Choose"), *Patient.Sex.choices],
        error_messages={"required": "Say which sex the hospital has recorded."},
    )
    telephone = TelephoneField(
        label="Telephone",
        help_text="A mobile or a landline that the provider can ring",
        missing="Enter a telephone number: the provider rings before each delivery.",
    )
    other_telephone = TelephoneField(label="Other telephone", required=False)
    email = forms.EmailField(label="Email", required=False, widget=line(WIDE, inputmode="email"))
    preferred_contact = forms.ChoiceField(
        label="Wishes to be contacted by", choices=Patient.PreferredContact.choices, required=False, initial="NONE"
    )
    not_safe = forms.BooleanField(
        label="Somebody else may read texts and emails: do not write to these addresses", required=False
    )
    gp_practice = text(
        "GP practice", max_length=120, missing="Enter the GP practice, or write that the patient has none."
    )
    language = text("Language, if not English", SMALL, max_length=40, required=False)
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    needs = forms.MultipleChoiceField(
        label="Accessible information and communication",
        choices=AccessibleNeed.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_detail = text("More about these needs", max_length=200, required=False)
    speaker_name = text("Name of representative", max_length=120, required=False)
    speaker_kind = forms.ChoiceField(
        label="What authority they have", choices=[("", "Choose"), *Representative.Kind.choices], required=False
    )
    speaker_telephone = TelephoneField(label="Representative's telephone", required=False)
    speaker_may_consent = forms.BooleanField(label="May consent for the patient", required=False)
    speaker_is_parent = forms.BooleanField(label="Has parental responsibility", required=False)

    IN_ORDER = (
        "nhs_number", "hospital_number", "family_name", "given_name", "date_of_birth", "sex", "telephone",
    )  # fmt: skip
    FURTHER = (
        "language", "interpreter_needed", "needs", "needs_detail", "speaker_name", "speaker_kind",
        "speaker_telephone", "speaker_may_consent", "speaker_is_parent",
    )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["date_of_birth"].today = today  # type: ignore[attr-defined]
        focus(self, among=self.IN_ORDER)

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs together."""
        given = super().clean() or {}
        first, other = given.get("telephone"), given.get("other_telephone")
        if first and other and first[0] == other[0]:
            self.add_error("other_telephone", "Both are of one kind. Enter a mobile and a landline, or one of them.")
        if given.get("interpreter_needed") and not given.get("language"):
            self.add_error("language", "Enter the language that the interpreter speaks.")
        if given.get("speaker_name") and not given.get("speaker_kind"):
            self.add_error("speaker_kind", "Say what authority the representative has.")
        if not given.get("speaker_name") and (given.get("speaker_kind") or given.get("speaker_telephone")):
            self.add_error("speaker_name", "Enter the representative's name.")
        if given.get("preferred_contact") == "EMAIL" and not given.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the email address by which the patient wishes to be contacted.")
        return given

    @property
    def further_is_open(self) -> bool:
        """Say whether the part that is folded away holds something to be seen."""
        return any(self[name].value() or name in self.errors for name in self.FURTHER)

    @property
    def person(self) -> NewPatient:
        """Return the patient who was described."""
        given = self.cleaned_data
        return NewPatient(
            nhs_number=given["nhs_number"],
            nhs_number_is_verified=given["nhs_number_is_verified"],
            hospital_number=given["hospital_number"],
            family_name=given["family_name"],
            given_name=given["given_name"],
            date_of_birth=given["date_of_birth"],
            sex=given["sex"],
            gp_practice=given["gp_practice"],
            preferred_contact=given["preferred_contact"] or Patient.PreferredContact.NONE,
            language=given["language"],
            interpreter_needed=given["interpreter_needed"],
            contacts=self._contacts(),
            safe_to_message=not given["not_safe"],
            address=self.address,
            speaker=self._speaker(),
            needs=tuple((kind, given["needs_detail"]) for kind in given["needs"]),
        )

    def _contacts(self) -> tuple[tuple[str, str], ...]:
        given = self.cleaned_data
        numbers = [number for number in (given["telephone"], given["other_telephone"]) if number]
        return tuple(numbers + ([(ContactPoint.Kind.EMAIL, given["email"])] if given["email"] else []))

    def _speaker(self) -> Speaker | None:
        given = self.cleaned_data
        if not given["speaker_name"]:
            return None
        _, telephone = given["speaker_telephone"] or ("", "")
        return Speaker(
            given["speaker_name"],
            given["speaker_kind"],
            telephone=telephone,
            may_consent=given["speaker_may_consent"],
            has_parental_responsibility=given["speaker_is_parent"],
        )


class ParticularsForm(AddressFields, Deed):
    """Only what is missing of a known patient."""

    telephone = TelephoneField(
        label="Telephone",
        help_text="A mobile or a landline that the provider can ring",
        missing="Enter a telephone number: the provider rings before each delivery.",
    )
    gp_practice = text(
        "GP practice", max_length=120, missing="Enter the GP practice, or write that the patient has none."
    )
    field_order = ("telephone", "line_1", "line_2", "town", "postcode", "gp_practice")
    OF = {TELEPHONE: ("telephone",), GP_PRACTICE: ("gp_practice",), ADDRESS: ("line_1", "line_2", "town", "postcode")}

    def __init__(self, *args: Any, missing: tuple[str, ...], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.missing = missing
        wanted = {name for one in missing for name in self.OF[one]}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        focus(self)

    @property
    def particulars(self) -> dict[str, Any]:
        """Return what `complete_particulars` is given."""
        return {
            "telephone": self.cleaned_data.get("telephone"),
            "address": self.address if ADDRESS in self.missing else None,
            "gp_practice": self.cleaned_data.get("gp_practice", ""),
        }
