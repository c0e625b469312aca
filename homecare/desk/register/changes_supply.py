"""What a later register changes of supply and tests: new deliveries, prescriptions, regimens and blood tests.

Most rows of a monthly register have a new delivery, so all of this is written in bulk. Everything read from a register
is assumed; what somebody entered or a provider reported here is left alone.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from homecare.accounts.models import User
from homecare.desk.register.changes import Change
from homecare.desk.register.planning import LIVE, done_on, prescription_status, supply_of
from homecare.desk.register.reference import Reference
from homecare.desk.register.supply import Supply, pattern_columns
from monitoring.models import MonitoringItem, MonitoringItemStatusChange
from monitoring.rules import next_due_on
from patients.cover import actions as cover
from patients.models import RegimenPhase, RemainingSupply, SupplyFact
from patients.states import ENDED
from prescriptions.models import Prescription, PrescriptionStatusChange
from prescriptions.states import AT_PROVIDER

Item = TypeVar("Item")
_BATCH: Final = 2_000
_REGIMEN: Final = {"strength_form", "dose", "frequency", "medicine"}
_PRESCRIPTION: Final = {
    "last_prescription_on",
    "prescription_weeks",
    "number_of_deliveries",
    "last_delivery_on",
    "provider",
}


@dataclass(slots=True)
class _Writes:
    """What is to be written for one batch, kind by kind."""

    facts: list[SupplyFact] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    phases: list[RegimenPhase] = field(default_factory=list)
    prescriptions: list[Prescription] = field(default_factory=list)
    changed_prescriptions: list[Prescription] = field(default_factory=list)
    moves: list[PrescriptionStatusChange] = field(default_factory=list)
    supplies: dict[int, RemainingSupply | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, as at which day, and why."""

    by: User
    at: dt.datetime
    as_at: dt.date
    why: str


def change_supply(changes: Sequence[Change], reference: Reference, writer: Writer) -> None:
    """Write deliveries, regimens and prescriptions as the register now tells them, and move the cover dates."""
    concerned = [change for change in changes if change.changed & (_REGIMEN | _PRESCRIPTION) and _goes_on(change)]
    for batch in _batches(concerned):
        _change_batch(batch, reference, writer)


def _goes_on(change: Change) -> bool:
    return change.known.status not in {str(status) for status in ENDED} and change.row.status in LIVE


def _change_batch(batch: Sequence[Change], reference: Reference, writer: Writer) -> None:
    ids = [change.known.enrolment_id for change in batch]
    facts = _by_enrolment(SupplyFact.objects.standing().filter(enrolment__in=ids, kind="DELIVERY").order_by("on", "pk"))
    phases = _by_enrolment(RegimenPhase.objects.filter(enrolment__in=ids).order_by("starts_on"))
    held = _by_enrolment(Prescription.objects.filter(enrolment__in=ids).order_by("signed_on", "pk"))
    writes = _Writes()
    for change in batch:
        supply = _supply(change, reference, writer.as_at)
        if supply is None:
            continue
        pk = change.known.enrolment_id
        _change_regimen(change, supply, phases[pk], writes, writer)
        _change_delivery(change, supply, facts[pk], writes, writer)
        _change_prescription(change, supply, held[pk], reference, writes, writer)
    _write(writes, writer)
    cover.recompute(ids, on=writer.as_at)


def _supply(change: Change, reference: Reference, as_at: dt.date) -> Supply | None:
    medicine = change.decision.medicine
    assert medicine is not None
    product = reference.product(medicine_id=medicine.id, brand=medicine.brand, strength_form=change.row.strength_form)
    return supply_of(change.row, product, controlled=medicine.id in reference.limited, as_at=as_at)


def _change_regimen(
    change: Change, supply: Supply, phases: Sequence[RegimenPhase], writes: _Writes, writer: Writer
) -> None:
    """Begin a new phase where the dose or the frequency is another, with the last delivery."""
    name, every_days, on, off, weekdays = pattern_columns(supply.regimen.pattern)
    current = phases[-1] if phases else None
    listed = list(weekdays) if weekdays else None
    same = current is not None and (
        (current.pattern, current.every_days, current.cycle_on, current.cycle_off, current.weekdays)
        == (name, every_days, on, off, listed)
        and current.units_per_dose == supply.regimen.units_per_dose
    )
    if same or (current is not None and not change.changed & _REGIMEN):
        return
    starts_on = supply.grid_starts_on
    if current is not None:
        starts_on = max(starts_on, current.starts_on + dt.timedelta(days=1))
        current.ends_on = starts_on - dt.timedelta(days=1)
        current.save(update_fields=["ends_on"])
    writes.phases.append(
        RegimenPhase(
            enrolment_id=change.known.enrolment_id, starts_on=starts_on, units_per_dose=supply.regimen.units_per_dose,
            pattern=name, every_days=every_days, cycle_on=on, cycle_off=off, weekdays=listed,
            dose_text=change.row.dose, frequency_text=change.row.frequency, is_assumed=True,
        )
    )  # fmt: skip


