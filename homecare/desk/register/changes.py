"""What a later register changes: held against what the register said before, so that people's corrections stand.

A blank in a register takes nothing away, and what somebody corrected here since is only overwritten where the register
itself has changed its words. What ends a treatment is done by the deeds of `homecare.desk.deeds`, so that everything
that hangs on it ends too.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homecare.accounts.models import User
from homecare.core.clock import local_day
from homecare.desk import deeds
from homecare.desk.register.decisions import Decision, Outcome
from homecare.desk.register.judging import Tell
from homecare.desk.register.lookups import KnownTreatment
from homecare.desk.register.models import RegisterImportRow
from homecare.desk.register.planning import LIVE
from homecare.desk.register.reference import Reference
from homecare.desk.register.rows import RegisterRow
from homecare.desk.register.values import ConsentGiven, ContactBy, RegisterStatus, Sex
from patients import actions as patients
from patients.actions.people import sync_recipient
from patients.models import Consent, ContactPoint, Enrolment, Patient, PatientAddress, Treatment
from patients.states import ENDED

_BATCH: Final = 2_000
_TELL_EVERY: Final = 500
_PERSON_FIELDS: Final = ("family_name", "given_name", "ethnicity", "gp_practice")
_ADDRESS: Final = ("address_line_1", "address_line_2", "town", "postcode")
_SEXES: Final = {Sex.FEMALE: "FEMALE", Sex.MALE: "MALE", Sex.INDETERMINATE: "INDETERMINATE"}


@dataclass(frozen=True, slots=True)
class Change:
    """One treatment on record of which the register now says something else."""

    row: RegisterRow
    decision: Decision
    known: KnownTreatment
    changed: frozenset[str]
    """The fields of which it says something, and something else than before."""
    was_said: dict[str, str]

    @property
    def is_first_word(self) -> bool:
        """Whether the register never spoke of this treatment before."""
        return not self.was_said


def find_changes(
    rows: Sequence[RegisterRow],
    decisions: Sequence[Decision],
    treatments: dict[tuple[int, int], KnownTreatment],
    created: Iterable[tuple[int, int]],
) -> list[Change]:
    """Return what is changed of treatments on record, each once, by the last row that speaks of it."""
    anew = set(created)
    last: dict[tuple[int, int], tuple[RegisterRow, Decision]] = {}
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome is Outcome.UPDATED and decision.person is not None and decision.medicine is not None:
            key = decision.person, decision.medicine.id
            if key in treatments and key not in anew:
                last[key] = row, decision
    said = _said({treatments[key].row_id for key in last})
    return [
        _change(row, decision, treatments[key], said.get(treatments[key].row_id or 0, {}))
        for key, (row, decision) in last.items()
    ]


def _change(row: RegisterRow, decision: Decision, known: KnownTreatment, before: dict[str, str]) -> Change:
    now = row.normalised_values()
    changed = frozenset(name for name, value in now.items() if before.get(name) != value)
    return Change(row, decision, known, changed, before)


def _said(row_ids: set[int | None]) -> dict[int, dict[str, str]]:
    rows = RegisterImportRow.objects.filter(pk__in=[pk for pk in row_ids if pk is not None]).values_list("pk", "said")
    return {pk: said or {} for pk, said in rows.iterator()}


def fill_nhs_numbers(rows: Sequence[RegisterRow], decisions: Sequence[Decision], *, known_without: set[int]) -> None:
    """Give patients on record without an NHS number the one that a row of theirs brings."""
    found: dict[int, str] = {}
    for row, decision in zip(rows, decisions, strict=True):
        if decision.person in known_without and row.nhs_number and decision.outcome is not Outcome.REJECTED:
            found[decision.person] = row.nhs_number
    for patient in Patient.objects.select_for_update().filter(pk__in=found, nhs_number=None):
        patient.nhs_number, patient.nhs_number_status = found[patient.pk], Patient.NhsNumberStatus.UNVERIFIED
        patient.save(update_fields=["nhs_number", "nhs_number_status"])


def apply_changes(
    changes: Sequence[Change],
    reference: Reference,
    as_at: dt.date,
    *,
    why: str,
    by: User,
    at: dt.datetime,
    tell: Tell,
) -> None:
    """Write people, treatments, consents and states as the register now says; supply and tests: `changes_supply`."""
    for first in range(0, len(changes), _BATCH):
        batch = changes[first : first + _BATCH]
        enrolments = Enrolment.objects.select_related("patient", "treatment").in_bulk(
            [c.known.enrolment_id for c in batch]
        )
        for position, change in enumerate(batch):
            enrolment = enrolments[change.known.enrolment_id]
            _change_person(change, enrolment.patient, as_at, by=by, at=at)
            _change_treatment(change, enrolment, reference)
            _change_consent(change, enrolment, as_at, why=why, by=by, at=at)
            if position % _TELL_EVERY == 0:
                tell("Changing", first + position, len(changes))
    tell("Changing", len(changes), len(changes))


def _change_person(change: Change, patient: Patient, as_at: dt.date, *, by: User, at: dt.datetime) -> None:
    row, changed = change.row, change.changed
    values: dict[str, Any] = {name: getattr(row, name) for name in _PERSON_FIELDS if name in changed}
    if "sex" in changed and row.sex in _SEXES:
        values["sex"] = _SEXES[row.sex]
    if "contact_by" in changed:
        values["preferred_contact"] = str(row.contact_by)
        values["do_not_contact"] = patient.do_not_contact or row.contact_by is ContactBy.NONE
    if change.is_first_word:
        values = {name: value for name, value in values.items() if getattr(patient, name) in ("", "NONE", "UNKNOWN")}
    if values:
        for name, value in values.items():
            setattr(patient, name, value)
        patient.save(update_fields=sorted(values))
        if "preferred_contact" in values:
            sync_recipient(patient=patient, by=by, at=at)
    _change_contacts(change, patient, by=by, at=at)
    if changed.intersection(_ADDRESS):
        _change_address(change, patient, as_at, by=by, at=at)


def _change_contacts(change: Change, patient: Patient, *, by: User, at: dt.datetime) -> None:
    """Put a new number or address in the place of the old one. One that cannot be used takes nothing away."""
    for field, kind in (("mobile", ContactPoint.Kind.MOBILE), ("email", ContactPoint.Kind.EMAIL)):
        if field not in change.changed:
            continue
        current = ContactPoint.objects.filter(patient=patient, kind=kind, ended_on=None).first()
        value: str = getattr(change.row, field)
        if current is None or (current.value != value and not change.is_first_word):
            patients.change_contact(
                patient=patient, kind=kind, value=value, is_usable=True, safe_to_message=True, by=by, at=at
            )


def _change_address(change: Change, patient: Patient, as_at: dt.date, *, by: User, at: dt.datetime) -> None:
    """Record the register's address from its day on. What somebody recorded here since that day stands."""
    use, row = PatientAddress.Use.DELIVERY, change.row
    current = PatientAddress.objects.filter(patient=patient, use=use, ends_on=None).first()
    if current is None:
        PatientAddress.objects.create(
            patient=patient, use=use, line_1=row.address_line_1, line_2=row.address_line_2, town=row.town,
            postcode=row.postcode,
        )  # fmt: skip
    elif not change.is_first_word and (current.starts_on is None or current.starts_on < as_at):
        place = patients.Place(
            line_1=row.address_line_1, line_2=row.address_line_2, town=row.town, postcode=row.postcode
        )
        patients.change_address(patient=patient, use=use, place=place, starts_on=as_at, by=by, at=at)


