"""Filters of the worklists: they live in the address, and the last ones are remembered for each user."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict

from homecare.accounts.models import Specialty, User
from homecare.desk.today.models import RememberedFilter
from medicines.models import Medicine
from patients.states import EnrolmentStatus
from providers.models import Activity, HomecareService, Provider

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
NAMES = ("specialty", "provider", "medicine", "tier", "state")


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One filter with its choices."""

    name: str
    label: str
    everything: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> str:
        """Return the words of what is chosen."""
        return next((option.text for option in self.options if option.is_chosen), self.everything)

    @property
    def is_chosen(self) -> bool:
        """Say whether something is chosen."""
        return any(option.is_chosen for option in self.options)


def options_of(choices: Iterable[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    """Return choices as options, the chosen one marked."""
    return tuple(Option(value, text, value == chosen) for value, text in choices)


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty means everything."""

    specialty: str = ""
    provider: str = ""
    medicine: str = ""
    tier: str = ""
    state: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the filters of an address; what makes no sense is left out."""
        ids = {name: _whole(query.get(name, "")) for name in NAMES[:3]}
        tier = query.get("tier", "")
        state = query.get("state", "")
        return cls(
            **ids,
            tier=tier if tier in Activity.Tier.values else "",
            state=state if state in EnrolmentStatus.values else "",
        )

    @property
    def is_empty(self) -> bool:
        """Say whether everything is asked for."""
        return not any(asdict(self).values())

    def query(self, **more: str) -> str:
        """Return the filters as the query of an address, with more values or in place of their own."""
        given = {name: value for name, value in (asdict(self) | more).items() if value}
        return urlencode(given)

    def of_enrolments(self, rows: Rows, path: str = "enrolment__") -> Rows:
        """Keep the rows whose enrolment, reached by the path, matches."""
        wanted = {
            f"{path}clinic__specialty_id": self.specialty,
            f"{path}service__provider_id": self.provider,
            f"{path}medicine_id": self.medicine,
            f"{path}service__tier": self.tier,
            f"{path}status": self.state,
        }
        return rows.filter(**{field: value for field, value in wanted.items() if value})

    def fields(self, user: User, *, with_state: bool) -> list[Field]:
        """Return the filters with their choices for this user, in three queries; a worklist needs no state."""
        services = HomecareService.objects.visible_to(user)
        providers = Provider.objects.visible_to(user).filter(pk__in=services.values("provider"))
        medicines = Medicine.objects.filter(service_medicines__service__in=services).distinct()
        return [
            self._field("specialty", "Specialty", "All specialties", Specialty.objects.order_by("name")),
            self._field("provider", "Provider", "All providers", providers.order_by("name")),
            self._field("medicine", "Medicine", "All medicines", medicines.order_by("name")),
            self._choices("tier", "Tier", "All tiers", Activity.Tier.choices),
            *([self._choices("state", "State", "All states", EnrolmentStatus.choices)] if with_state else []),
        ]

    def _choices(self, name: str, label: str, everything: str, choices: list[tuple[str, str]]) -> Field:
        return Field(name, label, everything, options_of(choices, getattr(self, name)))

    def _field(self, name: str, label: str, everything: str, rows: "models.QuerySet[Any]") -> Field:
        found = [(str(pk), text) for pk, text in rows.values_list("pk", "name")]
        return Field(name, label, everything, options_of(found, getattr(self, name)))


def remembered(user: User, page: str) -> Filters:
    """Return the filters that the user last chose on this page."""
    found = RememberedFilter.objects.filter(user=user, page=page).values_list("query", flat=True).first()
    return Filters.read(QueryDict(found or ""))


def remember(user: User, page: str, filters: Filters) -> None:
    """Remember the filters that the user chose on this page, if they differ from the last."""
    if remembered(user, page) != filters:
        RememberedFilter.objects.update_or_create(user=user, page=page, defaults={"query": filters.query()})


def _whole(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""
