"""Another dose, device or brand: one deed from the regimen to the provider's acknowledgement.

The old prescriptions are cancelled and the provider is told and must confirm; deliveries that have not left are
cancelled; a prescription is asked for anew; what is left of the old strength at home is counted and dealt with, since
two strengths in one fridge are a known cause of harm (domain.md 2.5); a clock runs until the next dose is taken.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from deliveries import actions as deliveries
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.desk.deeds import under_way
from medicines.models import Product
from patients import actions as patients
from patients.actions import pathway, regimen, visits
from patients.actions.dose_change import change_doses, change_product, in_words
from patients.actions.regimen import Doses
from patients.cover import actions as cover
from patients.models import Enrolment, RegimenPhase, Transfer
from patients.pathway.milestones import Kind
from patients.pathway.requirements import ASKED_BY, Code
from patients.states import ON_TREATMENT, EnrolmentStatus
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import AT_PROVIDER, IN_PHARMACY

PARTS = (
    Permission.ENROLMENT_EDIT,
    Permission.PRESCRIPTION_CANCEL,
    Permission.RENEWAL_OPEN,
    Permission.RENEWAL_EDIT,
    Permission.STOCK_COUNT_RECORD,
    Permission.DELIVERY_RECORD,
    Permission.VISIT_RECORD,
)
LIVE = sorted(str(status) for status in AT_PROVIDER | IN_PHARMACY)


class What(StrEnum):
    """What changes."""

    DOSE = "DOSE"
    DEVICE = "DEVICE"
    SWITCH = "SWITCH"


WHAT_WORDS: dict[str, str] = {
    What.DOSE: "Dose, frequency or strength",
    What.DEVICE: "Device",
    What.SWITCH: "Brand or biosimilar",
}


class OldStock(StrEnum):
    """What is done with what is left of the old at home."""

    USE_UP = "USE_UP"
    WRITE_OFF = "WRITE_OFF"
    KEEP_APART = "KEEP_APART"


OLD_STOCK_WORDS: dict[str, str] = {
    OldStock.USE_UP: "Use it up first, before the new begins",
    OldStock.WRITE_OFF: "Do not use it: it is collected",
    OldStock.KEEP_APART: "Keep it apart, not to be used unless we say so",
}


@dataclass(frozen=True, kw_only=True)
class DoseChange:
    """What changes, from which doses on, with which product, and what is left of the old (units counted today)."""

    what: What
    doses: Doses
    product: Product | None = None
    units_left: int | None = None
    old_stock: OldStock | None = None


@action
def change_dose(
    *, enrolment: Enrolment, change: DoseChange, by: User, at: dt.datetime, reason: str = ""
) -> RegimenPhase:
    """Change dose, device or brand with all that follows. Who may change a regimen may do all of it.

    Refused: somebody not on treatment; a new product without knowing what is left of the old; a switch without the
    new brand; doses that are not whole.
    """
    doer = by.for_deed(Permission.REGIMEN_EDIT, *PARTS)
    locked = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("treatment__product", "service__provider", "medicine", "patient")
        .get(pk=enrolment.pk)
    )
    _check(locked, change, today=local_day(at))
    why = reason.strip() or f"{WHAT_WORDS[change.what]} changes."
    _deal_with_old_stock(locked, change, by=doer, at=at, why=why)
    phase = change_doses(locked, change.doses)
    if change.product is not None:
        change_product(locked, change.product)
    _cancel_the_old(locked, by=doer, at=at, why=why)
    cover.recompute([locked.pk], on=local_day(at))
    if locked.status != EnrolmentStatus.SUSPENDED:  # somebody paused is asked about when they resume
        prescriptions.open_renewal(enrolment=locked, asked_by="PHARMACY", by=doer, at=at, reason=why)
    _change_where_they_move(locked, change, by=doer, at=at, why=why)
    kind = Kind.SWITCH if change.what is What.SWITCH else Kind.DOSE_CHANGE
    pathway.start_clock(locked, began_on=local_day(at), by=doer, at=at, kind=kind)
    if needs_new_training(locked, change.what):
        visits.plan_visit(enrolment=locked, kind="TRAINING", by=doer, at=at, reason=f"{WHAT_WORDS[change.what]}: {why}")
    _tell_provider(locked, phase, change, by=by, at=at)
    return phase


@action
def record_regimen(
    *,
    enrolment: Enrolment,
    doses: Doses,
    by: User,
    at: dt.datetime,
    instead_of: RegimenPhase | None = None,
    reason: str = "",
) -> RegimenPhase:
    """Record the regimen of somebody who has not begun, as `patients.actions.regimen` does.

    Refused: other doses than those on record while a prescription for these is live, in the pharmacy or sent.
    """
    before = _doses_on_record(enrolment)
    phase = regimen.record_regimen(enrolment=enrolment, doses=doses, instead_of=instead_of, by=by, at=at, reason=reason)
    after = _doses_on_record(enrolment)
    is_other = any(after.get(pk) != said for pk, said in before.items())
    if is_other and Prescription.objects.filter(enrolment=enrolment, status__in=LIVE).exists():
        raise Refused(
            "A prescription was written for the doses on record. Cancel it first, then change the regimen: the"
            " prescription is asked for again.",
            code="prescribed",
        )
    return phase


DOSES = ("units_per_dose", "pattern", "every_days", "cycle_on", "cycle_off", "weekdays", "dose_text")


def _doses_on_record(enrolment: Enrolment) -> dict[int, tuple[object, ...]]:
    rows = RegimenPhase.objects.filter(enrolment=enrolment).values_list("pk", *DOSES)
    return {pk: tuple(said) for pk, *said in rows}


def _check(enrolment: Enrolment, change: DoseChange, *, today: dt.date) -> None:
    if enrolment.status not in ON_TREATMENT:
        raise Refused(
            "This patient is not on treatment. Before the first dose the regimen itself is changed.",
            code="not_on_treatment",
        )
    _check_what(enrolment, change)
    if is_new_product(enrolment, change.product) and change.units_left is None:
        raise Refused(
            "Ask the patient how many of the old are left: with two strengths or devices at home, the wrong one may"
            " be used. Enter 0 if there are none.",
            code="old_stock_unknown",
        )
    if change.units_left and change.old_stock is None:
        raise Refused("Say what is done with what is left of the old.")
    if change.units_left and change.old_stock is OldStock.USE_UP and change.doses.starts_on <= today:
        raise Refused(
            "The old cannot be used up first if the new dose begins today. Enter the day after the last of it."
        )


def _check_what(enrolment: Enrolment, change: DoseChange) -> None:
    """Hold what is said to change against the product: another brand is a switch, another form another device."""
    product, now = change.product, enrolment.treatment
    if product is None:
        if change.what is not What.DOSE:
            raise Refused("Choose the new product: it says which brand and device the patient gets.")
        return
    is_same_brand = not now.brand or product.brand == now.brand
    if change.what is What.SWITCH and product.brand == now.brand:
        raise Refused("That is the brand the patient has already. Choose the new one.")
    if change.what is not What.SWITCH and not is_same_brand:
        raise Refused(f"{product} is another brand than {now.brand}: say that the brand changes.", code="is_a_switch")
    if change.what is What.DOSE and now.product is not None and product.form != now.product.form:
        raise Refused(f"{product} is another device than now: say that the device changes.", code="is_a_device")


def is_new_product(enrolment: Enrolment, product: Product | None) -> bool:
    """Say whether what the patient will hold in the hand is another thing than now."""
    return product is not None and product.pk != enrolment.treatment.product_id


def needs_new_training(enrolment: Enrolment, what: What) -> bool:
    """Say whether the patient must be trained again: another device or brand, where the service trains."""
    trains = [activity for activity, codes in ASKED_BY.items() if Code.TRAINING in codes]
    return what is not What.DOSE and enrolment.service.activities.filter(activity__in=trains).exists()


def _deal_with_old_stock(enrolment: Enrolment, change: DoseChange, *, by: User, at: dt.datetime, why: str) -> None:
    """Count what is left; take off the cover what is not to be used, and ask for it where it is to be fetched."""
    if change.units_left is None:
        return
    today = local_day(at)
    cover.record_count(
        enrolment=enrolment, on=today, units=change.units_left, method="TELEPHONE", confirmed=True, by=by, at=at
    )
    if not change.units_left or change.old_stock is OldStock.USE_UP:
        return
    cover.record_write_off(enrolment=enrolment, on=today, units=change.units_left, by=by, at=at, reason=why)
    if change.old_stock is OldStock.WRITE_OFF:
        waiting = enrolment.collections.filter(kind="MEDICINE", done_on__isnull=True)
        if not waiting.exists():
            patients.ask_collection(enrolment=enrolment, kind="MEDICINE", by=by, at=at, reason="The old strength.")


def _change_where_they_move(old: Enrolment, change: DoseChange, *, by: User, at: dt.datetime, why: str) -> None:
    """Do the same for the provider that the patient is moving to: it may hold a prescription at the old dose."""
    moving = Transfer.objects.under_way().filter(from_enrolment=old).select_related("to_enrolment__service").first()
    if moving is None:
        return
    new = moving.to_enrolment
    was_asked = RenewalRequest.objects.open().filter(enrolment=new).exists()
    was_written = Prescription.objects.filter(enrolment=new, status__in=LIVE).exists()
    phase = change_doses(new, change.doses)
    _cancel_the_old(new, by=by, at=at, why=why)
    if (was_asked or was_written) and moving.old_provider_supplies:  # otherwise the old enrolment has asked for it
        prescriptions.open_renewal(enrolment=new, asked_by="PHARMACY", by=by, at=at, reason=why)
    _tell_provider(new, phase, change, by=by, at=at)


def _cancel_the_old(enrolment: Enrolment, *, by: User, at: dt.datetime, why: str) -> None:
    prescriptions.stop_renewals(enrolment=enrolment, by=by, at=at, reason=why)
    for prescription in Prescription.objects.filter(enrolment=enrolment, status__in=LIVE).order_by("pk"):
        prescriptions.cancel(prescription=prescription, by=by, at=at, reason=why)
    deliveries.cancel_expected(enrolment_id=enrolment.pk, by=by, at=at, reason=why)


def _tell_provider(enrolment: Enrolment, phase: RegimenPhase, change: DoseChange, *, by: User, at: dt.datetime) -> None:
    waiting = under_way.of_enrolments([enrolment.pk], by)
    said = under_way.by_provider(waiting, "Stop it: it is of the old.").get(enrolment.service.provider_id, "")
    trained = "The patient must be trained again." if needs_new_training(enrolment, change.what) else ""
    detail = in_words(phase, what=WHAT_WORDS[change.what], product=change.product)
    patients.raise_notice(
        enrolment=enrolment,
        kind="DOSE_CHANGE",
        detail=" ".join(part for part in (detail, trained, said) if part),
        effective_on=phase.starts_on,
        by=by,
        at=at,
    )
