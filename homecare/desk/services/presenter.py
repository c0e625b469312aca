"""What the pages about services and providers show, in a number of queries that does not grow with the records."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.services.filters import ServiceFilters
from homecare.desk.today.cells import Cell, Column, Row, tier_cell
from patients.models import Enrolment
from patients.states import BEFORE_ACTIVE, ON_TREATMENT, OPEN
from providers import tiers
from providers.actions import bullets
from providers.models import HomecareService, Provider, ServiceActivity, ServiceStyle
from providers.states import SERVICE, ServiceStatus

COLUMNS = (
    Column("Service", "Provider"),
    Column("Tier", "Why"),
    Column("Status"),
    Column("Medicines"),
    Column("Patients", "Of whom"),
)
COLOURS = {
    ServiceStatus.LIVE: "green",
    ServiceStatus.CLOSED_TO_NEW: "amber",
    ServiceStatus.ENDED: "grey",
}
MEDICINES_NAMED = 3
HEADINGS = {tier: f"{tier.value.capitalize()} tech" for tier in tiers.ORDINARY} | {tiers.Tier.COMPLEX: "Complex"}


@dataclass(frozen=True)
class Patients:
    """How many patients are on a service: those under way, and each state of theirs."""

    total: int
    on_treatment: int
    not_started: int

    @property
    def words(self) -> str:
        """Say of whom."""
        parts = [(self.on_treatment, "on treatment"), (self.not_started, "not started")]
        return ", ".join(f"{number} {what}" for number, what in parts if number)


def patients_of(user: User, services: Collection[int]) -> dict[int, Patients]:
    """Return how many patients are under way on each of these services. One query; nobody is named."""
    rows = Enrolment.objects.visible_to(user).filter(service__in=services, status__in=sorted(str(s) for s in OPEN))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for service_id, status, number in rows.values_list("service_id", "status").annotate(Count("pk")).order_by():
        counts[service_id][status] = number
    return {service_id: _counted(counts[service_id]) for service_id in services}


def _counted(by_status: Counter[str]) -> Patients:
    return Patients(
        total=sum(by_status.values()),
        on_treatment=sum(by_status[status] for status in ON_TREATMENT),
        not_started=sum(by_status[status] for status in BEFORE_ACTIVE),
    )


def services_seen_by(user: User) -> Any:
    """Return the services this user may see, with what a row of them names."""
    return HomecareService.objects.visible_to(user).select_related("provider").prefetch_related("medicines")


def rows_of(services: Iterable[HomecareService], user: User) -> list[Row]:
    """Return a row for each service, in one more query."""
    shown = list(services)
    patients = patients_of(user, [service.pk for service in shown])
    return [_row(service, patients[service.pk]) for service in shown]


def _row(service: HomecareService, patients: Patients) -> Row:
    names = sorted(str(medicine) for medicine in service.medicines.all())
    more = f"and {len(names) - MEDICINES_NAMED} more" if len(names) > MEDICINES_NAMED else ""
    who = Cell("none")
    if patients.total:
        who = Cell(str(patients.total), patients.words, reverse("service_patients", args=[service.pk]))
    return Row(
        (
            Cell(service.name, str(service.provider), reverse("service", args=[service.pk])),
            tier_cell(service),
            Cell(service.get_status_display(), _inactive(service.provider), tag=status_colour(service.status)),
            Cell(", ".join(names[:MEDICINES_NAMED]), more),
            who,
        )
    )


def _inactive(provider: Provider) -> str:
    return "" if provider.active else "its provider is out of use"


def status_colour(status: str) -> str:
    """Return the colour of a status's tag: what waits is blue."""
    return COLOURS.get(ServiceStatus(status), "blue")


def list_of(user: User, filters: ServiceFilters) -> list[Row]:
    """Return the rows of the list, by provider and name."""
    return rows_of(filters.of(services_seen_by(user)).order_by("provider__name", "name"), user)


@dataclass(frozen=True)
class Group:
    """The activities of one tier, each with what it does for this service."""

    heading: str
    rows: tuple[tiers.Contribution, ...]


def activities_of(service: HomecareService) -> list[str]:
    """Return the codes of a service's activities."""
    return list(ServiceActivity.objects.filter(service=service).order_by("activity").values_list("activity", flat=True))


