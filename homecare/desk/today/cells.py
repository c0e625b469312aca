"""What stands in a worklist: rows of cells, the same for the screen, the printer and the spreadsheet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from homecare.core import words
from homecare.core.calendar import working_days_between
from patients.models import Patient
from providers.models import HomecareService


@dataclass(frozen=True)
class Column:
    """A column: its heading, and what the small print under its values is called in a spreadsheet."""

    heading: str
    more: str = ""


@dataclass(frozen=True)
class Cell:
    """One value, what is said of it in small print, where it leads, and whether it is late or soon."""

    text: str
    more: str = ""
    href: str = ""
    tone: str = ""  # "late", "soon" or nothing; the words say it too
    tag: str = ""  # the colour of a tag, where the text is one
    tier: str = ""  # the tier of the service, said after the small print
    why: tuple[str, ...] = ()  # the activities that make the tier, opened on demand

    @property
    def small_print(self) -> str:
        """All that is said in small print, for a spreadsheet."""
        return " · ".join(part for part in (self.more, self.tier) if part)


@dataclass(frozen=True)
class Row:
    """One record of a worklist; `patient_id` is for the record of who looked."""

    cells: tuple[Cell, ...]
    patient_id: int | None = None


def patient_cell(patient: Patient) -> Cell:
    """Name a patient the NHS way, with a link to the patient's page."""
    return Cell(
        words.person(patient.family_name, patient.given_name),
        f"{words.nhs_number(patient.nhs_number)} · {words.birth_day(patient.date_of_birth)}",
        reverse("patient", args=[patient.pk]),
    )


def medicine_cell(enrolment: Any, dose: str) -> Cell:
    """Say what is taken, how, for whom, and the tier with its scheme."""
    brand = enrolment.treatment.brand
    name = f"{enrolment.medicine} ({brand})" if brand and brand != str(enrolment.medicine) else str(enrolment.medicine)
    more = " · ".join(part for part in (dose, str(enrolment.clinic.specialty)) if part)
    service = enrolment.service
    return Cell(name, more, tier=service.tier_words, why=service.deciding_reasons)


def tier_words(service: HomecareService) -> str:
    """Say the tier, naming whose definition it is."""
    return service.tier_words


def tier_with_reasons(service: HomecareService) -> str:
    """Say the tier and the activities that make it, in one line."""
    why = "; ".join(service.deciding_reasons)
    said = service.tier_words[:1].upper() + service.tier_words[1:]
    return f"{said}: {why}" if why else said


def tier_cell(service: HomecareService) -> Cell:
    """Say the tier, naming whose definition it is, with the activities that make it."""
    return Cell("", tier=service.tier_words, why=service.deciding_reasons)


def day_cell(day: dt.date | None, *, today: dt.date, soon_days: int = 7, unknown: str = "not known") -> Cell:
    """Say a day and how far off it is; late once it has passed."""
    if day is None:
        return Cell(unknown)
    tone = "late" if day < today else "soon" if (day - today).days < soon_days else ""
    return Cell(words.day(day, today=today), words.distance(day, today=today), tone=tone)


def deadline_cell(day: dt.date | None, *, today: dt.date) -> Cell:
    """Say a day and by how many working days it was missed."""
    if day is None:
        return Cell("not known")
    late = working_days_between(day, today)
    if day >= today or late < 1:
        return day_cell(day, today=today, soon_days=3)
    return Cell(words.day(day, today=today), words.late(late), tone="late")


def since_words(at: dt.datetime | None, *, today: dt.date) -> str:
    """Say since when: "since 12 Nov, 9 days"."""
    if at is None:
        return ""
    days = (today - at.date()).days
    return "since today" if days <= 0 else f"for {words.count(days, 'day')}"
