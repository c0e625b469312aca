"""One treatment moved from one provider to another: begun, finished by the first dose, or called off.

While it is under way the old enrolment (TRANSFERRING) answers for the patient: its cover counts what either provider
gave, and it alone asks for prescriptions. What hangs on it in later apps (prescriptions, deliveries, blood tests)
begins and is called off with it in `homecare.desk.moving.deeds`, which calls these; and ends with it by what the desk
registers here at start, since the deed that finishes a transfer is the first dose, wherever that is recorded.
"""

import datetime as dt
from collections.abc import Callable

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.actions.enrolment import move
from patients.actions.notices import raise_notice
from patients.actions.pathway import start_clock
from patients.actions.transfer_carrying import carry_home, carry_over, leave_behind
from patients.cover import actions as cover
from patients.models import BulkTransfer, Enrolment, EnrolmentStatusChange, Transfer
from patients.pathway.milestones import Kind
from patients.pathway.transferring import Destination, why_no_way_back, why_not_there
from patients.states import EnrolmentStatus
from providers.models import HomecareService, ServiceMedicine
from providers.services import why_no_new_enrolment

Finished = Callable[[Transfer, User, dt.datetime], None]
_when_finished: list[Finished] = []


def when_finished(follow: Finished) -> None:
    """Register what else is done in the transaction that finishes a transfer. Registered twice, it is done once."""
    if follow not in _when_finished:
        _when_finished.append(follow)


def destination_of(enrolment: Enrolment, service: HomecareService) -> Destination:
    """Return a service as the rules see it from an enrolment."""
    return Destination(
        name=str(service),
        provider=str(service.provider),
        medicine=str(enrolment.medicine),
        is_same_provider=service.provider_id == enrolment.service.provider_id,
        supplies_medicine=ServiceMedicine.objects.filter(service=service, medicine=enrolment.medicine_id).exists(),
        why_closed=why_no_new_enrolment(service) or "",
    )


@action
def start_transfer(
    *,
    enrolment: Enrolment,
    to_service: HomecareService,
    by: User,
    at: dt.datetime,
    reason: str,
    old_provider_supplies: bool = True,
    bulk: BulkTransfer | None = None,
) -> Transfer:
    """Begin to move a treatment to another provider's service: a new enrolment of the same treatment is made.

    It is suitable already, and consent to share is asked for anew, since consent names the provider. Refused: no
    reason, the same provider, a service that does not supply the medicine or takes nobody new, or an enrolment that
    is neither active nor suspended (somebody else began already).
    """
    if not reason.strip():
        raise Refused("Say why the patient moves to another provider.")
    old = move(enrolment=enrolment, event="start_transfer", by=by, at=at, reason=reason)
    service = HomecareService.objects.select_related("provider").get(pk=to_service.pk)
    refusal = why_not_there(destination_of(old, service))
    if refusal:
        raise Refused(refusal, code="not_there")
    new = _enrol(old, service, by=by, at=at)
    transfer = Transfer.objects.create(
        from_enrolment=old,
        to_enrolment=new,
        patient_id=old.patient_id,
        bulk=bulk,
        old_provider_supplies=old_provider_supplies,
        started_on=local_day(at),
        reason=reason,
    )
    carry_over(old, new, on=local_day(at))
    start_clock(new, began_on=local_day(at), by=by, at=at, kind=Kind.TRANSFER)
    raise_notice(
        enrolment=old, kind="TRANSFER", detail=_told_at_start(old_provider_supplies), effective_on=local_day(at),
        by=by, at=at,
    )  # fmt: skip
    return transfer


def _enrol(old: Enrolment, service: HomecareService, *, by: User, at: dt.datetime) -> Enrolment:
    new = Enrolment.objects.create(
        treatment_id=old.treatment_id,
        patient_id=old.patient_id,
        medicine_id=old.medicine_id,
        clinic_id=old.clinic_id,
        service=service,
        status=EnrolmentStatus.SUITABLE,
        referred_on=local_day(at),
    )
    EnrolmentStatusChange.objects.create(
        enrolment=new,
        event="transfer_in",
        to_status=new.status,
        at=at,
        by=by,
        reason=f"Suitability carried over from the enrolment with {old.service.provider}.",
    )
    return new


