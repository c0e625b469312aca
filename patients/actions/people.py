"""Deeds on a person: contact points and death, each kept in step with the recipient that messages go to."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from homecare.messaging import actions as messaging
from homecare.messaging.models import Recipient
from patients.actions import pathway
from patients.actions.enrolment import end_treatment, move
from patients.actions.notices import raise_for_patient
from patients.cover import actions as cover
from patients.models import ContactPoint, Enrolment, EnrolmentStatusChange, Patient, Treatment
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
    pathway.refresh_waiting(locked, by=by, at=at)
    return point


def contacts_in_words(patient: Patient) -> str:
    """Say how the patient is reached now, for the provider: only what may be used."""
    points = ContactPoint.objects.filter(patient=patient, ended_on__isnull=True, is_usable=True).order_by("kind")
    said = [f"{point.get_kind_display()} {point.value}" for point in points]
    return f"Reach the patient by: {'; '.join(said)}." if said else "No telephone number or email is known any more."


@action
def mark_deceased(*, patient: Patient, died_on: dt.date | None, by: User, at: dt.datetime, reason: str = "") -> Patient:
    """Record a death: every enrolment ends and nothing is ever sent again, in the same transaction.

    What hangs on it in later apps is ended by `homecare.desk.deeds.record_death`, which calls this. Refused: a death
    on record already (it says who recorded it), a day in the future or before the birth.
    """
    require(by, Permission.DEATH_RECORD)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    _check_death(locked, died_on, today=local_day(at))
    locked.deceased, locked.died_on = True, died_on
    locked.save(update_fields=["deceased", "died_on"])
    ended = [str(status) for status in ENDED]
    for enrolment in Enrolment.objects.filter(patient=locked).exclude(status__in=ended).select_related("treatment"):
        move(enrolment=enrolment, event="record_death", by=by, at=at, reason=reason)
        cover.end([enrolment.pk])
    for treatment in Treatment.objects.filter(patient=locked, is_ended=False):
        end_treatment(treatment, ended_on=died_on, stop_reason="DEATH")
    messaging.update_recipient(recipient_id=locked.recipient_id, silence="DECEASED", by=by, at=at, reason=reason)
    return locked


def _check_death(patient: Patient, died_on: dt.date | None, *, today: dt.date) -> None:
    if patient.deceased:
        change = EnrolmentStatusChange.objects.filter(enrolment__patient=patient, event="record_death").last()
        who = f" by {change.by} on {local_day(change.at):%-d %B %Y}" if change else ""
        raise Stale(f"This death is on record already, entered{who}.")
    if died_on is not None and died_on > today:
        raise Refused("The day of death cannot be in the future.")
    if died_on is not None and died_on < patient.date_of_birth:
        raise Refused("The day of death is before the date of birth. Check it.")


@action
def mark_alive(*, patient: Patient, by: User, at: dt.datetime, reason: str) -> Patient:
    """Take back a death that was recorded by mistake: messages may go again. No enrolment starts again by itself.

    Treatments that ended with it go on as the hospital's, until somebody refers them again. Refused: somebody who is
    alive, no reason.
    """
    require(by, Permission.DEATH_UNDO)
    if not reason.strip():
        raise Refused("Say how you know that the death was recorded by mistake.")
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if not locked.deceased:
        raise Stale("No death is on record for this patient.")
    locked.deceased, locked.died_on = False, None
    locked.save(update_fields=["deceased", "died_on"])
    for treatment in Treatment.objects.filter(patient=locked, is_ended=True, stop_reason="DEATH"):
        _go_on_at_the_hospital(treatment)
    messaging.update_recipient(recipient_id=locked.recipient_id, unsilence=True, by=by, at=at, reason=reason)
    sync_recipient(patient=locked, by=by, at=at)
    return locked


def _go_on_at_the_hospital(treatment: Treatment) -> None:
    treatment.is_ended, treatment.ended_on, treatment.stop_reason = False, None, ""
    treatment.supply_route = Treatment.SupplyRoute.HOSPITAL
    treatment.save(update_fields=["is_ended", "ended_on", "stop_reason", "supply_route"])


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
