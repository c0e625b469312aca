"""What each patient of a provider needs, so that they can be kept supplied: loaded for one page at a time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.today.cells import Cell, Column, Row, day_cell, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses
from patients.cover.models import RemainingSupply
from patients.models import AccessibleNeed, Equipment, Representative, Transfer, Visit
from patients.states import EnrolmentStatus, VisitStatus
from prescriptions.models import RenewalRequest
from providers.models import ServiceActivity

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("First dose without medicine", "How far off"),
    Column("Delivery under way", "Where it is"),
    Column("Prescription", "Asked for"),
    Column("Also needs"),
    Column("State", "Where to"),
)
NURSE_GIVES = "ADMINISTERED_BY_PROFESSIONAL"  # the activity, by its code in every tier scheme


@dataclass
class Needs:
    """What one page's patients need, by enrolment or by patient."""

    deliveries: dict[int, Delivery] = field(default_factory=dict)
    supplies: dict[int, RemainingSupply] = field(default_factory=dict)
    renewals: dict[int, RenewalRequest] = field(default_factory=dict)
    equipment: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[int, Visit] = field(default_factory=dict)
    nursed: set[int] = field(default_factory=set)
    accessible: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    transfers: dict[int, Transfer] = field(default_factory=dict)


def load_needs(enrolments: Iterable[Any], user: User) -> Needs:
    """Load what these enrolments need, in nine queries however many they are."""
    found = list(enrolments)
    ids, patients = [enrolment.pk for enrolment in found], {enrolment.patient_id for enrolment in found}
    needs = Needs(
        deliveries={d.enrolment_id: d for d in _deliveries(ids, user)},
        supplies=RemainingSupply.objects.in_bulk(ids),
        renewals={r.enrolment_id: r for r in RenewalRequest.objects.visible_to(user).open().filter(enrolment__in=ids)},
        visits={visit.enrolment_id: visit for visit in _visits(ids)},
        nursed=set(
            ServiceActivity.objects.filter(
                service__in={enrolment.service_id for enrolment in found}, activity=NURSE_GIVES
            ).values_list("service_id", flat=True)
        ),
        transfers={t.from_enrolment_id: t for t in _transfers(ids)},
    )
    for item in Equipment.objects.filter(enrolment__in=ids, collected_on__isnull=True).order_by("pk"):
        needs.equipment[item.enrolment_id].append(f"{item.get_kind_display().lower()} at home")
    for need in AccessibleNeed.objects.filter(patient__in=patients).order_by("pk"):
        needs.accessible[need.patient_id].append(need.get_kind_display().lower())
    for who in Representative.objects.filter(patient__in=patients, ended_on__isnull=True, may_be_contacted=True):
        needs.accessible[who.patient_id].append(f"speak to {who.name}")
    return needs


def _deliveries(ids: list[int], user: User) -> Any:
    return Delivery.objects.visible_to(user).expected().filter(enrolment__in=ids).order_by("-sequence")


def _visits(ids: list[int]) -> Any:
    waiting = Visit.objects.filter(enrolment__in=ids, status__in=[VisitStatus.PLANNED, VisitStatus.BOOKED])
    return waiting.order_by("-booked_on", "-pk")


def _transfers(ids: list[int]) -> Any:
    rows = Transfer.objects.under_way().filter(from_enrolment__in=ids)
    return rows.select_related("to_enrolment__service__provider")


def rows_of(covers: list[Any], *, user: User, today: dt.date) -> list[Row]:
    """Return a row for each cover, its enrolment joined."""
    enrolments = [cover.enrolment for cover in covers]
    needs = load_needs(enrolments, user)
    said = doses([enrolment.pk for enrolment in enrolments], today=today)
    return [_row(cover, said.get(cover.enrolment_id, ""), needs, today) for cover in covers]


def _row(cover: Any, dose: str, needs: Needs, today: dt.date) -> Row:
    enrolment = cover.enrolment
    cells = (
        patient_cell(enrolment.patient),
        medicine_cell(enrolment, dose),
        _cover_cell(cover, today),
        _delivery_cell(needs.deliveries.get(enrolment.pk), today),
        _prescription_cell(needs, enrolment, today),
        Cell(", ".join(_also(needs, enrolment, today)) or "–"),
        _state_cell(needs.transfers.get(enrolment.pk), enrolment),
    )
    return Row(cells, enrolment.patient_id)


def _cover_cell(cover: Any, today: dt.date) -> Cell:
    if cover.first_uncovered_dose_on is None and cover.stock_known:
        return Cell("none in sight", "enough for as long as is planned")
    cell = day_cell(cover.first_uncovered_dose_on, today=today)
    return Cell("not known", "count what is at home") if not cover.stock_known else cell


def _delivery_cell(delivery: Delivery | None, today: dt.date) -> Cell:
    if delivery is None:
        return Cell("none")
    day = delivery.booked_on or delivery.planned_on
    return Cell(words.day(day, today=today) if day else "no day yet", delivery.get_status_display().lower())


def _prescription_cell(needs: Needs, enrolment: Any, today: dt.date) -> Cell:
    supply, renewal = needs.supplies.get(enrolment.pk), needs.renewals.get(enrolment.pk)
    text = "none left"
    if supply is not None:
        left = words.count(supply.remaining, "delivery", "deliveries")
        text = f"{left} until {words.day(supply.last_valid_on, today=today)}"
    if renewal is None:
        return Cell(text, "not asked for")
    return Cell(text, f"asked for: {renewal.get_status_display().lower()}", reverse("renewal", args=[renewal.pk]))


def _also(needs: Needs, enrolment: Any, today: dt.date) -> list[str]:
    said = list(needs.equipment.get(enrolment.pk, []))
    visit = needs.visits.get(enrolment.pk)
    if visit is not None:
        day = visit.booked_on or visit.planned_on
        said.append("nurse visit" + (f" {words.day(day, today=today)}" if day else " to book"))
    elif enrolment.service_id in needs.nursed:
        said.append("given by a nurse")
    if enrolment.patient.interpreter_needed:
        said.append(f"interpreter {enrolment.patient.language}".strip())
    return said + needs.accessible.get(enrolment.patient_id, [])


def _state_cell(transfer: Transfer | None, enrolment: Any) -> Cell:
    if transfer is None:
        paused = enrolment.status == EnrolmentStatus.SUSPENDED
        return Cell("Paused" if paused else enrolment.get_status_display())
    to = transfer.to_enrolment
    where = f"to {to.service.provider}: {to.get_status_display().lower()}"
    return Cell("Moving", where, reverse("transfer", args=[enrolment.pk]))
