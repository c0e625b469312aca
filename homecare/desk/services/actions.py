"""Deeds upon a service that its patients feel: each asks or moves their enrolments in the same transaction."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core import words
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from medicines.models import Medicine
from patients.actions import pathway
from patients.cover import actions as cover
from patients.cover.models import Cover
from patients.cover.rules_entry import check_terms
from patients.models import Enrolment
from patients.states import BEFORE_ACTIVE, OPEN
from providers import actions as providers
from providers.models import HomecareService
from providers.tiers import Scheme

UNDER_WAY = sorted(str(status) for status in OPEN)
NOT_STARTED = sorted(str(status) for status in BEFORE_ACTIVE)
DATED_BY = ("buffer_days", "lead_working_days", "provider_lead_working_days")


@action
def retier(
    *,
    service: HomecareService,
    activities: Collection[str],
    scheme: Scheme,
    seen: Collection[str],
    by: User,
    at: dt.datetime,
    reason: str,
) -> HomecareService:
    """Change the activities of a service, which sets its tier; those not yet started go by the new ones."""
    if not reason.strip():
        raise Refused("Give the reason why the activities change.", code="reason_missing")
    changed = providers.set_activities(
        service=service, activities=activities, scheme=scheme, seen=seen, by=by, at=at, reason=reason
    )
    _find_stages_again(changed, by=by, at=at)
    return changed


@action
def change_terms(
    *, service: HomecareService, terms: Mapping[str, Any], by: User, at: dt.datetime, reason: str
) -> HomecareService:
    """Change the terms of a service: its patients' dates move with them, and those not yet started go by them."""
    before = [getattr(service, name) for name in DATED_BY]
    changed = providers.change_terms(service=service, terms=terms, by=by, at=at, reason=reason)
    if before != [getattr(changed, name) for name in DATED_BY]:
        check_terms(**{name: getattr(changed, name) for name in DATED_BY})
        live = Cover.objects.filter(enrolment__service=changed, is_live=True).order_by("pk")
        cover.recompute(list(live.values_list("pk", flat=True)), on=local_day(at))
    if "needs_funding_approval" in terms and service.needs_funding_approval != changed.needs_funding_approval:
        _find_stages_again(changed, by=by, at=at)
    return changed


def _find_stages_again(service: HomecareService, *, by: User, at: dt.datetime) -> None:
    """Find the stage of everybody who has not started on this service: what a start requires has changed."""
    for enrolment in Enrolment.objects.filter(service=service, status__in=NOT_STARTED).order_by("pk"):
        pathway.refresh(enrolment, by=by, at=at)


@action
def end_service(*, service: HomecareService, by: User, at: dt.datetime, reason: str) -> None:
    """End a service that nobody is on any more."""
    require(by, Permission.SERVICE_APPROVE)
    HomecareService.objects.select_for_update().get(pk=service.pk)
    left = Enrolment.objects.filter(service=service, status__in=UNDER_WAY).count()
    if left:
        are = "is" if left == 1 else "are"
        raise Refused(
            f"{words.count(left, 'patient')} {are} still on this service. "
            "Close it to new patients, then transfer or stop those who are on it.",
            code="patients_left",
        )
    providers.move_service(service=service, event="end", by=by, at=at, reason=reason)


@action
def change_medicines(
    *, service: HomecareService, medicines: Collection[Medicine], by: User, at: dt.datetime, reason: str
) -> HomecareService:
    """Say which medicines a service supplies; one that a patient has from it stays."""
    require(by, Permission.REFERENCE_EDIT)
    HomecareService.objects.select_for_update().get(pk=service.pk)
    used = Enrolment.objects.filter(service=service, status__in=UNDER_WAY).exclude(medicine__in=medicines)
    names = sorted(set(used.values_list("medicine__name", flat=True)))
    if names:
        raise Refused(f"Patients of this service are on {', '.join(names)}: it stays.", code="medicine_in_use")
    return providers.set_medicines(service=service, medicines=medicines, by=by, at=at, reason=reason)