def _change_delivery(
    change: Change, supply: Supply, facts: Sequence[SupplyFact], writes: _Writes, writer: Writer
) -> None:
    """Add the new last delivery. A date that moved by less than half the spacing corrects the one before."""
    if "last_delivery_on" not in change.changed or supply.delivered_on is None or supply.units_each is None:
        return
    if any(fact.on == supply.delivered_on for fact in facts):
        return
    last = facts[-1] if facts else None
    if last is not None and (supply.delivered_on - last.on).days * 2 < (supply.interval_days or 1):
        if not last.is_assumed:
            return  # what a provider reported or somebody entered is better known than a register
        writes.withdrawn.append(last.pk)
    writes.facts.append(
        SupplyFact(
            enrolment_id=change.known.enrolment_id, kind=SupplyFact.Kind.DELIVERY, on=supply.delivered_on,
            units=supply.units_each, method="register", recorded_at=writer.at, recorded_by=writer.by, is_assumed=True,
        )
    )  # fmt: skip


def _change_prescription(
    change: Change,
    supply: Supply,
    held: Sequence[Prescription],
    reference: Reference,
    writes: _Writes,
    writer: Writer,
) -> None:
    """Take a newer prescription in place of the assumed ones before it, or count on in the one that is known."""
    signed = [prescription for prescription in held if prescription.signed_on is not None]
    newest = signed[-1] if signed else None
    if supply.signed_on is None or supply.deliveries is None or not supply.units_each or not supply.interval_days:
        return
    if newest is not None and newest.signed_on is not None:
        if newest.signed_on > supply.signed_on or (newest.signed_on == supply.signed_on and not newest.is_assumed):
            return
        if newest.signed_on == supply.signed_on and newest.provider_id == change.decision.provider:
            _count_on(newest, supply, writes, writer)
            return
    for prescription in held:
        if prescription.is_assumed and prescription.status in AT_PROVIDER:
            _move(prescription, "SUPERSEDED", writes, writer)
            writes.changed_prescriptions.append(prescription)
    assert change.decision.provider is not None
    assert change.decision.person is not None
    medicine = change.decision.medicine
    assert medicine is not None
    product = reference.product(medicine_id=medicine.id, brand=medicine.brand, strength_form=change.row.strength_form)
    sent_at = dt.datetime.combine(supply.signed_on, dt.time(12), tzinfo=dt.UTC)
    new = Prescription(
        enrolment_id=change.known.enrolment_id, patient_id=change.decision.person, provider_id=change.decision.provider,
        product_id=product.id if product else None, reference=uuid.uuid4(),
        status=prescription_status(supply, writer.as_at), signed_on=supply.signed_on,
        last_valid_on=supply.last_valid_on, deliveries=supply.deliveries, deliveries_made=supply.deliveries_made,
        units_each=supply.units_each, interval_days=supply.interval_days,
        dose_text=f"{change.row.dose} {change.row.frequency}".strip(), sent_at=sent_at, acknowledged_at=sent_at,
        is_assumed=True,
    )  # fmt: skip
    writes.prescriptions.append(new)
    _remain(new, writes)


def _count_on(prescription: Prescription, supply: Supply, writes: _Writes, writer: Writer) -> None:
    assert supply.deliveries is not None
    assert supply.units_each is not None
    assert supply.interval_days is not None
    prescription.deliveries, prescription.deliveries_made = supply.deliveries, supply.deliveries_made
    prescription.units_each, prescription.interval_days = supply.units_each, supply.interval_days
    status = prescription_status(supply, writer.as_at)
    if status != prescription.status:
        _move(prescription, status, writes, writer)
    writes.changed_prescriptions.append(prescription)
    _remain(prescription, writes)


