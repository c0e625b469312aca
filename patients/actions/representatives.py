"""Who speaks or decides for a patient: added with their authority, changed, and ended on a day."""

import datetime as dt
from dataclasses import asdict, dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions import pathway
from patients.actions.accessible import permission_to_write
from patients.actions.notices import raise_for_patient
from patients.models import Patient, Representative


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who somebody is, how they are reached, and what they may decide."""

    kind: str
    name: str
    telephone: str = ""
    email: str = ""
    may_consent: bool = False
    has_parental_responsibility: bool = False
    may_be_contacted: bool = True


@action
def add_representative(
    *, patient: Patient, authority: Authority, by: User, at: dt.datetime, reason: str = ""
) -> Representative:
    """Record somebody who speaks for the patient, and tell the providers. Refused: no name, or no way to reach them."""
    require(by, permission_to_write(by))
    _check(authority)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if locked.deceased:
        raise Refused("This patient has died. Nothing is changed any more.", code="deceased")
    made = Representative.objects.create(patient=locked, **asdict(authority))
    _tell(locked, by=by, at=at)
    pathway.refresh_waiting(locked, by=by, at=at)
    return made


@action
def change_representative(
    *, representative: Representative, authority: Authority, by: User, at: dt.datetime, reason: str = ""
) -> Representative:
    """Record what has changed about somebody who speaks for the patient, and tell the providers.

    Refused as a new one is, and one that has ended. Consents that they gave stay on record.
    """
    require(by, permission_to_write(by))
    _check(authority)
    locked = _in_force(representative)
    for name, value in asdict(authority).items():
        setattr(locked, name, value)
    locked.save()
    _tell(locked.patient, by=by, at=at)
    return locked


def _check(authority: Authority) -> None:
    if not authority.name.strip():
        raise Refused("Enter the name of the representative.")
    if authority.may_be_contacted and not (authority.telephone.strip() or authority.email.strip()):
        raise Refused("Enter a telephone number or an email address, or say that they may not be contacted.")
    if authority.has_parental_responsibility and authority.kind != Representative.Kind.PARENT:
        raise Refused("Parental responsibility belongs to a parent or guardian. Say that they are, or untick it.")


def _in_force(representative: Representative) -> Representative:
    locked = Representative.objects.select_for_update(of=("self",)).select_related("patient").get(pk=representative.pk)
    if locked.ended_on is not None:
        raise Stale(f"{locked.name} has spoken for the patient only until {locked.ended_on:%-d %B %Y}.")
    if locked.patient.deceased:
        raise Refused("This patient has died. Nothing is changed any more.", code="deceased")
    return locked


@action
def end_representative(
    *, representative: Representative, ended_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Representative:
    """Record the first day on which somebody speaks for the patient no more. Refused: one that has ended already."""
    require(by, permission_to_write(by))
    locked = _in_force(representative)
    if ended_on > local_day(at):
        raise Refused("Enter the day on which it ended: today, or earlier.")
    locked.ended_on = ended_on
    locked.save(update_fields=["ended_on"])
    _tell(locked.patient, by=by, at=at)
    return locked


def _tell(patient: Patient, *, by: User, at: dt.datetime) -> None:
    raise_for_patient(
        patient=patient,
        kind="REPRESENTATIVE",
        detail=in_words(patient),
        effective_on=local_day(at),
        by=by,
        at=at,
    )


def in_words(patient: Patient) -> str:
    """Say who speaks for the patient now, for the provider: those who may be contacted."""
    rows = Representative.objects.filter(patient=patient, ended_on__isnull=True, may_be_contacted=True).order_by("pk")
    said = [", ".join(filter(None, (who.get_kind_display(), who.name, who.telephone, who.email))) for who in rows]
    return f"Speaks for the patient: {'; '.join(said)}." if said else "Nobody speaks for the patient now."