def _told_at_start(supplies: bool) -> str:
    if supplies:
        return "The patient is moving to another provider. Go on supplying as booked until we tell you the last day."
    return "The patient is moving to another provider. Supply nothing more: what you hold is cancelled."


def finish_if_transfer(new_enrolment: Enrolment, *, on: dt.date, by: User, at: dt.datetime) -> Transfer | None:
    """Finish the transfer that a new enrolment was made for, now that its first dose was taken; None if for none.

    Part of the deed that records the dose. What follows from it is the service's own work, whoever told of the dose.
    """
    transfer = under_way_to(new_enrolment)
    if transfer is None:
        return None
    system = User.objects.system("transfers")
    return finish_transfer(transfer=transfer, on=on, by=system, at=at, reason=f"First dose recorded by {by}.")


@action
def finish_transfer(*, transfer: Transfer, on: dt.date, by: User, at: dt.datetime, reason: str = "") -> Transfer:
    """End the old enrolment on the day of the first dose from the new provider, and carry over what is at home.

    The stock is counted once: as computed from what either provider gave, it becomes a count of the new enrolment.
    """
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    new = Enrolment.objects.get(pk=locked.to_enrolment_id)
    if new.status != EnrolmentStatus.ACTIVE:
        raise Refused("The transfer ends with the first dose from the new provider. Record that dose.")
    answer = cover.answer_now(locked.from_enrolment, on=local_day(at))  # before it ends: it counts both
    locked.finished_on = max(on, locked.started_on)
    locked.save(update_fields=["finished_on"])
    why = f"The patient began with {new.service.provider}."
    old = move(enrolment=locked.from_enrolment, event="finish_transfer", by=by, at=at, reason=why)
    cover.end([old.pk])
    carry_home(old, new, answer, on=locked.finished_on, by=by, at=at)
    leave_behind(old, on=locked.finished_on, by=by, at=at)
    raise_notice(
        enrolment=old,
        kind="TRANSFER",
        detail=f"The patient began with another provider on {locked.finished_on:%-d %B %Y}. Supply nothing more,"
        " cancel what you hold, and arrange with us to collect what is yours.",
        effective_on=locked.finished_on,
        by=by,
        at=at,
    )
    for follow in _when_finished:
        follow(locked, by, at)
    cover.recompute([new.pk], on=local_day(at))
    return locked


def under_way_to(enrolment: Enrolment) -> Transfer | None:
    """Return the transfer that would be finished by this enrolment's first dose, or None."""
    return Transfer.objects.under_way().select_related("from_enrolment").filter(to_enrolment=enrolment).first()


def under_way_from(enrolment: Enrolment) -> Transfer | None:
    """Return the transfer by which this enrolment is leaving its provider, or None."""
    rows = Transfer.objects.under_way().select_related("to_enrolment__service__provider")
    return rows.filter(from_enrolment=enrolment).first()


@action
def cancel_transfer(*, transfer: Transfer, by: User, at: dt.datetime, reason: str) -> Transfer:
    """Call a transfer off: the new enrolment is withdrawn and the old one goes on as it was, paused if it is paused.

    Refused: no reason, one that is over, or one of which the new provider already has the registration.
    """
    if not reason.strip():
        raise Refused("Say why the transfer is called off.")
    locked = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if locked.cancelled_on is not None:
        raise Refused(f"This transfer was called off on {locked.cancelled_on:%-d %B %Y}.", code="over")
    new = locked.to_enrolment
    was_sent = new.registrations.exclude(outcome="REJECTED").exists()
    refusal = why_no_way_back(status=new.status, provider=str(new.service.provider), was_sent=was_sent)
    if refusal:
        raise Refused(refusal, code="no_way_back")
    move(enrolment=new, event="withdraw", by=by, at=at, reason=reason)  # the old one goes on by the same move
    locked.refresh_from_db()
    return locked