def _change_treatment(change: Change, enrolment: Enrolment, reference: Reference) -> None:
    row, decision = change.row, change.decision
    assert decision.medicine is not None
    assert decision.provider is not None
    clinic = reference.clinic(row)
    product = reference.product(
        medicine_id=decision.medicine.id, brand=decision.medicine.brand, strength_form=row.strength_form
    )
    treatment: dict[str, Any] = {}
    if change.changed & {"medicine", "strength_form"}:
        treatment |= {"brand": decision.medicine.brand, "product_id": product.id if product else None}
    if change.changed & {"specialty", "consultant"}:
        treatment |= {"clinic_id": clinic.id, "consultant_id": clinic.consultant_id}
    if "indication" in change.changed:
        treatment["indication"] = row.indication
    _save(enrolment.treatment, treatment)
    told: dict[str, Any] = {name: getattr(row, name) for name in ("registered_on", "notes") if name in change.changed}
    if "clinic_id" in treatment:
        told["clinic_id"] = clinic.id
    if "provider" in change.changed:
        told["service_id"] = reference.services[decision.provider, decision.medicine.id]
    _save(enrolment, told)


def _save(record: Treatment | Enrolment, values: dict[str, Any]) -> None:
    new = {name: value for name, value in values.items() if getattr(record, name) != value}
    if new:
        for name, value in new.items():
            setattr(record, name, value)
        record.save(update_fields=[name.removesuffix("_id") for name in new])


