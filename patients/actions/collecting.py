"""Things to be fetched from a patient's home: asked for, arranged for a day, done. The provider is told each time."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions.notices import raise_notice
from patients.models import Collection, Enrolment, Equipment, Patient
from patients.states import ENDED

GENTLY = "The patient has died: ring the family with care, and never the patient."


@action
def ask_collection(
    *,
    enrolment: Enrolment,
    kind: str,
    by: User,
    at: dt.datetime,
    equipment: Equipment | None = None,
    reason: str = "",
) -> Collection:
    """Ask for something to be fetched from the home, and tell the provider. One that is asked for already is refused.

    After a death it is asked for gently.
    """
    require(by, Permission.ENROLMENT_EDIT)
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("patient", "service").get(pk=enrolment.pk)
    if kind not in Collection.Kind.values:
        raise Refused("Say what is to be collected: " + ", ".join(Collection.Kind.labels).lower() + ".")
    if kind == Collection.Kind.EQUIPMENT and equipment is None:
        raise Refused("Choose the equipment that is to be collected.")
    if equipment is not None:
        _check_equipment(equipment, locked)
    waiting = Collection.objects.filter(enrolment=locked, kind=kind, equipment=equipment, done_on__isnull=True)
    if waiting.exists():
        raise Refused("This collection is asked for already.", code="already_asked")
    collection = Collection.objects.create(
        enrolment=locked,
        kind=kind,
        equipment=equipment,
        asked_on=local_day(at),
        is_gentle=locked.patient.deceased,
        note=reason,
    )
    _tell_provider([collection], locked, by=by, at=at)
    return collection


def _check_equipment(equipment: Equipment, enrolment: Enrolment) -> None:
    if equipment.enrolment_id != enrolment.pk:
        raise Refused("This equipment stands in another home. Choose from this patient's.")
    if equipment.collected_on is not None:
        raise Refused(f"It was collected on {equipment.collected_on:%-d %B %Y}.")


def ask_for_all(enrolment: Enrolment, *, by: User, at: dt.datetime, also_medicine: bool = False) -> list[Collection]:
    """Ask for all that is left at a home when homecare ends: equipment on loan, the sharps bin, unused medicine.

    Part of a deed. What is asked for already is not asked for again; the provider gets one notice for all. A sharps
    bin is asked for where medicine was delivered.
    """
    waiting = list(Collection.objects.filter(enrolment=enrolment, done_on__isnull=True))
    asked_kinds, asked_things = {c.kind for c in waiting}, {c.equipment_id for c in waiting}
    new = [
        Collection(kind=Collection.Kind.EQUIPMENT, equipment=thing)
        for thing in _on_loan(enrolment)
        if thing.pk not in asked_things
    ]
    if _had_medicine(enrolment):
        wanted = [Collection.Kind.SHARPS, *([Collection.Kind.MEDICINE] if also_medicine else [])]
        new += [Collection(kind=kind) for kind in wanted if kind not in asked_kinds]
    is_gentle = enrolment.patient.deceased
    for collection in new:
        collection.enrolment, collection.asked_on, collection.is_gentle = enrolment, local_day(at), is_gentle
        collection.save()
    if new:
        _tell_provider(new, enrolment, by=by, at=at)
    return new


def ask_for_late_medicine(enrolment_id: int, *, by: User, at: dt.datetime) -> None:
    """Ask for medicine that came after its enrolment had ended: it must not be used. Part of the delivery's deed."""
    enrolment = Enrolment.objects.select_related("patient", "service").get(pk=enrolment_id)
    waiting = Collection.objects.filter(enrolment=enrolment, kind=Collection.Kind.MEDICINE, done_on__isnull=True)
    if enrolment.status not in ENDED or waiting.exists():
        return
    collection = Collection.objects.create(
        enrolment=enrolment,
        kind=Collection.Kind.MEDICINE,
        asked_on=local_day(at),
        is_gentle=enrolment.patient.deceased,
        note="It was delivered after homecare had ended.",
    )
    _tell_provider([collection], enrolment, by=by, at=at)


def _on_loan(enrolment: Enrolment) -> list[Equipment]:
    """Return what stands in the home and is not the patient's own."""
    there = Equipment.objects.filter(enrolment=enrolment, delivered_on__isnull=False, collected_on__isnull=True)
    return list(there.exclude(owner=Equipment.Owner.PATIENT).order_by("pk"))


def _had_medicine(enrolment: Enrolment) -> bool:
    return enrolment.supply_facts.filter(withdrawn_at__isnull=True).exists()


def mark_gentle(patient: Patient, *, is_gentle: bool) -> None:
    """Mark what waits to be collected from the homes of somebody who died, or did not. Part of a deed."""
    waiting = Collection.objects.filter(enrolment__patient=patient, done_on__isnull=True)
    for collection in waiting.exclude(is_gentle=is_gentle):
        collection.is_gentle = is_gentle
        collection.save(update_fields=["is_gentle"])


def _tell_provider(collections: list[Collection], enrolment: Enrolment, *, by: User, at: dt.datetime) -> None:
    things = "; ".join(in_words(collection) for collection in collections)
    gently = f" {GENTLY}" if enrolment.patient.deceased else ""
    raise_notice(
        enrolment=enrolment,
        kind="COLLECTION",
        detail=f"Please collect: {things}.{gently}",
        effective_on=local_day(at),
        by=by,
        at=at,
    )


def in_words(collection: Collection) -> str:
    """Say what is to be collected."""
    if collection.equipment is not None:
        return f"{collection.equipment} ({collection.equipment.get_owner_display().lower()})"
    return collection.get_kind_display().lower()


@action
def arrange_collection(
    *, collection: Collection, arranged_for_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Collection:
    """Record the day for which a collection is arranged. A day that is past is refused."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = _waiting(collection)
    if arranged_for_on < local_day(at):
        raise Refused("A collection is arranged for today or later. One that was made is recorded as done.")
    locked.arranged_for_on = arranged_for_on
    locked.save(update_fields=["arranged_for_on"])
    return locked


@action
def complete_collection(
    *, collection: Collection, done_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> Collection:
    """Record that something was fetched: equipment is no longer at the home. A day in the future is refused."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = _waiting(collection)
    if done_on > local_day(at):
        raise Refused("It cannot have been collected in the future.")
    locked.done_on = done_on
    if reason.strip():
        locked.note = "\n".join(part for part in (locked.note, reason.strip()) if part)
    locked.save(update_fields=["done_on", "note"])
    if locked.equipment_id is not None:
        _take_away(Equipment.objects.select_for_update().get(pk=locked.equipment_id), done_on)
    return locked


def _take_away(equipment: Equipment, on: dt.date) -> None:
    if equipment.delivered_on is not None and on < equipment.delivered_on:
        raise Refused(f"It was delivered on {equipment.delivered_on:%-d %B %Y}, so it was not collected before that.")
    if equipment.collected_on is None:
        equipment.collected_on = on
        equipment.save(update_fields=["collected_on"])


def _waiting(collection: Collection) -> Collection:
    locked = (
        Collection.objects.select_for_update(of=("self",))
        .select_related("equipment", "enrolment__patient")
        .get(pk=collection.pk)
    )
    if locked.done_on is not None:
        raise Stale(f"This was collected on {locked.done_on:%-d %B %Y}.")
    return locked
