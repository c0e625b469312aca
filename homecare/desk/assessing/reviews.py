"""What is due to be looked at again, and what waits for a plan: each list oldest first, cut off at a length."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.patient_page.presenter import title_of
from homecare.desk.today.cells import Cell, Column, Row, patient_cell
from patients.models import AccessibleNeed, Enrolment, Patient, SuitabilityAssessment
from patients.pathway.adult_service import months_after
from patients.states import OPEN

MOST = 100
Rows = Any


@dataclass(frozen=True)
class ReviewList:
    """One list: its heading, its rows, how many there are, and what it says when it is empty."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    number: int
    empty: str

    @property
    def is_cut(self) -> bool:
        """Say whether more wait than are shown."""
        return self.number > len(self.rows)


def all_lists(user: User, *, today: dt.date) -> list[ReviewList]:
    """Return the four lists, each in two queries, or three where needs are grouped."""
    return [
        _listed(
            "handovers",
            "Safe supply to plan",
            ("Patient", "Treatment", "Consent withdrawn", "What to do"),
            handovers(user),
            _handover_row,
            today,
            "Whoever withdrew consent has a plan.",
        ),
        _listed(
            "suitability",
            "Suitability reviews due",
            ("Patient", "Treatment", "Review due", "What to do"),
            suitability_due(user, today=today),
            _suitability_row,
            today,
            "No suitability review is due.",
        ),
        _listed(
            "accessible",
            "Accessible information to ask about again",
            ("Patient", "Needs", "Review due", "What to do"),
            accessible_due(user, today=today),
            _accessible_row,
            today,
            "No accessible information review is due.",
        ),
        _listed(
            "adult",
            f"Move to the adult service within {settings.ADULT_SERVICE_MONTHS} months",
            ("Patient", "Born", "Moves on", "What to do"),
            moving_soon(user, today=today),
            _adult_row,
            today,
            "Nobody moves to the adult service soon.",
        ),
    ]


def _listed(
    name: str,
    title: str,
    headings: tuple[str, ...],
    found: Rows,
    row: Callable[[Any, dt.date], Row],
    today: dt.date,
    empty: str,
) -> ReviewList:
    shown = tuple(row(record, today) for record in found[:MOST])
    number = len(shown) if len(shown) < MOST else found.count()
    return ReviewList(name, title, tuple(Column(heading) for heading in headings), shown, number, empty)


def handovers(user: User) -> Rows:
    """Return the enrolments on treatment whose patient withdrew consent, with no plan yet."""
    rows = Enrolment.objects.visible_to(user).needing_handover().filter(patient__deceased=False)
    return rows.select_related("patient", "medicine", "treatment").prefetch_related("consents").order_by("pk")


def suitability_due(user: User, *, today: dt.date) -> Rows:
    """Return the latest assessment of each open enrolment whose review is due."""
    later = SuitabilityAssessment.objects.filter(enrolment=OuterRef("enrolment"), pk__gt=OuterRef("pk"))
    mine = Enrolment.objects.visible_to(user).filter(status__in=sorted(str(s) for s in OPEN), patient__deceased=False)
    rows = SuitabilityAssessment.objects.filter(review_due_on__lte=today, enrolment__in=mine).filter(~Exists(later))
    joined = rows.select_related("enrolment__patient", "enrolment__medicine", "enrolment__treatment")
    return joined.order_by("review_due_on", "pk")


def accessible_due(user: User, *, today: dt.date) -> Rows:
    """Return the patients of whom some need is due to be asked about again, the one due for longest first."""
    due = AccessibleNeed.objects.filter(patient=OuterRef("pk"), review_on__lte=today)
    rows = Patient.objects.visible_to(user).filter(Exists(due), deceased=False)
    return rows.prefetch_related("accessible_needs").order_by("pk")


def moving_soon(user: User, *, today: dt.date) -> Rows:
    """Return the young people whose move to the adult service is near, or is past and not cleared."""
    until = months_after(today, settings.ADULT_SERVICE_MONTHS)
    rows = Patient.objects.visible_to(user).filter(moves_to_adult_service_on__lte=until, deceased=False)
    return rows.order_by("moves_to_adult_service_on", "pk")


def _when(day: dt.date, today: dt.date) -> Cell:
    tone = "late" if day < today else "soon" if day == today else ""
    return Cell(words.day(day, today=today), words.distance(day, today=today), tone=tone)


def _handover_row(enrolment: Enrolment, today: dt.date) -> Row:
    withdrawn = max(c.withdrawn_on for c in enrolment.consents.all() if c.withdrawn_on)
    return Row(
        (
            patient_cell(enrolment.patient),
            Cell(title_of(enrolment)),
            _when(withdrawn, today),
            Cell("Plan the safe supply", href=reverse("handover", args=[enrolment.pk])),
        ),
        enrolment.patient_id,
    )


def _suitability_row(assessment: SuitabilityAssessment, today: dt.date) -> Row:
    enrolment = assessment.enrolment
    assert assessment.review_due_on is not None
    return Row(
        (
            patient_cell(enrolment.patient),
            Cell(title_of(enrolment), assessment.get_outcome_display()),
            _when(assessment.review_due_on, today),
            Cell("Assess again", href=reverse("suitability", args=[enrolment.pk])),
        ),
        enrolment.patient_id,
    )


def _accessible_row(patient: Patient, today: dt.date) -> Row:
    needs = list(patient.accessible_needs.all())
    due = min(need.review_on for need in needs if need.review_on)
    return Row(
        (
            patient_cell(patient),
            Cell(", ".join(sorted(str(need) for need in needs))),
            _when(due, today),
            Cell("Ask again", href=reverse("accessible_needs", args=[patient.pk])),
        ),
        patient.pk,
    )


def _adult_row(patient: Patient, today: dt.date) -> Row:
    assert patient.moves_to_adult_service_on is not None
    return Row(
        (
            patient_cell(patient),
            Cell(words.birth_day(patient.date_of_birth)),
            _when(patient.moves_to_adult_service_on, today),
            Cell("Plan the move", href=reverse("young_person", args=[patient.pk])),
        ),
        patient.pk,
    )
