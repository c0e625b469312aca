"""What a provider is shown of a registration: its state always; the patient only while they may be shared."""

import uuid
from typing import Any

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from homecare.accounts.models import User
from homecare.audit.access import collect
from patients.models import Registration
from patients.states import ENDED

COLUMNS = ("reference", "attempt", "outcome", "sent_at", "answered_at", "provider_reference")
QUERY = ("question", "asked_at", "answer", "answered_at")
CURRENT, SUPERSEDED = "CURRENT", "SUPERSEDED"
DECEASED, SHARING_ENDED, PATIENT_ENDED = "DECEASED", "SHARING_ENDED", "ENDED"
STANDINGS = [CURRENT, SUPERSEDED, DECEASED, SHARING_ENDED, PATIENT_ENDED]


def page(
    *, user: User, provider_id: int, after: int | None, limit: int, outcome: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """Return so many of the registrations sent to the provider, oldest first, and whether more follow. No patient."""
    rows = Registration.objects.visible_to(user).filter(provider_id=provider_id)
    if after is not None:
        rows = rows.filter(TupleGreaterThan(Tuple(F("provider_id"), F("id")), (provider_id, after)))
    if outcome:
        rows = rows.filter(outcome=outcome)
    found = list(rows.judged().order_by("provider_id", "id").values(*COLUMNS, *JUDGED)[: limit + 1])
    return [_shaped(row) for row in found[:limit]], len(found) > limit


def one(*, user: User, reference: uuid.UUID) -> dict[str, Any] | None:
    """Return one registration with its form and queries, or None where the provider sees no such one."""
    rows = Registration.objects.visible_to(user).filter(reference=reference)
    row = rows.judged().values(*COLUMNS, *JUDGED, "as_sent", "sha256", the_patient=F("patient_id")).first()
    if row is None:
        return None
    shaped = _shaped(row) | {"sha256": row["sha256"], "queries": [], "form": None}
    if shaped["standing"] != CURRENT:
        return shaped
    collect([row["the_patient"]])
    asked = rows.exclude(queries=None).order_by("queries__asked_at", "queries__pk")
    queries = asked.values_list(*(f"queries__{name}" for name in QUERY))
    return shaped | {"queries": [dict(zip(QUERY, one, strict=True)) for one in queries], "form": row["as_sent"]}


def may_be_shown(*, user: User, reference: uuid.UUID) -> bool:
    """Say whether the patient's data may go to the provider now."""
    rows = Registration.objects.visible_to(user).filter(reference=reference)
    row = rows.judged().values(*JUDGED).first()
    return row is not None and _standing(row) == CURRENT


JUDGED = ("is_shared", "has_later", "enrolment__status", "patient__deceased")


def _shaped(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS} | {"standing": _standing(row)}


def _standing(row: dict[str, Any]) -> str:
    """Say whether the registration is the one to work on, or why it is not."""
    if row["patient__deceased"]:
        return DECEASED
    if not row["is_shared"]:
        return SHARING_ENDED
    if row["enrolment__status"] in ENDED:
        return PATIENT_ENDED
    return SUPERSEDED if row["has_later"] else CURRENT
