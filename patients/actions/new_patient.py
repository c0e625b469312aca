"""Putting a patient on record who was not, and asking of a known one what is missing. Nobody is ever merged.

An imported register writes thousands at once, in SQL (homecare/desk/register/create.sql); this writes one. What both
write of the same person is the same, and tests/desk/test_referral_pages.py holds them to it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields

from django.db import IntegrityError, transaction
from nhs_number import is_valid as is_valid_nhs_number  # type: ignore[attr-defined]

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import words
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.messaging import actions as messaging
from homecare.messaging.models import Recipient
from patients.actions.people import change_contact, preferred_channel, sync_recipient
from patients.lookalikes import Found, find_lookalikes
from patients.matching import Identity
from patients.models import AccessibleNeed, ContactPoint, Patient, PatientAddress, Representative
from patients.particulars import TELEPHONES

OLDEST = 125  # years
NUMBERS = {"nhs_number": "NHS number", "hospital_number": "hospital number"}


@dataclass(frozen=True)
class Address:
    """Where a patient lives and the medicine goes."""

    line_1: str
    postcode: str
    line_2: str = ""
    town: str = ""


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks, or decides, for the patient."""

    name: str
    kind: str
    telephone: str = ""
    may_consent: bool = False
    has_parental_responsibility: bool = False


@dataclass(frozen=True)
class NewPatient:
    """A patient as a referral describes them. `contacts` are (kind, value), `needs` (kind, detail)."""

    hospital_number: str
    family_name: str
    given_name: str
    date_of_birth: dt.date
    nhs_number: str = ""
    nhs_number_is_verified: bool = False
    sex: str = Patient.Sex.UNKNOWN
    ethnicity: str = ""
    gp_practice: str = ""
    preferred_contact: str = Patient.PreferredContact.NONE
    language: str = ""
    interpreter_needed: bool = False
    contacts: tuple[tuple[str, str], ...] = ()
    safe_to_message: bool = True
    address: Address | None = None
    speaker: Speaker | None = None
    needs: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> Identity:
        """Return what tells this person from others."""
        return Identity(**{field.name: getattr(self, field.name) for field in fields(Identity)})


class AlreadyRegistered(Refused):
    """A number is somebody's already. Says who registered it and when; `patient_id` is whose it is."""

    code = "already_registered"

    def __init__(self, message: str, *, patient_id: int) -> None:
        super().__init__(message)
        self.patient_id = patient_id


class LooksAlike(Refused):
    """Somebody on record looks like the new patient, and nobody has said that they are two people."""

    code = "looks_alike"

    def __init__(self, found: Collection[Found]) -> None:
        super().__init__(
            f"{words.count(len(found), 'patient')} on record may be this person. Look at them side by side, "
            "and say that it is a different person before you register a new patient."
        )
        self.found = tuple(found)


@action
def register_patient(
    *, person: NewPatient, by: User, at: dt.datetime, different_from: Collection[int] = (), reason: str = ""
) -> Patient:
    """Put a new patient on record, with contacts, address, needs, representative and the recipient of messages.

    Refused: an NHS number that fails its check digit, no telephone, a number that is somebody's already (who registered
    it and when is said), and a look-alike whom nobody has said to be different (`different_from`: patients' ids).
    """
    require(by, Permission.PATIENT_EDIT)
    _judge(person, today=local_day(at))
    _look_around(person, different_from, at=at)
    try:
        with transaction.atomic():
            patient = _create(person, by=by, at=at)
    except IntegrityError:  # somebody else registered the same number since we looked
        _look_around(person, different_from, at=at)
        raise
    _add_details(patient, person, today=local_day(at))
    sync_recipient(patient=patient, by=by, at=at)
    patient.recipient.refresh_from_db()
    return patient


def _judge(person: NewPatient, *, today: dt.date) -> None:
    if person.nhs_number and not is_valid_nhs_number(person.nhs_number):
        raise Refused("This is no NHS number: its check digit does not fit. Compare it with the referral.")
    if not person.hospital_number.strip():
        raise Refused("Enter the hospital number: without it the hospital's own systems cannot be asked.")
    if not today.year - OLDEST <= person.date_of_birth.year or person.date_of_birth > today:
        raise Refused("Check the date of birth: it lies in the future or too long ago.")
    rings = any(kind in TELEPHONES for kind, _ in person.contacts) or (person.speaker and person.speaker.telephone)
    if not rings:
        raise Refused("Enter a telephone number: the provider rings before each delivery.", code="no_telephone")


