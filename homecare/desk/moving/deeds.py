"""A transfer with all that hangs on it in every app: begun, finished, called off, each in one transaction."""

import datetime as dt

from deliveries import actions as deliveries
from deliveries.models import Delivery
from deliveries.states import DeliveryStatus
from homecare.accounts.models import User
from homecare.audit.actions import action
from monitoring import actions as monitoring
from patients.actions import transfer as transfers
from patients.models import BulkTransfer, Enrolment, Transfer
from patients.states import ON_TREATMENT
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import AT_PROVIDER, IN_PHARMACY, RenewalStatus
from providers.models import HomecareService


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
    """Begin a transfer. Where the old provider supplies nothing more, what it holds is cancelled now.

    Then a prescription for the new provider is asked for, so that nobody waits for a provider that has failed.
    """
    transfer = transfers.start_transfer(
        enrolment=enrolment,
        to_service=to_service,
        by=by,
        at=at,
        reason=reason,
        old_provider_supplies=old_provider_supplies,
        bulk=bulk,
    )
    if not old_provider_supplies:
        old = transfer.from_enrolment
        _stop_answered(old, by=by, at=at, why=reason)
        _cancel_what_it_holds(old, by=by, at=at, why=reason)
        why = f"{old.service.provider} supplies nothing more. The prescription is for {to_service.provider}."
        prescriptions.open_renewal(enrolment=old, asked_by=RenewalRequest.AskedBy.PHARMACY, by=by, at=at, reason=why)
    return transfer


def end_what_hung_on_it(transfer: Transfer, by: User, at: dt.datetime) -> None:
    """End what hung on the old enrolment of a finished transfer; blood tests go on with the new one.

    Registered with `patients.actions.transfer`, and done in the transaction of the first dose.
    """
    old, new = transfer.from_enrolment, transfer.to_enrolment
    why = "The patient began with another provider."
    prescriptions.stop_renewals(enrolment=old, by=by, at=at, reason=why)
    _cancel_what_it_holds(old, by=by, at=at, why=why)
    monitoring.move_plan(from_enrolment=old, to_enrolment=new, by=by, at=at)


cancel_transfer = transfers.cancel_transfer  # what hangs on it follows, as it does however else a transfer ends


def end_what_was_begun(transfer: Transfer, by: User, at: dt.datetime, reason: str) -> None:
    """End what was asked for or written for the new provider of a transfer that was called off.

    Registered with `patients.actions.enrolment`, and done in the transaction of whatever ended it: called off by hand,
    consent withdrawn, not suitable, declined, the registration given up, the treatment stopped.
    """
    old, new = transfer.from_enrolment, transfer.to_enrolment
    prescriptions.stop_renewals(enrolment=new, by=by, at=at, reason=reason)
    _stop_answered(old, by=by, at=at, why=reason)
    _cancel_what_it_holds(new, by=by, at=at, why=reason)


def _cancel_what_it_holds(enrolment: Enrolment, *, by: User, at: dt.datetime, why: str) -> None:
    """Cancel an enrolment's prescriptions and deliveries, but for a parcel that is on its way.

    The prescription of such a parcel stands until it has come: it counts wherever the patient is by then.
    """
    deliveries.cancel_expected(enrolment_id=enrolment.pk, by=by, at=at, reason=why)
    on_its_way = Delivery.objects.filter(enrolment=enrolment, status=DeliveryStatus.DISPATCHED)
    held = Prescription.objects.filter(
        enrolment=enrolment, status__in=sorted(str(s) for s in AT_PROVIDER | IN_PHARMACY)
    ).exclude(pk__in=on_its_way.values("prescription_id"))
    for prescription in held.order_by("pk"):
        prescriptions.cancel(prescription=prescription, by=by, at=at, reason=why)


def _stop_answered(enrolment: Enrolment, *, by: User, at: dt.datetime, why: str) -> None:
    """End a request whose prescription was cancelled with another provider: the sweep asks again if one is needed."""
    answered = RenewalRequest.objects.filter(enrolment=enrolment, status=RenewalStatus.PRESCRIBED)
    if answered.exists():
        prescriptions.stop_renewals(enrolment=enrolment, by=by, at=at, reason=why)


def why_not_now(enrolment: Enrolment) -> str:
    """Say why an enrolment cannot begin to move, or nothing: for pages, which need not press the button to know."""
    if enrolment.status not in ON_TREATMENT:
        return (
            "Only a patient on treatment is transferred. Withdraw this referral and refer the patient to another"
            " provider's service instead."
        )
    under_way = transfers.under_way_from(enrolment)
    if under_way is not None:
        return f"The patient is moving to {under_way.to_enrolment.service.provider} already."
    return ""