def _move(prescription: Prescription, status: str, writes: _Writes, writer: Writer) -> None:
    writes.moves.append(
        PrescriptionStatusChange(
            prescription=prescription, event="import_register", from_status=prescription.status, to_status=status,
            at=writer.at, by=writer.by, reason=writer.why,
        )
    )  # fmt: skip
    prescription.status = status


def _remain(prescription: Prescription, writes: _Writes) -> None:
    gives = prescription.status in AT_PROVIDER and prescription.remaining > 0 and prescription.last_valid_on is not None
    pk = prescription.enrolment_id
    writes.supplies[pk] = None
    if gives and prescription.last_valid_on is not None:
        writes.supplies[pk] = RemainingSupply(
            enrolment_id=pk, remaining=prescription.remaining, units_each=prescription.units_each,
            last_valid_on=prescription.last_valid_on, is_assumed=True,
        )  # fmt: skip


def _write(writes: _Writes, writer: Writer) -> None:
    SupplyFact.objects.filter(pk__in=writes.withdrawn).update(withdrawn_at=writer.at)
    SupplyFact.objects.bulk_create(writes.facts)
    RegimenPhase.objects.bulk_create(writes.phases)
    Prescription.objects.bulk_update(
        writes.changed_prescriptions, ["status", "deliveries", "deliveries_made", "units_each", "interval_days"]
    )
    PrescriptionStatusChange.objects.bulk_create(
        [
            *writes.moves,
            *(
                PrescriptionStatusChange(
                    prescription=new, event="import_register", to_status=new.status, at=writer.at, by=writer.by,
                    reason=writer.why,
                )
                for new in Prescription.objects.bulk_create(writes.prescriptions)
            ),
        ]
    )  # fmt: skip
    RemainingSupply.objects.filter(pk__in=[pk for pk, supply in writes.supplies.items() if supply is None]).delete()
    RemainingSupply.objects.bulk_create(
        [supply for supply in writes.supplies.values() if supply is not None],
        update_conflicts=True,
        unique_fields=["enrolment"],
        update_fields=["remaining", "units_each", "last_valid_on", "is_assumed"],
    )


def change_tests(changes: Sequence[Change], reference: Reference, writer: Writer) -> None:
    """Count a later last blood test as done, and plan the next of each test that waited for it."""
    done = {
        change.known.enrolment_id: last
        for change in changes
        if "last_blood_test_on" in change.changed and (last := done_on(change.row, writer.as_at)) is not None
    }
    for batch in _batches(sorted(done)):
        _change_tests_of({pk: done[pk] for pk in batch}, reference, writer)


def _change_tests_of(done: dict[int, dt.date], reference: Reference, writer: Writer) -> None:
    known = MonitoringItem.objects.filter(plan__enrolment__in=done, plan__ended_on=None)
    before: dict[tuple[int, int], dt.date] = defaultdict(lambda: dt.date.min)
    for plan, test, on in known.filter(done_on__isnull=False).values_list("plan_id", "test_type_id", "done_on"):
        before[plan, test] = max(before[plan, test], on or dt.date.min)
    taken, moves, following = [], [], []
    for item in known.waiting().select_related("plan").select_for_update(of=("self",)):
        on = done[item.plan.enrolment_id]
        if on <= before[item.plan_id, item.test_type_id]:
            continue
        moves.append(
            MonitoringItemStatusChange(
                item=item, event="import_register", from_status=item.status, to_status="TAKEN", at=writer.at,
                by=writer.by, reason=writer.why,
            )
        )  # fmt: skip
        item.status, item.done_on, item.is_assumed = "TAKEN", on, True
        taken.append(item)
        due_on = next_due_on(
            reference.phases.get(item.plan.protocol_id, []),
            test=item.test_type_id,
            started_on=item.plan.started_on,
            last_done_on=on,
        )
        if due_on is not None:
            following.append(
                MonitoringItem(
                    plan=item.plan, patient_id=item.patient_id, test_type_id=item.test_type_id, due_on=due_on,
                    is_assumed=True,
                )
            )  # fmt: skip
    MonitoringItem.objects.bulk_update(taken, ["status", "done_on", "is_assumed"])
    MonitoringItemStatusChange.objects.bulk_create(moves)
    MonitoringItem.objects.bulk_create(following)


def _by_enrolment(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enrolment_id].append(row)
    return grouped


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), _BATCH):
        yield items[first : first + _BATCH]
