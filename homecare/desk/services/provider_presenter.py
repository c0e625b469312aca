"""What the pages about providers show, in a number of queries that does not grow with the records."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.services.presenter import Patients, patients_of
from homecare.desk.today.cells import Cell, Column, Row
from providers.models import Provider, ProviderCapability
from providers.states import ServiceStatus

PROVIDER_COLUMNS = (
    Column("Provider", "Also written"),
    Column("Services"),
    Column("Patients", "Of whom"),
    Column("What it cannot do"),
)


def provider_rows(user: User) -> list[Row]:
    """Return a row for each provider, in four queries."""
    providers = list(
        Provider.objects.visible_to(user).prefetch_related("names", "services", "capabilities").order_by("name")
    )
    services = {service.pk: provider.pk for provider in providers for service in provider.services.all()}
    patients = patients_of(user, list(services))
    return [_provider_row(provider, patients) for provider in providers]


def _provider_row(provider: Provider, patients: dict[int, Patients]) -> Row:
    mine = [service for service in provider.services.all() if service.status != ServiceStatus.ENDED]
    found = [patients[service.pk] for service in provider.services.all()]
    total = Patients(sum(p.total for p in found), sum(p.on_treatment for p in found), sum(p.not_started for p in found))
    cannot = [str(c.language or c.get_need_display()) for c in provider.capabilities.all() if not c.offered]
    others = sorted(n.spelling for n in provider.names.all() if n.spelling != provider.name.casefold())
    return Row(
        (
            Cell(provider.name, ", ".join(others), reverse("provider", args=[provider.pk])),
            Cell(words.count(len(mine), "service"), "" if provider.active else "out of use"),
            Cell(str(total.total) if total.total else "none", total.words),
            Cell(", ".join(cannot) or ("nothing recorded" if not provider.capabilities.all() else "–")),
        )
    )


@dataclass(frozen=True)
class Capability:
    """One need, whether the provider can meet it, who says so, and where to record it."""

    words: str
    answer: str
    colour: str
    source: str
    href: str


def capabilities_of(provider: Provider) -> list[Capability]:
    """Return every need, then every language that is recorded; what nobody asked is said to be not known. One query."""
    rows = {(row.need, row.language): row for row in ProviderCapability.objects.filter(provider=provider)}
    needs = [(need, "") for need in ProviderCapability.Need if need != ProviderCapability.Need.LANGUAGE]
    spoken = sorted(language for _, language in rows if language)
    keys = [*needs, *((ProviderCapability.Need.LANGUAGE, language) for language in spoken)]
    return [_capability(provider, need, language, rows.get((need, language))) for need, language in keys]


def _capability(
    provider: Provider, need: ProviderCapability.Need, language: str, row: ProviderCapability | None
) -> Capability:
    query = urlencode({"need": need, "language": language} if language else {"need": need})
    answer, colour = ("not known", "amber") if row is None else ("yes", "green") if row.offered else ("no", "red")
    return Capability(
        words=language or need.label,
        answer=answer,
        colour=colour,
        source=row.source if row else "",
        href=f"{reverse('provider_capability', args=[provider.pk])}?{query}",
    )


def spellings_of(provider: Provider) -> list[str]:
    """Return the other ways in which a provider's name is written."""
    return sorted(row.spelling for row in provider.names.all() if row.spelling != provider.name.casefold())