def _change_consent(
    change: Change, enrolment: Enrolment, as_at: dt.date, *, why: str, by: User, at: dt.datetime
) -> None:
    """Record a consent that the register now has, and heed one that it says is withdrawn or refused."""
    if "consent" not in change.changed:
        return
    said = change.row.consent
    in_force = Consent.objects.in_force().filter(enrolment=enrolment).exists()
    if said is ConsentGiven.GIVEN and not in_force:
        Consent.objects.create(
            enrolment=enrolment, version="register", method=Consent.Method.FROM_REGISTER, given_on=change.row.consent_on
        )
    elif said in (ConsentGiven.WITHDRAWN, ConsentGiven.DECLINED) and in_force:
        patients.withdraw_consent(enrolment=enrolment, withdrawn_on=as_at, by=by, at=at, reason=why)


def restarts(
    rows: Sequence[RegisterRow],
    decisions: Sequence[Decision],
    treatments: dict[tuple[int, int], KnownTreatment],
    deceased: set[int],
) -> Iterator[tuple[int, int]]:
    """Yield the treatments that had ended and that the register says go on: they begin anew. The dead do not."""
    ended = {str(status) for status in ENDED}
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome is not Outcome.UPDATED or decision.person is None or decision.medicine is None:
            continue
        key = decision.person, decision.medicine.id
        if key in treatments and treatments[key].status in ended and row.status in LIVE and key[0] not in deceased:
            yield key


def record_deaths(patient_ids: Iterable[int], *, why: str, by: User, at: dt.datetime) -> None:
    """Record the deaths that the register tells of people on record, with all that follows."""
    for patient in Patient.objects.filter(pk__in=list(patient_ids), deceased=False).order_by("pk"):
        deeds.record_death(patient=patient, died_on=None, by=by, at=at, reason=why)


def change_states(changes: Sequence[Change], *, as_at: dt.date, why: str, by: User, at: dt.datetime) -> None:
    """Suspend, resume and stop as the register now says. Only what the register itself has changed is moved."""
    moved = [change for change in changes if "status" in change.changed]
    enrolments = Enrolment.objects.select_related("patient").in_bulk([change.known.enrolment_id for change in moved])
    for change in moved:
        enrolment, said = enrolments[change.known.enrolment_id], change.row.status
        if said is RegisterStatus.SUSPENDED and enrolment.status == "ACTIVE":
            patients.suspend(
                enrolment=enrolment, starts_on=as_at, suspension_reason="NOT_RECORDED", by=by, at=at, reason=why
            )
        elif said is RegisterStatus.ACTIVE and enrolment.status == "SUSPENDED":
            _resume(enrolment, as_at, why=why, by=by, at=at)
        elif said is RegisterStatus.STOPPED and enrolment.status in {"ACTIVE", "SUSPENDED", "TRANSFERRING"}:
            ended_on = min(as_at, local_day(at))  # a register may be read ahead of its day; what ends, ends now
            deeds.stop_treatment(
                enrolment=enrolment, ended_on=ended_on, stop_reason="NOT_RECORDED", by=by, at=at, reason=why
            )


def _resume(enrolment: Enrolment, as_at: dt.date, *, why: str, by: User, at: dt.datetime) -> None:
    """Resume from the register's day; a pause that began on it ends with it."""
    since = enrolment.suspensions.filter(ends_on=None).values_list("starts_on", flat=True).first()
    restarts_on = max(as_at, since + dt.timedelta(days=1)) if since else as_at
    patients.resume(enrolment=enrolment, restarts_on=restarts_on, by=by, at=at, reason=why)
