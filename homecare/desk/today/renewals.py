"""Prescriptions needed: all providers in one list, who runs out first on top."""

from collections import defaultdict
from typing import Any

from django.urls import reverse

from homecare.core import words
from homecare.desk.today.cells import (
    Cell,
    Column,
    Row,
    day_cell,
    deadline_cell,
    medicine_cell,
    patient_cell,
    since_words,
)
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from prescriptions.models import Prescription, RenewalAsk, RenewalRequest, RenewalStatusChange
from prescriptions.presenters import whose_move

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("First dose without medicine", "How far off"),
    Column("Prescription needed by", "How late"),
    Column("Provider", "What the provider says"),
    Column("Whose move", "Where it stands"),
)


def rows_of(asked: Any) -> Any:
    """Return the renewals that wait, through the filters."""
    return asked.filters.of_enrolments(RenewalRequest.objects.visible_to(asked.user).open())


def page(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return a page, by the first uncovered dose as it is now (not as it was when somebody asked)."""
    waiting = rows_of(asked).filter(enrolment__cover__is_live=True)
    found = page_by_day(
        waiting,
        day="enrolment__cover__first_uncovered_dose_on",
        tie="enrolment__cover__enrolment_id",
        after=after,
        size=size,
        joined=["enrolment__cover", *shown_with("enrolment__")],
    )
    return Page(_present(list(found.rows), asked), found.next_key, found.is_first)


def _present(renewals: list[RenewalRequest], asked: Any) -> list[Row]:
    ids = [renewal.pk for renewal in renewals]
    said = doses([renewal.enrolment_id for renewal in renewals], today=asked.today)
    asks = {
        ask.renewal_id: ask for ask in RenewalAsk.objects.filter(renewal__in=ids, asked_by="PROVIDER").order_by("at")
    }
    moved = dict(RenewalStatusChange.objects.filter(renewal__in=ids).order_by("at").values_list("renewal_id", "at"))
    made: dict[int, list[Prescription]] = defaultdict(list)
    for prescription in Prescription.objects.visible_to(asked.user).filter(renewal__in=ids).order_by("pk"):
        made[prescription.renewal_id or 0].append(prescription)
    return [_row(renewal, said, asks, moved, made[renewal.pk], asked) for renewal in renewals]


def _row(renewal: Any, said: Any, asks: Any, moved: Any, made: list[Prescription], asked: Any) -> Row:
    enrolment, cover, today = renewal.enrolment, renewal.enrolment.cover, asked.today
    move = whose_move(renewal, made[-1] if made else None)
    ask = asks.get(renewal.pk)
    if ask is not None:
        wanted = f"wants it by {words.day(ask.their_date_on, today=today)}" if ask.their_date_on else ""
        provider_says = f"asked {words.day(ask.at.date(), today=today)}" + (f", {wanted}" if wanted else "")
    else:
        provider_says = "asked first" if renewal.asked_by == "PROVIDER" else "has not asked"
    since = since_words(moved.get(renewal.pk, renewal.opened_at), today=today)
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, said.get(enrolment.pk, "")),
            day_cell(cover.first_uncovered_dose_on, today=today),
            deadline_cell(cover.prescription_needed_by_on or renewal.prescription_needed_by_on, today=today),
            Cell(str(enrolment.service.provider), provider_says),
            Cell(move.who, f"{move.what} · {since}", reverse("renewal", args=[renewal.pk])),
        ),
        enrolment.patient_id,
    )
