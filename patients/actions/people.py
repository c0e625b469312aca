"""Deeds on a person: contact points and death, each kept in step with the recipient that messages go to."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.messaging import actions as messaging
from homecare.messaging.models import Recipient
from patients.actions.enrolment import end_treatment, move
from patients.actions.notices import raise_for_patient
from patients.cover import actions as cover
from patients.models import ContactPoint, Enrolment, Patient
from patients.states import ENDED


@action
def change_contact(
    *,
    patient: Patient,
    kind: str,
    value: str,
    is_usable: bool,
    safe_to_message: bool,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> ContactPoint | None:
    """Replace a patient's mobile, landline or email (empty: take it away); messages then go to the new one.

    The providers are told. Refused for somebody who has died.
    """
    require(by, Permission.PATIENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if locked.deceased:
        raise Refused("This patient has died. Nothing is changed or sent any more.", code="deceased")
    ContactPoint.objects.filter(patient=locked, kind=kind, ended_on__isnull=True).update(ended_on=local_day(at))
    point = None
    if value:
        point = ContactPoint.objects.create(
            patient=locked, kind=kind, value=value, is_usable=is_usable, safe_to_message=safe_to_message
        )
    sync_recipient(patient=locked, by=by, at=at)
    raise_for_patient(
        patient=locked,
        kind="CONTACT",
        detail=contacts_in_words(locked),
        effective_on=local_day(at),
        by=by,
        at=at,
    )
    return point


def contacts_in_words(patient: Patient) -> str:
    """Say how the patient is reached now, for the provider: only what may be used."""
    points = ContactPoint.objects.filter(patient=patient, ended_on__isnull=True, is_usable=True).order_by("kind")
    said = [f"{point.get_kind_display()} {point.value}" for point in points]
    return f"Reach the patient by: {'; '.join(said)}." if said else "No telephone number or email is known any more."


@action
def mark_deceased(*, patient: Patient, died_on: dt.date | None, by: User, at: dt.datetime, reason: str = "") -> Patient:
    """Record a death: every enrolment ends and nothing is ever sent again, in the same transaction.

    What hangs on it in later apps is ended by `homecare.desk.deeds.record_death`, which calls this.
    """
    require(by, Permission.ENROLMENT_EDIT)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    locked.deceased, locked.died_on = True, died_on
    locked.save(update_fields=["deceased", "died_on"])
    ended = [str(status) for status in ENDED]
    for enrolment in Enrolment.objects.filter(patient=locked).exclude(status__in=ended).select_related("treatment"):
        move(enrolment=enrolment, event="record_death", by=by, at=at, reason=reason)
        end_treatment(enrolment.treatment, ended_on=died_on, stop_reason="DEATH")
        cover.end([enrolment.pk])
    messaging.update_recipient(recipient_id=locked.recipient_id, silence="DECEASED", by=by, at=at, reason=reason)
    return locked


def sync_recipient(*, patient: Patient, by: User, at: dt.datetime) -> None:
    """Write what messages need from the patient's contact points into the recipient."""
    current = {p.kind: p for p in patient.contact_points.filter(ended_on__isnull=True)}

    def usable(kind: str) -> str:
        point = current.get(kind)
        return point.value if point and point.is_usable and point.safe_to_message else ""

    messaging.update_recipient(
        recipient_id=patient.recipient_id,
        mobile=usable(ContactPoint.Kind.MOBILE),
        email=usable(ContactPoint.Kind.EMAIL),
        preferred_channel=preferred_channel(patient.preferred_contact),
        safe_to_message=not patient.do_not_contact,
        by=by,
        at=at,
    )


def preferred_channel(preferred_contact: str) -> str:
    """Return the channel that a recorded preference means; where none is recorded, a text."""
    return Recipient.Preference.SMS if preferred_contact == Patient.PreferredContact.NONE else preferred_contact
