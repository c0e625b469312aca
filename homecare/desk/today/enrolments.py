"""What every worklist says of an enrolment, loaded for one page at a time."""

import datetime as dt
from collections.abc import Iterable

from patients.models import RegimenPhase

SHOWN_WITH = (
    "patient",
    "medicine",
    "treatment",
    "clinic__specialty",
    "service__provider",
)


def doses(enrolment_ids: Iterable[int], *, today: dt.date) -> dict[int, str]:
    """Return the dose and frequency of each enrolment's phase in force, or last, in one query."""
    phases = RegimenPhase.objects.filter(enrolment__in=list(enrolment_ids), starts_on__lte=today)
    return {
        phase.enrolment_id: " ".join(part for part in (phase.dose_text, phase.frequency_text.lower()) if part)
        for phase in phases.order_by("enrolment_id", "starts_on")
    }


def shown_with(path: str = "") -> list[str]:
    """Return what to join to rows that reach their enrolment by this path."""
    return [f"{path}{name}" for name in SHOWN_WITH]
