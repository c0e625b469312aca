"""Reading the reference data about providers that ships as drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medicines.drafts import read_json
from providers.styles import VALUES
from providers.tiers import Bullet, Scheme, Tier

SHIPPED = Path(__file__).parent / "reference"
PARAMETERS = frozenset(
    {
        "buffer_days",
        "lead_working_days",
        "provider_lead_working_days",
        "delivery_interval_days",
        "prescription_duration_months",
        "max_deliveries_per_prescription",
        "max_stock_days",
        "first_delivery_target_days",
        "signature_required",
        "contact_attempts_before_escalation",
        "delivery_window_hours",
        "needs_funding_approval",
        "scheme_fixes_supplier",
        "charge_policy",
        "about_the_service",
        "benefits_and_risks",
        "how_to_change",
        "use_of_personal_data",
    }
)


@dataclass(frozen=True)
class ActivityDraft:
    """One bullet of a scheme, with the scheme's source."""

    bullet: Bullet
    order: int
    source: str


@dataclass(frozen=True)
class ProviderDraft:
    """A provider and the ways its name is written."""

    name: str
    spellings: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class ServiceDraft:
    """A service that some or all providers offer, by the names of its medicines."""

    name: str
    providers: tuple[str, ...]
    medicines: tuple[str, ...]
    activities: tuple[str, ...]
    scheme: Scheme
    parameters: Mapping[str, Any]
    styles: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True)
class ProvidersDraft:
    """All that providers ship as drafts."""

    activities: tuple[ActivityDraft, ...]
    providers: tuple[ProviderDraft, ...]
    services: tuple[ServiceDraft, ...]


def read_providers(folder: Path = SHIPPED) -> ProvidersDraft:
    """Return the drafts in this folder: services.json, and activities.json and providers.json where there are any."""
    providers = _providers(folder / "providers.json")
    return ProvidersDraft(
        activities=tuple(_activities(folder / "activities.json")),
        providers=providers,
        services=tuple(_services(folder / "services.json", everybody=tuple(p.name for p in providers))),
    )


def _activities(path: Path) -> list[ActivityDraft]:
    if not path.exists():
        return []
    return [
        ActivityDraft(
            Bullet(Scheme(scheme["scheme"]), Tier(row["tier"]), row["code"], row["wording"]),
            order=order,
            source=scheme["source"],
        )
        for scheme in read_json(path)["schemes"]
        for order, row in enumerate(scheme["activities"], start=1)
    ]


def _providers(path: Path) -> tuple[ProviderDraft, ...]:
    if not path.exists():
        return ()
    document = read_json(path)
    return tuple(
        ProviderDraft(row["name"], tuple(row["spellings"]), row.get("source", document["source"]))
        for row in document["providers"]
    )


def _services(path: Path, *, everybody: tuple[str, ...]) -> list[ServiceDraft]:
    document = read_json(path)
    drafts = []
    for row in document["services"]:
        parameters = {**document["parameters"], **row.get("parameters", {})}
        unknown = parameters.keys() - PARAMETERS
        if unknown:
            raise ValueError(f"{path.name} has parameters no service has: {', '.join(sorted(unknown))}.")
        drafts.append(
            ServiceDraft(
                name=row["name"],
                providers=everybody if row["providers"] == "ALL" else tuple(row["providers"]),
                medicines=tuple(row["medicines"]),
                activities=tuple(row["activities"]),
                scheme=Scheme(document["scheme"]),
                parameters=parameters,
                styles=_styles(row.get("styles", {}), path),
                source=row.get("source", document["source"]),
            )
        )
    return drafts


def _styles(offered: Mapping[str, list[str]], path: Path) -> tuple[tuple[str, str], ...]:
    styles = tuple((kind, value) for kind, values in offered.items() for value in values)
    unknown = [f"{kind} {value}" for kind, value in styles if value not in VALUES.get(kind, {})]
    if unknown:
        raise ValueError(f"{path.name} has styles nobody can choose: {', '.join(unknown)}.")
    return styles
