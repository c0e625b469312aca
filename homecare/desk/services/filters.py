"""Filters of the list of services: they live in the address."""

from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict

from homecare.accounts.models import User
from homecare.desk.today.filters import Field, Option
from providers.models import Activity, HomecareService, Provider
from providers.states import ServiceStatus

NO_TIER = "NONE"


@dataclass(frozen=True)
class ServiceFilters:
    """What is asked for; empty means everything."""

    provider: str = ""
    status: str = ""
    tier: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the filters of an address; what makes no sense is left out."""
        provider, status, tier = (query.get(name, "") for name in ("provider", "status", "tier"))
        return cls(
            provider=provider if provider.isascii() and provider.isdigit() and len(provider) <= 18 else "",
            status=status if status in ServiceStatus.values else "",
            tier=tier if tier in {*Activity.Tier.values, NO_TIER} else "",
        )

    @property
    def is_empty(self) -> bool:
        """Say whether everything is asked for."""
        return not any(asdict(self).values())

    def query(self) -> str:
        """Return the filters as the query of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def of(self, services: Any) -> Any:
        """Keep the services that match."""
        wanted = {
            "provider_id": self.provider,
            "status": self.status,
            "tier": self.tier,
        }
        kept = services.filter(**{field: value for field, value in wanted.items() if value and value != NO_TIER})
        return kept.filter(tier="") if self.tier == NO_TIER else kept

    def fields(self, user: User) -> list[Field]:
        """Return the filters with their choices, in one query."""
        used = HomecareService.objects.visible_to(user).values("provider")
        providers = Provider.objects.visible_to(user).filter(pk__in=used).order_by("name").values_list("pk", "name")
        return [
            self._field("provider", "Provider", "All providers", [(str(pk), name) for pk, name in providers]),
            self._field("status", "Status", "All statuses", ServiceStatus.choices),
            self._field("tier", "Tier", "All tiers", [*Activity.Tier.choices, (NO_TIER, "Not set")]),
        ]

    def _field(self, name: str, label: str, everything: str, choices: list[tuple[str, str]]) -> Field:
        chosen = getattr(self, name)
        return Field(name, label, everything, tuple(Option(value, text, value == chosen) for value, text in choices))