def groups(activities: Collection[str], *, scheme: tiers.Scheme) -> list[Group]:
    """Return every activity of the scheme by tier, with what it does for a service of these activities."""
    found = tiers.contributions(activities=activities, table=bullets(), scheme=scheme)
    by_tier = {tier: tuple(row for row in found if row.tier == tier) for tier in tiers.Tier}
    return [Group(HEADINGS[tier], rows) for tier, rows in by_tier.items() if rows]


@dataclass(frozen=True)
class MoveLink:
    """A move that a service's status allows and this user may make."""

    words: str
    href: str
    is_primary: bool


MOVES = {
    "assess": "Record the assessment",
    "approve": "Approve",
    "go_live": "Take live",
    "reopen": "Reopen to new patients",
    "send_back": "Send back",
    "close_to_new": "Close to new patients",
    "end": "End this service",
}


def moves_of(service: HomecareService, user: User) -> list[MoveLink]:
    """Return what this user may do next with a service, the way forward first."""
    return [
        MoveLink(text, reverse("service_move", args=[service.pk, event.replace("_", "-")]), is_primary=place < 4)
        for place, (event, text) in enumerate(MOVES.items())
        if SERVICE.allows(event, source=service.status)
        and user.may(SERVICE.find(event, source=service.status).permission)
    ]


WHO_MOVES: dict[str, str] = {
    ServiceStatus.PROPOSED: "Homecare lead: assess it",
    ServiceStatus.ASSESSED: "Chief Pharmacist: approve it, or send it back",
    ServiceStatus.APPROVED: "Chief Pharmacist: take it live",
}


def styles_of(service: HomecareService) -> list[tuple[str, list[str]]]:
    """Return what a patient may choose, kind by kind, each kind named even where there is no choice."""
    rows = list(ServiceStyle.objects.filter(service=service))
    return [(kind.label, [row.words for row in rows if row.kind == kind]) for kind in ServiceStyle.Kind]


def parameters_of(service: HomecareService) -> list[tuple[str, str]]:
    """Return the terms of a service, in words."""
    days, months = _days, service.prescription_duration_months
    return [
        ("Funding approval", "Needed before registration" if service.needs_funding_approval else "Not needed"),
        (
            "Supplier",
            "Fixed by the manufacturer's scheme" if service.scheme_fixes_supplier else "Not fixed by a scheme",
        ),
        ("The patient pays", service.get_charge_policy_display()),
        ("Specification", service.specification_reference or "Not recorded"),
        ("Buffer at home", days(service.buffer_days)),
        ("Clinic's and pharmacy's time", words.count(service.lead_working_days, "working day")),
        ("Provider's time", words.count(service.provider_lead_working_days, "working day")),
        ("Between deliveries", days(service.delivery_interval_days)),
        ("A prescription lasts", words.count(months, "month")),
        ("Most deliveries of a prescription", _or_none(service.max_deliveries_per_prescription)),
        ("Most stock at home", days(service.max_stock_days)),
        ("First delivery within", days(service.first_delivery_target_days)),
        ("Registration answered within", _working_days(service.registration_answer_working_days)),
        ("Calls before somebody else is told", str(service.contact_attempts_before_escalation)),
        (
            "Delivery slot",
            words.count(service.delivery_window_hours, "hour") if service.delivery_window_hours else NONE,
        ),
        ("Signature", "Needed" if service.signature_required else "Not needed"),
        ("Source", service.source),
    ]


NONE = "Not recorded"


def _days(value: int | None) -> str:
    return NONE if value is None else words.count(value, "day")


def _working_days(value: int | None) -> str:
    return NONE if value is None else words.count(value, "working day")


def _or_none(value: int | None) -> str:
    return NONE if value is None else str(value)


def charter_of(service: HomecareService) -> list[tuple[str, str]]:
    """Return what a patient's charter says of this service; empty where nobody has filled it in yet."""
    return [
        ("Provider's helpline", _reach(service.helpline_telephone, service.helpline_hours)),
        ("Provider, outside its hours", service.out_of_hours_telephone),
        ("Hospital's homecare team", _reach(service.hospital_telephone, service.hospital_hours)),
        ("Hospital, outside its hours", service.hospital_out_of_hours_telephone),
        ("Complaints", service.complaints_contact),
        ("What the service does", service.about_the_service),
        ("Benefits and risks", service.benefits_and_risks),
        ("How to change", service.how_to_change),
        ("Personal data", service.use_of_personal_data),
    ]


def _reach(telephone: str, hours: str) -> str:
    return f"{telephone} ({hours})" if telephone and hours else telephone
