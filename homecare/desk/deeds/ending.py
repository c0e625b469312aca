"""The ends of homecare: a treatment stopped, supply gone back to the hospital, a death, and a death mistaken.

Each ends what hangs on an enrolment in every app within one transaction: renewals, prescriptions, deliveries that have
not left, tests, visits, wishes, funding, messages. The provider gets one notice that says all, and what is left at
the home is asked to be collected.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from deliveries import actions as deliveries
from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.core.words import day
from homecare.desk.deeds import under_way
from monitoring import actions as monitoring
from patients import actions as patients
from patients.actions import collecting, ending, notices
from patients.models import Consent, Enrolment, Patient, Transfer
from patients.states import BEFORE_ACTIVE, OPEN
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription
from prescriptions.states import AT_PROVIDER, IN_PHARMACY

# What ends with an enrolment, by the permission that each part asks for: the right to end it covers them.
PARTS = (
    Permission.ENROLMENT_EDIT,
    Permission.PRESCRIPTION_CANCEL,
    Permission.DELIVERY_RECORD,
    Permission.MONITORING_EDIT,
    Permission.VISIT_RECORD,
    Permission.FUNDING_RECORD,
)


@action
def record_death(*, patient: Patient, died_on: dt.date | None, by: User, at: dt.datetime, reason: str = "") -> Patient:
    """Record that a patient died: everything stops in this transaction and nothing is ever sent again.

    Who may record a death may do all that follows from it. The providers that have the patient get a notice of the
    death and one of what to collect, and no other any more.
    """
    doer = by.for_deed(Permission.DEATH_RECORD, *PARTS)
    why = reason or "The patient died."
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    open_ones = _open_enrolments(locked)
    told = notices.one_for_each_provider(locked)
    on_the_road = [d for d in under_way.of_patient(locked, by) if under_way.is_on_the_road(d)]
    if not locked.deceased:
        for enrolment in open_ones:
            _end_what_hangs_on(enrolment, ended_on=died_on or local_day(at), by=doer, at=at, why=why)
            ending.close_funding(enrolment.treatment_id, by=doer, at=at, why=why)
    died = patients.mark_deceased(patient=locked, died_on=died_on, by=doer, at=at, reason=why)
    notices.withdraw_for_death(died, at=at)
    _tell_of_death(told, on_the_road, died, by=by, at=at)
    for enrolment in _open_again(open_ones):
        collecting.ask_for_all(enrolment, by=by, at=at, also_medicine=True)
    collecting.mark_gentle(died, is_gentle=True)
    return died


def _open_enrolments(patient: Patient) -> list[Enrolment]:
    rows = Enrolment.objects.filter(patient=patient, status__in=sorted(str(s) for s in OPEN))
    return list(rows.select_related("treatment", "service", "patient").order_by("pk"))


def _open_again(enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """Return them as they are now, with the patient as they are now."""
    rows = Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in enrolments])
    return list(rows.select_related("patient", "service").order_by("pk"))


def _tell_of_death(
    told: Sequence[Enrolment], on_the_road: Sequence[Delivery], patient: Patient, *, by: User, at: dt.datetime
) -> None:
    died_on = patient.died_on or local_day(at)
    when = f" on {patient.died_on:%-d %B %Y}" if patient.died_on else ""
    said = under_way.by_provider(on_the_road, "Stop it now and ring us.")
    for enrolment in told:
        more = said.get(enrolment.service.provider_id, "")
        patients.raise_notice(
            enrolment=enrolment,
            kind="DEATH",
            detail=f"The patient died{when}. Stop every delivery, visit, call and message to the home. {more}".strip(),
            effective_on=died_on,
            by=by,
            at=at,
        )


@action
def record_death_mistaken(*, patient: Patient, by: User, at: dt.datetime, reason: str) -> Patient:
    """Take back a death that was recorded by mistake. Nothing that ended with it begins again by itself.

    Messages may go again; the treatments go on as the hospital's; the providers are told that the patient is alive.
    """
    told_of_it = list(
        patient.provider_notices.filter(kind="DEATH", withdrawn_at__isnull=True).select_related("enrolment__service")
    )
    alive = patients.mark_alive(patient=patient, by=by, at=at, reason=reason)
    notices.take_back_death(told_of_it, by=by, at=at)
    collecting.mark_gentle(alive, is_gentle=False)
    return alive


@action
def stop_treatment(
    *, enrolment: Enrolment, ended_on: dt.date, stop_reason: str, by: User, at: dt.datetime, reason: str = ""
) -> Enrolment:
    """Stop a treatment: its renewals, prescriptions, expected deliveries, tests and messages end with it."""
    doer = by.for_deed(Permission.ENROLMENT_EDIT, *PARTS)
    why = reason or "The treatment was stopped."
    return _end(
        enrolment,
        ended_on=ended_on,
        by=doer,
        at=at,
        why=why,
        said="Treatment has stopped.",
        act=lambda: _stop(enrolment, ended_on=ended_on, stop_reason=stop_reason, by=doer, at=at, why=why),
    )


def _stop(
    enrolment: Enrolment, *, ended_on: dt.date, stop_reason: str, by: User, at: dt.datetime, why: str
) -> Enrolment:
    ending.close_funding(enrolment.treatment_id, by=by, at=at, why=why)
    return patients.stop(enrolment=enrolment, ended_on=ended_on, stop_reason=stop_reason, by=by, at=at, reason=why)


@action
def leave_homecare(*, enrolment: Enrolment, ended_on: dt.date, by: User, at: dt.datetime, reason: str) -> Enrolment:
    """End homecare while the treatment goes on: the hospital supplies it from now on.

    The last delivery is cancelled unless it has left, equipment and sharps are collected; the treatment, its funding
    and the medicine at home stay.
    """
    doer = by.for_deed(Permission.ENROLMENT_EDIT, *PARTS)
    if not reason.strip():
        raise Refused("Say why homecare ends.")
    return _end(
        enrolment,
        ended_on=ended_on,
        by=doer,
        at=at,
        why=reason,
        said="The patient leaves homecare.",
        act=lambda: patients.leave_homecare(enrolment=enrolment, by=doer, at=at, reason=reason),
    )


@action
def withdraw_consent(*, enrolment: Enrolment, withdrawn_on: dt.date, by: User, at: dt.datetime, reason: str) -> Consent:
    """Record that consent was withdrawn; what was begun for somebody not yet on treatment ends in this transaction.

    Somebody on treatment is still supplied until the handover is planned: their prescriptions are left to that plan.
    Refused: a day in the future, or before consent was given.
    """
    doer = by.for_deed(Permission.CONSENT_RECORD, *PARTS)
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    consent = Consent.objects.in_force().filter(enrolment=locked).first()
    if withdrawn_on > local_day(at):
        raise Refused("A withdrawal cannot be dated in the future: it takes effect at once. Enter today, or its day.")
    if consent is not None and consent.given_on is not None and withdrawn_on < consent.given_on:
        raise Refused(f"Consent was given on {day(consent.given_on)}. It cannot have been withdrawn before that.")
    has_not_begun = consent is not None and locked.status in BEFORE_ACTIVE
    if has_not_begun:
        _end_what_hangs_on(enrolment, ended_on=withdrawn_on, by=doer, at=at, why=reason or "Consent was withdrawn.")
    done = patients.withdraw_consent(enrolment=enrolment, withdrawn_on=withdrawn_on, by=doer, at=at, reason=reason)
    if has_not_begun:
        collecting.ask_for_all(_open_again([enrolment])[0], by=by, at=at)
    return done


def _end(
    enrolment: Enrolment,
    *,
    ended_on: dt.date,
    by: User,
    at: dt.datetime,
    why: str,
    said: str,
    act: Callable[[], Enrolment],
) -> Enrolment:
    """End one enrolment with what hangs on it, tell its provider, and ask for what is left at the home.

    Of somebody who is moving to another provider, what that provider was asked for ends too, and it is told.
    """
    if ended_on > local_day(at):
        raise Refused("Everything ends at once, so enter today or an earlier day. To end it later, come back then.")
    moving_to = [t.to_enrolment for t in Transfer.objects.under_way().filter(from_enrolment=enrolment)]
    both = [enrolment, *moving_to]
    waiting = under_way.of_enrolments([one.pk for one in both], by)
    on_the_road = [delivery for delivery in waiting if under_way.is_on_the_road(delivery)]
    for one in both:
        _end_what_hangs_on(one, ended_on=ended_on, by=by, at=at, why=why)
    ended = act()
    more = under_way.by_provider(on_the_road, "Stop it now and ring us.")
    for one in _open_again(both):
        _tell_of_end(one, f"{said} {CANCEL} {more.get(one.service.provider_id, '')}", on=ended_on, by=by, at=at)
        collecting.ask_for_all(one, by=by, at=at)
    return ended


CANCEL = "Cancel its prescriptions, deliveries and visits, and confirm."


def _tell_of_end(enrolment: Enrolment, detail: str, *, on: dt.date, by: User, at: dt.datetime) -> None:
    patients.raise_notice(enrolment=enrolment, kind="STOP", detail=detail.strip(), effective_on=on, by=by, at=at)


def _end_what_hangs_on(enrolment: Enrolment, *, ended_on: dt.date, by: User, at: dt.datetime, why: str) -> None:
    prescriptions.stop_renewals(enrolment=enrolment, by=by, at=at, reason=why)
    live = Prescription.objects.filter(
        enrolment=enrolment, status__in=sorted(str(s) for s in AT_PROVIDER | IN_PHARMACY)
    )
    for prescription in live.order_by("pk"):
        prescriptions.cancel(prescription=prescription, by=by, at=at, reason=why, tells_provider=False)
    deliveries.cancel_expected(enrolment_id=enrolment.pk, by=by, at=at, reason=why)
    monitoring.end_plan(enrolment=enrolment, ended_on=ended_on, by=by, at=at, reason=why)
    ending.end_what_is_planned(enrolment, on=local_day(at), by=by, at=at, why=why)
