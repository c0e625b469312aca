"""Accessible information: needs identified, recorded, flagged, shared, met and reviewed (DAPB1605)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.actions.notices import raise_for_patient
from patients.models import AccessibleNeed, Patient


@dataclass(frozen=True, kw_only=True)
class Need:
    """One need: what, in more words, and how it is met."""

    kind: str
    detail: str = ""
    how_met: str = ""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """All that a patient needs in order to read, hear and understand us. No needs at all is an answer too."""

    needs: Collection[Need] = ()
    language: str = ""
    interpreter_needed: bool = False


def permission_to_write(user: User) -> Permission:
    """Return what writing needs or representatives asks of somebody: keeping particulars, or taking consent."""
    return Permission.PATIENT_EDIT if user.may(Permission.PATIENT_EDIT) else Permission.CONSENT_RECORD


@action
def record_needs(
    *,
    patient: Patient,
    needs: Needs,
    share: bool,
    review_on: dt.date | None,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> list[AccessibleNeed]:
    """Record what a patient needs as asked today, in place of what was known, and tell the providers if it is shared.

    Refused: a review that does not come after today, no review although there are needs, an interpreter for no
    language, other needs without words, somebody who has died.
    """
    require(by, permission_to_write(by))
    today = local_day(at)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    _check(locked, needs, review_on, today=today)
    _write_language(locked, needs)
    known = {need.kind: need for need in AccessibleNeed.objects.select_for_update().filter(patient=locked)}
    wanted = {need.kind: need for need in needs.needs}
    AccessibleNeed.objects.filter(patient=locked).exclude(kind__in=list(wanted)).delete()
    written = [_write(locked, known.get(kind), need, share, review_on, today) for kind, need in wanted.items()]
    if share:
        raise_for_patient(
            patient=locked, kind="ACCESSIBLE_NEED", detail=in_words(locked, written), effective_on=today, by=by, at=at
        )
    pathway.refresh_waiting(locked, by=by, at=at)
    return written


def _check(patient: Patient, needs: Needs, review_on: dt.date | None, *, today: dt.date) -> None:
    if patient.deceased:
        raise Refused("This patient has died. Nothing is changed any more.", code="deceased")
    if needs.interpreter_needed and not needs.language.strip():
        raise Refused("Say which language the interpreter speaks.")
    if any(need.kind == AccessibleNeed.Kind.OTHER and not need.detail.strip() for need in needs.needs):
        raise Refused("Say what the other need is.")
    if (needs.needs or needs.interpreter_needed) and review_on is None:
        raise Refused("Say when these needs are asked about again.")
    if review_on is not None and review_on <= today:
        raise Refused("The review comes after today.")


def _write_language(locked: Patient, needs: Needs) -> None:
    locked.language, locked.interpreter_needed = needs.language.strip(), needs.interpreter_needed
    locked.save(update_fields=["language", "interpreter_needed"])


def _write(
    patient: Patient, known: AccessibleNeed | None, need: Need, share: bool, review_on: dt.date | None, today: dt.date
) -> AccessibleNeed:
    row = known or AccessibleNeed(patient=patient, kind=need.kind, identified_on=today)
    row.detail, row.how_met = need.detail.strip(), need.how_met.strip()
    row.shared_with_provider, row.reviewed_on, row.review_on = share, today, review_on
    row.save()
    return row


def in_words(patient: Patient, needs: Iterable[AccessibleNeed]) -> str:
    """Say what the patient needs, for the provider."""
    said = [f"{need.get_kind_display()}{f' ({need.detail})' if need.detail else ''}" for need in needs]
    if patient.interpreter_needed:
        said.append(f"an interpreter, {patient.language}")
    elif patient.language:
        said.append(f"speaks {patient.language}")
    return f"The patient needs: {'; '.join(said)}." if said else "The patient has no accessible information needs now."
