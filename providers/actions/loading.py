"""Loading the drafts about providers that ship: only what is not there yet is added."""

import datetime as dt
from collections.abc import Iterable, Iterator

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from medicines.actions.formulary import Counts, add_missing
from medicines.models import Medicine
from medicines.names import normalise
from providers import tiers
from providers.actions.tiering import bullets, tier_fields
from providers.drafts import ProvidersDraft, ServiceDraft
from providers.models import (
    Activity,
    HomecareService,
    Provider,
    ProviderName,
    ServiceActivity,
    ServiceMedicine,
    ServiceStyle,
)


@action
def load_providers(*, draft: ProvidersDraft, by: User, at: dt.datetime) -> Counts:
    """Add the activities, providers, spellings and draft services that are not there yet, and count them."""
    require(by, Permission.REFERENCE_EDIT)
    counts: Counts = {"activities": load_activities(draft)}
    providers = [Provider(name=provider.name, source=provider.source) for provider in draft.providers]
    counts["providers"] = add_missing(Provider, providers, key=("name",))
    ids = dict(Provider.objects.values_list("name", "id"))
    counts["provider names"] = add_missing(ProviderName, _names(draft, ids), key=("spelling",))
    counts |= _load_services(draft.services, ids)
    return counts


def load_activities(draft: ProvidersDraft) -> int:
    """Add the activities of the tier schemes that are not there yet, and return how many. Part of a deed."""
    return add_missing(Activity, _activities(draft), key=("scheme", "tier", "code"))


def _activities(draft: ProvidersDraft) -> Iterator[Activity]:
    for row in draft.activities:
        bullet = row.bullet
        yield Activity(
            scheme=bullet.scheme.value,
            tier=bullet.tier.value,
            code=bullet.code,
            wording=bullet.wording,
            order=row.order,
            source=row.source,
        )


def _names(draft: ProvidersDraft, ids: dict[str, int]) -> Iterator[ProviderName]:
    for provider in draft.providers:
        for spelling in (provider.name, *provider.spellings):
            yield ProviderName(spelling=normalise(spelling), provider_id=ids[provider.name], source=provider.source)


def _load_services(drafts: Iterable[ServiceDraft], providers: dict[str, int]) -> Counts:
    table = bullets()
    medicines = dict(Medicine.objects.values_list("name", "id"))
    taken = set(HomecareService.objects.values_list("provider_id", "name"))
    pairs = [
        (providers[provider], draft)
        for draft in drafts
        for provider in draft.providers
        if (providers[provider], draft.name) not in taken
    ]
    services = HomecareService.objects.bulk_create(
        HomecareService(
            provider_id=provider_id,
            name=draft.name,
            source=draft.source,
            **draft.parameters,
            **tier_fields(tiers.tier_of(activities=draft.activities, table=table, scheme=draft.scheme)),
        )
        for provider_id, draft in pairs
    )
    rows = list(zip(services, (draft for _, draft in pairs), strict=True))
    ServiceMedicine.objects.bulk_create(
        ServiceMedicine(service=service, medicine_id=medicines[name])
        for service, draft in rows
        for name in draft.medicines
    )
    ServiceActivity.objects.bulk_create(
        ServiceActivity(service=service, activity=code) for service, draft in rows for code in draft.activities
    )
    ServiceStyle.objects.bulk_create(
        ServiceStyle(service=service, kind=kind, value=value) for service, draft in rows for kind, value in draft.styles
    )
    return {"homecare services": len(services)}
