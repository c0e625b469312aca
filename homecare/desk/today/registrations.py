"""Registrations under way: with the provider and not answered, and those that it queried or rejected."""

import datetime as dt
from typing import Any

from django.urls import reverse

from homecare.core import words
from homecare.core.calendar import working_days_between
from homecare.core.clock import local_day
from homecare.desk.today.cells import Cell, Column, Row, medicine_cell, patient_cell
from homecare.desk.today.enrolments import doses, shown_with
from homecare.desk.today.paging import Key, Page, page_by_day
from patients.models import Registration

COLUMNS = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Dose, specialty, tier"),
    Column("Provider", "Attempt and how it went"),
    Column("Since", "How long"),
    Column("Whose move", "What to do"),
)
Outcome = Registration.Outcome


def waiting(asked: Any) -> Any:
    """Return those that the provider has not answered, through the filters."""
    return asked.filters.of_enrolments(Registration.objects.visible_to(asked.user).waiting())


def to_mend(asked: Any) -> Any:
    """Return those that the provider queried or rejected, through the filters."""
    return asked.filters.of_enrolments(Registration.objects.visible_to(asked.user).to_mend())


def page_waiting(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return those that wait for the provider, longest sent first."""
    return _page(waiting(asked), asked, after, size, day="sent_at__date")


def page_to_mend(asked: Any, after: Key | None, size: int) -> Page[Row]:
    """Return those to be put right, longest answered first."""
    return _page(to_mend(asked), asked, after, size, day="answered_at__date")


def _page(rows: Any, asked: Any, after: Key | None, size: int, *, day: str) -> Page[Row]:
    joined = ["provider", *shown_with("enrolment__")]
    found = page_by_day(rows, day=day, tie="id", after=after, size=size, joined=joined)
    said = doses([one.enrolment_id for one in found.rows], today=asked.today)
    return Page([_row(one, said, asked.today) for one in found.rows], found.next_key, found.is_first)


def _row(one: Any, said: dict[int, str], today: dt.date) -> Row:
    enrolment, is_waiting = one.enrolment, one.outcome == Outcome.WAITING
    who, what = (
        (str(one.provider), "acknowledge, query or reject: chase")
        if is_waiting
        else ("Homecare team", "answer it and send again" if one.outcome == Outcome.QUERIED else "put it right")
    )
    return Row(
        (
            patient_cell(enrolment.patient),
            medicine_cell(enrolment, said.get(enrolment.pk, "")),
            Cell(str(one.provider), f"attempt {one.attempt}, {one.get_channel_display().lower()}"),
            _since(one, today) if is_waiting else _answered(one, today),
            Cell(who, what, reverse("registration", args=[enrolment.pk])),
        ),
        enrolment.patient_id,
    )


def _since(one: Any, today: dt.date) -> Cell:
    """Say since when it is with the provider, and whether that is longer than was agreed."""
    sent_on = local_day(one.sent_at)
    took, agreed = working_days_between(sent_on, today), one.enrolment.service.registration_answer_working_days
    length = words.count(took, "working day")
    if agreed is None:
        return Cell(words.day(sent_on, today=today), length)
    tone = "late" if took > agreed else ""
    return Cell(words.day(sent_on, today=today), f"{length}, {words.count(agreed, 'day')} agreed", tone=tone)


def _answered(one: Any, today: dt.date) -> Cell:
    """Say since when it is to be put right."""
    day = local_day(one.answered_at or one.sent_at)
    length = words.count(working_days_between(day, today), "working day")
    return Cell(words.day(day, today=today), f"{one.get_outcome_display().lower()}, {length}")
