"""What the demonstration's services and providers offer: contacts, what they can do for whom, and one proposal."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homecare.accounts.models import User
from medicines.models import Medicine
from providers.actions import assess_service, change_terms, propose_service, record_capability
from providers.models import HomecareService, Provider, ProviderCapability

OFFERS = Path(__file__).parent / "reference" / "offers.json"


def offers() -> Mapping[str, Any]:
    """Return what is made up."""
    read: Mapping[str, Any] = json.loads(OFFERS.read_text(encoding="utf-8"))
    return read


def is_proposed(service: HomecareService) -> bool:
    """Say whether this is the proposal that waits for the Chief Pharmacist, and is left waiting."""
    return bool(service.name == offers()["proposal"]["name"])


def make_offers(lead: User, *, at: dt.datetime) -> None:
    """Fill in what nobody has filled in yet, and propose one service."""
    document = offers()
    providers = list(Provider.objects.filter(name__in=document["capabilities"]).order_by("name"))
    for provider, telephone in zip(providers, document["telephones"], strict=False):
        _contacts(provider, document["charter"] | {"helpline_telephone": telephone}, lead=lead, at=at)
        _capabilities(provider, document, lead=lead, at=at)
    _propose(document["proposal"], source=document["source"], lead=lead, at=at)


def _contacts(provider: Provider, charter: Mapping[str, Any], *, lead: User, at: dt.datetime) -> None:
    for service in HomecareService.objects.filter(provider=provider, helpline_telephone="").order_by("pk"):
        change_terms(service=service, terms=charter, by=lead, at=at)


def _capabilities(provider: Provider, document: Mapping[str, Any], *, lead: User, at: dt.datetime) -> None:
    if ProviderCapability.objects.filter(provider=provider).exists():
        return
    said = [(need, "", offered) for need, offered in document["capabilities"][provider.name].items()]
    spoken = document["languages"].get(provider.name, {})
    said += [("LANGUAGE", language, offered) for language, offered in spoken.items()]
    for need, language, offered in said:
        record_capability(
            provider=provider,
            need=need,
            language=language,
            offered=offered,
            source=document["source"],
            by=lead,
            at=at,
        )


def _propose(proposal: Mapping[str, Any], *, source: str, lead: User, at: dt.datetime) -> None:
    provider = Provider.objects.filter(name=proposal["provider"]).first()
    if provider is None or HomecareService.objects.filter(provider=provider, name=proposal["name"]).exists():
        return
    service = propose_service(
        provider=provider,
        name=proposal["name"],
        medicines=list(Medicine.objects.filter(name__in=proposal["medicines"])),
        activities=proposal["activities"],
        terms=proposal["terms"],
        source=source,
        by=lead,
        at=at,
    )
    assess_service(service=service, assessment=proposal["assessment"], by=lead, at=at)