def _look_around(person: NewPatient, different_from: Collection[int], *, at: dt.datetime) -> None:
    """Refuse where a number is taken, or somebody looks alike of whom nobody has said that they are different."""
    found = find_lookalikes(person.identity)
    taken = next((one for one in found if one.has_same_number), None)
    if taken is not None:
        raise AlreadyRegistered(_taken_words(taken, at=at), patient_id=taken.patient_id)
    new = [one for one in found if one.patient_id not in different_from]
    if new:
        raise LooksAlike(new)


def _taken_words(taken: Found, *, at: dt.datetime) -> str:
    number = next(words for name, words in NUMBERS.items() if getattr(taken.comparison, name).agreement == "SAME")
    first = Patient.history.filter(id=taken.patient_id).select_related("history_user").order_by("history_id").first()
    who = f"{first.history_user} registered it " if first and first.history_user else "It was registered "
    when = words.moment(first.history_date, now=at) if first else "before"
    return (
        f"This {number} is on record already. {who}{when}. "
        "Refer from that record if it is the same person; if it is not, check the number with the referral."
    )


def _create(person: NewPatient, *, by: User, at: dt.datetime) -> Patient:
    status = Patient.NhsNumberStatus
    known = status.VERIFIED if person.nhs_number_is_verified else status.UNVERIFIED
    recipient = messaging.create_recipient(
        kind=Recipient.Kind.PATIENT,
        display=person.hospital_number,
        preferred_channel=preferred_channel(person.preferred_contact),
        by=by,
        at=at,
    )
    return Patient.objects.create(
        nhs_number=person.nhs_number or None,
        nhs_number_status=known if person.nhs_number else status.MISSING,
        hospital_number=person.hospital_number,
        family_name=person.family_name,
        given_name=person.given_name,
        date_of_birth=person.date_of_birth,
        sex=person.sex,
        ethnicity=person.ethnicity,
        gp_practice=person.gp_practice,
        preferred_contact=person.preferred_contact,
        language=person.language,
        interpreter_needed=person.interpreter_needed,
        recipient=recipient,
    )


def _add_details(patient: Patient, person: NewPatient, *, today: dt.date) -> None:
    ContactPoint.objects.bulk_create(
        ContactPoint(patient=patient, kind=kind, value=value, safe_to_message=person.safe_to_message)
        for kind, value in person.contacts
    )
    if person.address is not None:
        _add_address(patient, person.address, today=today)
    AccessibleNeed.objects.bulk_create(
        AccessibleNeed(patient=patient, kind=kind, detail=detail, identified_on=today) for kind, detail in person.needs
    )
    if person.speaker is not None:
        speaker = person.speaker
        Representative.objects.create(
            patient=patient,
            kind=speaker.kind,
            name=speaker.name,
            telephone=speaker.telephone,
            may_consent=speaker.may_consent,
            has_parental_responsibility=speaker.has_parental_responsibility,
        )


def _add_address(patient: Patient, address: Address, *, today: dt.date) -> None:
    use = PatientAddress.Use.DELIVERY
    patient.addresses.filter(use=use, ends_on__isnull=True).update(ends_on=today)
    PatientAddress.objects.create(
        patient=patient,
        use=use,
        line_1=address.line_1,
        line_2=address.line_2,
        town=address.town,
        postcode=address.postcode,
        starts_on=today,
    )


@action
def complete_particulars(
    *,
    patient: Patient,
    by: User,
    at: dt.datetime,
    telephone: tuple[str, str] | None = None,
    address: Address | None = None,
    gp_practice: str = "",
    reason: str = "",
) -> Patient:
    """Add what was missing of a known patient; what is on record stays unless it is given here."""
    require(by, Permission.PATIENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if telephone is not None:
        kind, value = telephone
        change_contact(patient=locked, kind=kind, value=value, is_usable=True, safe_to_message=True, by=by, at=at)
    if address is not None:
        _add_address(locked, address, today=local_day(at))
    if gp_practice:
        locked.gp_practice = gp_practice
        locked.save(update_fields=["gp_practice"])
    return locked
