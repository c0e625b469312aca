"""What the pages about services and providers show, in a number of queries that does not grow with the records."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.services.brings import what_it_brings
from homecare.desk.services.filters import ServiceFilters
from homecare.desk.today.cells import Cell, Column, Row, patient_cell, tier_cell
from homecare.desk.today.paging import Key, Page, page_by_id
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
AFFECTED = (
    Column("Patient", "NHS number and date of birth"),
    Column("Medicine", "Clinic"),
    Column("State"),
    Column("What it brings"),
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
class Preview:
    """What changing the activities of a service would do, before it is done."""

    old: tiers.Tiering
    new: tiers.Tiering
    added: tuple[str, ...]
    removed: tuple[str, ...]
    brings: list[str]
    ends: list[str]

    @property
    def is_same_tier(self) -> bool:
        """Whether the tier stays what it is."""
        return self.old.words == self.new.words

    @property
    def is_nothing(self) -> bool:
        """Whether nothing would change."""
        return self.is_same_tier and not self.added and not self.removed


def preview(
    service: HomecareService, *, before: Collection[str], after: Collection[str], scheme: tiers.Scheme
) -> Preview:
    """Return what the tier would be with these activities, beside what it is. One query."""
    table = bullets()
    wording = {row.code: row.wording for row in reversed(table) if row.scheme == scheme}
    brings, ends = what_it_brings(before=before, after=after)
    return Preview(
        old=tiers.tier_of(activities=before, table=table, scheme=tiers.Scheme(service.tier_scheme)),
        new=tiers.tier_of(activities=after, table=table, scheme=scheme),
        added=tuple(words for code, words in wording.items() if code in after and code not in before),
        removed=tuple(words for code, words in wording.items() if code in before and code not in after),
        brings=brings,
        ends=ends,
    )


def affected(user: User, service: HomecareService, *, after: Key | None, size: int) -> Page[Enrolment]:
    """Return a page of the patients who are under way on a service, in the order in which they were enrolled."""
    rows = Enrolment.objects.visible_to(user).filter(service=service, status__in=sorted(str(s) for s in OPEN))
    return page_by_id(rows, after=after, size=size, joined=("patient", "medicine", "clinic"))


def affected_rows(enrolments: Iterable[Enrolment], change: Preview | None = None) -> list[Row]:
    """Return a row for each patient, with what a change of activities would bring them."""
    return [
        Row(
            (
                patient_cell(enrolment.patient),
                Cell(str(enrolment.medicine), str(enrolment.clinic)),
                Cell(enrolment.get_status_display()),
                *([Cell(what_for(enrolment, change))] if change else []),
            ),
            enrolment.patient_id,
        )
        for enrolment in enrolments
    ]


def what_for(enrolment: Enrolment, change: Preview) -> str:
    """Say what a change of activities brings one patient: before the first dose, or at the next review."""
    if not change.brings:
        return "Nothing new"
    when = "Before the first dose" if enrolment.status in BEFORE_ACTIVE else "Check with the patient, already treated"
    return f"{when}: {'; '.join(change.brings)}"


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


def tier_with_reasons(service: HomecareService) -> str:
    """Say the tier and the activities that make it, in one line."""
    why = "; ".join(service.deciding_reasons)
    said = service.tier_words[:1].upper() + service.tier_words[1:]
    return f"{said}: {why}" if why else said
