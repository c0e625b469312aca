"""Equipment on loan at a patient's home, at any tier: ordered, delivered, serviced, collected."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions.under_way import under_way
from patients.models import Enrolment, Equipment


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What is known of a piece of equipment."""

    kind: str
    owner: str
    description: str = ""
    serial_number: str = ""
    ordered_on: dt.date | None = None
    delivered_on: dt.date | None = None
    service_due_on: dt.date | None = None


@action
def record_equipment(*, enrolment: Enrolment, thing: Thing, by: User, at: dt.datetime, reason: str = "") -> Equipment:
    """Record equipment ordered for a home, or standing in it. The same serial number cannot stand in two homes."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = under_way(enrolment)
    return _save(Equipment(enrolment=locked), thing, today=local_day(at))


@action
def change_equipment(*, equipment: Equipment, thing: Thing, by: User, at: dt.datetime, reason: str = "") -> Equipment:
    """Record what became of it: delivered, serviced and due again, another serial number. One collected is refused."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = Equipment.objects.select_for_update().get(pk=equipment.pk)
    _still_there(locked)
    return _save(locked, thing, today=local_day(at))


@action
def collect_equipment(
    *, equipment: Equipment, collected_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Equipment:
    """Record that equipment was fetched from the home, also after treatment ended. A day in the future is refused."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = Equipment.objects.select_for_update().get(pk=equipment.pk)
    _still_there(locked)
    if collected_on > local_day(at):
        raise Refused("It cannot have been collected in the future.")
    if locked.delivered_on is not None and collected_on < locked.delivered_on:
        raise Refused(f"It was delivered on {locked.delivered_on:%-d %B %Y}, so it was not collected before that.")
    locked.collected_on = collected_on
    locked.save(update_fields=["collected_on"])
    return locked


def _still_there(equipment: Equipment) -> None:
    if equipment.collected_on is not None:
        raise Stale(f"This equipment was collected on {equipment.collected_on:%-d %B %Y}.")


def _save(equipment: Equipment, thing: Thing, *, today: dt.date) -> Equipment:
    if thing.delivered_on is not None and thing.delivered_on > today:
        raise Refused("It cannot have been delivered in the future. Leave the day empty until it is there.")
    if thing.ordered_on is not None and thing.delivered_on is not None and thing.delivered_on < thing.ordered_on:
        raise Refused("It cannot have been delivered before it was ordered.")
    for name, value in asdict(thing).items():
        setattr(equipment, name, value.strip() if isinstance(value, str) else value)
    _refuse_second_home(equipment)
    try:
        with transaction.atomic():
            equipment.save()
    except IntegrityError as fault:
        if "equipment_in_one_home" not in str(fault):
            raise
        raise _elsewhere(equipment) from None
    return equipment


def _refuse_second_home(equipment: Equipment) -> None:
    if not equipment.serial_number:
        return
    others = Equipment.objects.filter(
        kind=equipment.kind, serial_number=equipment.serial_number, collected_on__isnull=True
    )
    if others.exclude(pk=equipment.pk).exists():
        raise _elsewhere(equipment)


def _elsewhere(equipment: Equipment) -> Refused:
    return Refused(
        f"{equipment} is on record at a home already and was not collected from there. "
        "Check the serial number, or record its collection first.",
        code="in_another_home",
    )
