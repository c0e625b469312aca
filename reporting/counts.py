"""First counts: who is on treatment by specialty, tier, provider and state, from one query kept for a minute."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count

from homecare.accounts.models import Clinic, User
from monitoring.models import MonitoringItem
from patients.models import Cover, Enrolment, PathwayClock
from patients.states import OPEN, EnrolmentStatus
from prescriptions.models import RenewalRequest
from providers.models import HomecareService

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Slice:
    """One bar: what it counts, how many, and the filter that shows them."""

    label: str
    number: int
    query: str


@dataclass(frozen=True)
class Dimension:
    """One way of dividing the enrolments."""

    name: str
    title: str
    column: str
    slices: tuple[Slice, ...]

    @property
    def total(self) -> int:
        """Return how many enrolments there are in all."""
        return sum(part.number for part in self.slices)

    @property
    def words(self) -> str:
        """Say the chart in a sentence, for those who do not see it."""
        parts = ", ".join(f"{part.label} {part.number:,}" for part in self.slices)
        return f"{self.title}: {parts or 'nobody'}."


@dataclass(frozen=True)
class Figure:
    """One number at the top of the page, what it means, and the list behind it."""

    number: int
    words: str
    queue: str
    is_bad: bool = False


def dimensions(user: User) -> list[Dimension]:
    """Return the enrolments that are under way, divided in four ways."""
    rows = cache.get_or_set("reporting.enrolments", lambda: _grouped(user), KEPT_SECONDS) or []
    clinics = {clinic.pk: clinic for clinic in Clinic.objects.select_related("specialty")}
    services = {s.pk: s for s in HomecareService.objects.visible_to(user).select_related("provider")}
    by: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in ("specialty", "tier", "provider", "state")}
    for clinic_id, service_id, status, number in rows:
        if service_id not in services:
            continue
        specialty, service = clinics[clinic_id].specialty, services[service_id]
        by["specialty"][specialty.name, f"specialty={specialty.pk}"] += number
        by["tier"][_tier(service), f"tier={service.tier}" if service.tier else ""] += number
        by["provider"][service.provider.name, f"provider={service.provider_id}"] += number
        by["state"][EnrolmentStatus(status).label, f"state={status}"] += number
    return [
        Dimension("specialty", "Enrolments by specialty", "Specialty", _slices(by["specialty"])),
        Dimension("tier", "Enrolments by tier", "Tier (whose definition)", _slices(by["tier"])),
        Dimension("provider", "Enrolments by provider", "Provider", _slices(by["provider"])),
        Dimension("state", "Enrolments by state", "State", _slices(by["state"])),
    ]


def _grouped(user: User) -> list[tuple[int, int, str, int]]:
    under_way = Enrolment.objects.visible_to(user).filter(status__in=sorted(str(s) for s in OPEN))
    return list(under_way.values_list("clinic_id", "service_id", "status").annotate(Count("pk")).order_by())


def _tier(service: HomecareService) -> str:
    return f"{service.get_tier_display()} ({service.get_tier_scheme_display()})" if service.tier else "Not set"


def _slices(counts: Counter[tuple[str, str]]) -> tuple[Slice, ...]:
    return tuple(Slice(label, number, query) for (label, query), number in counts.most_common())


def figures(user: User, *, today: dt.date) -> list[Figure]:
    """Return the numbers that say whether everybody is getting their medicine, kept for a minute."""
    if not user.is_human:
        return []
    numbers: dict[str, int] = (
        cache.get_or_set(f"reporting.figures.{today}", lambda: _numbers(user, today=today), KEPT_SECONDS) or {}
    )
    return [
        Figure(numbers["on_treatment"], "on treatment", "enrolments"),
        Figure(numbers["out"], "without medicine today", "soon_without", is_bad=True),
        Figure(numbers["waiting"], "wait for a prescription", "prescriptions_needed"),
        Figure(numbers["late"], "of them later than the provider needs it", "prescriptions_needed", is_bad=True),
        Figure(numbers["starting"], "journeys not yet at a dose", "not_started"),
        Figure(
            numbers["waiting_long"],
            f"of them referred over {settings.NOT_STARTED_WARNED_DAYS} days ago",
            "waiting_long",
            is_bad=True,
        ),
        Figure(numbers["tests"], "patients with a blood test overdue", "blood_tests_overdue", is_bad=True),
    ]


def _numbers(user: User, *, today: dt.date) -> dict[str, int]:
    live = Cover.objects.filter(is_live=True)
    waiting = RenewalRequest.objects.visible_to(user).open()
    starting = PathwayClock.objects.visible_to(user).running()
    long_ago = today - dt.timedelta(days=settings.NOT_STARTED_WARNED_DAYS)
    overdue = MonitoringItem.objects.visible_to(user).due_by(today - dt.timedelta(days=1))
    return {
        "on_treatment": live.count(),
        "out": live.filter(first_uncovered_dose_on__lte=today).count(),
        "waiting": waiting.count(),
        "late": waiting.filter(prescription_needed_by_on__lt=today).count(),
        "starting": starting.count(),
        "waiting_long": starting.filter(kind=PathwayClock.Kind.START, began_on__lt=long_ago).count(),
        "tests": overdue.order_by().values("patient_id").distinct().count(),
    }
