"""Informed choice: what was offered, given and told, and what the patient chose, in their own reasons."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from patients.actions import pathway
from patients.actions.enrolment import move
from patients.actions.suitability import supply_from_hospital
from patients.models import CharterPoint, CharterPointTold, Choice, Enrolment, InformationLeaflet, LeafletGiven, Patient
from patients.states import ENDED, EnrolmentStatus
from providers.capabilities import what_provider_cannot_do
from providers.models import ServiceStyle

HOMECARE, HOSPITAL = Choice.Chosen.HOMECARE, Choice.Chosen.HOSPITAL
STYLES: Final[Mapping[str, str]] = {
    "ADMINISTRATION": "administration",
    "DEVICE": "device",
    "PLACE": "place",
    "SLOT": "slot",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was offered to the patient, given and told. Points and leaflets are ids."""

    hospital_offered: bool = False
    supplier_fixed: bool = False
    limits: bool = False
    points: Collection[int] = ()
    leaflets: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the patient chose, and why. Styles are by kind: {"ADMINISTRATION": "SELF"}."""

    chosen: str
    chosen_on: dt.date
    reasons: Collection[str] = ()
    reasons_text: str = ""
    styles: Mapping[str, str] = field(default_factory=dict)


def limits_for(patient: Patient, enrolment: Enrolment) -> list[str]:
    """Say what the enrolment's provider cannot do for this patient's needs, before a choice is made."""
    needs = list(patient.accessible_needs.order_by("pk").values_list("kind", flat=True))
    if patient.interpreter_needed:
        needs.append("INTERPRETER")
    return what_provider_cannot_do(provider=enrolment.service.provider, needs=needs, language=patient.language)


def charter_points() -> list[CharterPoint]:
    """Return the points of the current charter, in order."""
    return list(CharterPoint.objects.filter(is_current=True).order_by("order", "pk"))


def leaflets_for(enrolment: Enrolment) -> list[InformationLeaflet]:
    """Return the leaflets that may be given for this medicine, the general ones among them."""
    rows = InformationLeaflet.objects.filter(retired_on__isnull=True).order_by("title", "language", "format", "pk")
    return [row for row in rows if row.medicine_id in {None, enrolment.medicine_id}]


@action
def record_choice(
    *,
    enrolment: Enrolment,
    told: Told,
    chosen: Chosen,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    reason: str = "",
) -> Choice:
    """Record a patient's informed choice. Hospital ends the enrolment as declined; the treatment goes on from there.

    Refused for homecare: the hospital not offered, a point of the charter not told, no leaflet given, the fixed
    supplier or the provider's limits not told, a style that the service does not offer. Refused for both: before
    suitability is found, a day in the future. `seen` is the latest choice that whoever records had before them, or 0.
    """
    require(by, Permission.CONSENT_RECORD)
    locked = _locked(enrolment, seen=seen)
    if chosen.chosen_on > local_day(at):
        raise Refused("A choice cannot be dated in the future. Enter the day on which it was made.")
    if chosen.chosen not in Choice.Chosen.values:
        raise Refused("Choose homecare or supply from the hospital.")
    limits = limits_for(locked.patient, locked)
    points = {point.pk: point for point in charter_points()}
    if chosen.chosen == HOMECARE:
        _check_informed(locked, told, limits, points)
        _check_styles(locked, chosen.styles)
    choice = Choice.objects.create(
        enrolment=locked,
        chosen_on=chosen.chosen_on,
        recorded_by=by,
        chosen=chosen.chosen,
        hospital_offered=told.hospital_offered,
        reasons=sorted(chosen.reasons),
        reasons_text=chosen.reasons_text.strip(),
        supplier_fixed_told=told.supplier_fixed,
        limits_told="\n".join(limits) if told.limits else "",
        **{STYLES[kind]: value for kind, value in chosen.styles.items() if kind in STYLES},
    )
    _write_told(choice, told, points)
    _follow(locked, chosen.chosen, by=by, at=at, reason=chosen.reasons_text)
    return choice


def _locked(enrolment: Enrolment, *, seen: int | None) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("patient", "service__provider", "medicine")
    locked = rows.get(pk=enrolment.pk)
    latest = locked.choices.select_related("recorded_by").order_by("pk").last()
    if seen is not None and latest is not None and latest.pk != seen:
        raise Stale(
            f"{latest.recorded_by} recorded a choice in the meantime: {latest.get_chosen_display().lower()}. Look at"
            " that first; record another if the patient chose again."
        )
    if locked.status == EnrolmentStatus.IDENTIFIED:
        raise Refused("Assess first whether homecare is suitable; then it is offered.", code="not_assessed")
    if locked.status in ENDED:
        raise Refused(f"This enrolment has ended ({locked.get_status_display().lower()}): nothing is left to choose.")
    return locked


def _check_informed(locked: Enrolment, told: Told, limits: list[str], points: Mapping[int, CharterPoint]) -> None:
    provider = locked.service.provider
    if not told.hospital_offered:
        raise Refused("Offer supply from the hospital too, and say so: the choice stays the patient's.")
    if locked.service.scheme_fixes_supplier and not told.supplier_fixed:
        raise Refused(f"Tell the patient that the scheme fixes the supplier ({provider}), and say so.")
    if limits and not told.limits:
        raise Refused(f"Tell the patient first what {provider} cannot do: {' · '.join(limits)}.")
    untold = [point.wording for pk, point in points.items() if pk not in set(told.points)]
    if untold:
        raise Refused(f"Tell the patient each point of the charter. Not told: {' '.join(f'“{w}”' for w in untold)}")
    if not told.leaflets and leaflets_for(locked):
        raise Refused("Give the patient written information, and say which leaflets were given.")


def _check_styles(locked: Enrolment, styles: Mapping[str, str]) -> None:
    offered = set(ServiceStyle.objects.filter(service=locked.service_id).values_list("kind", "value"))
    for kind, value in styles.items():
        if value and (kind, value) not in offered:
            raise Refused(f"{locked.service} does not offer that ({value.replace('_', ' ').lower()}). Choose another.")


def _write_told(choice: Choice, told: Told, points: Mapping[int, CharterPoint]) -> None:
    CharterPointTold.objects.bulk_create(
        CharterPointTold(choice=choice, point=point) for pk, point in points.items() if pk in set(told.points)
    )
    given = InformationLeaflet.objects.filter(pk__in=list(told.leaflets)).order_by("pk")
    LeafletGiven.objects.bulk_create(
        LeafletGiven(choice=choice, leaflet=leaflet, how=told.leaflets[leaflet.pk]) for leaflet in given
    )


def _follow(locked: Enrolment, chosen: str, *, by: User, at: dt.datetime, reason: str) -> None:
    if chosen == HOMECARE:
        pathway.refresh(locked, by=by, at=at)
        return
    if locked.status != EnrolmentStatus.SUITABLE:
        raise Refused(
            "This patient has consented to homecare already. Record that they leave homecare instead, so that all that"
            " hangs on it ends.",
            code="beyond_choosing",
        )
    move(enrolment=locked, event="decline", by=by, at=at, reason=reason or "Chose supply from the hospital.")
    supply_from_hospital(locked)
