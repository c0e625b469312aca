"""The deeds of this app: load drafts, set a service's activities (which sets its tier), move a service."""

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Iterator

from oauth2_provider.models import AccessToken, Application

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.accounts.roles import ProviderClient as ProviderClientRole
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.actions.formulary import Counts, add_missing
from medicines.models import Medicine
from medicines.names import normalise
from providers import tiers
from providers.drafts import ProvidersDraft, ServiceDraft
from providers.models import (
    Activity,
    HomecareService,
    HomecareServiceStatusChange,
    Provider,
    ProviderClient,
    ProviderName,
    ServiceActivity,
    ServiceMedicine,
)
from providers.states import SERVICE


def bullets() -> list[tiers.Bullet]:
    """Return the activity table as the tier engine takes it, in the order of the sources."""
    rows = Activity.objects.order_by("scheme", "order").values_list("scheme", "tier", "code", "wording")
    return [tiers.Bullet(tiers.Scheme(s), tiers.Tier(t), code, wording) for s, t, code, wording in rows]


def tier_fields(tiering: tiers.Tiering) -> dict[str, object]:
    """Return what a service stores of a tiering."""
    reasons = [
        {"activity": r.activity, "tier": r.tier.value, "wording": r.wording, "because": r.because}
        for r in tiering.reasons
    ]
    return {
        "tier": tiering.tier.value if tiering.tier else "",
        "tier_alongside": tiering.alongside.value if tiering.alongside else "",
        "tier_scheme": tiering.scheme.value,
        "tier_reasons": reasons,
    }


@action
def set_activities(
    *,
    service: HomecareService,
    activities: Collection[str],
    by: User,
    at: dt.datetime,
    scheme: tiers.Scheme | None = None,
    reason: str = "",
) -> HomecareService:
    """Say which activities are part of a service, and (for one scheme or the other) set the tier they make."""
    require(by, Permission.REFERENCE_EDIT)
    locked = HomecareService.objects.select_for_update().get(pk=service.pk)
    try:
        tiering = tiers.tier_of(
            activities=activities, table=bullets(), scheme=scheme or tiers.Scheme(locked.tier_scheme)
        )
    except tiers.UnknownActivityError as unknown:
        raise Refused(f"{unknown} Choose from the activities in the table.", code="unknown_activity") from unknown
    ServiceActivity.objects.filter(service=locked).exclude(activity__in=activities).delete()
    rows = [ServiceActivity(service_id=locked.pk, activity=code) for code in activities]
    add_missing(ServiceActivity, rows, key=("service_id", "activity"))
    for name, value in tier_fields(tiering).items():
        setattr(locked, name, value)
    locked.save(update_fields=["tier", "tier_alongside", "tier_scheme", "tier_reasons"])
    return locked


@action
def move_service(*, service: HomecareService, event: str, by: User, at: dt.datetime, reason: str = "") -> None:
    """Approve a service, take it live, close it to new patients, reopen or end it, as its table of moves allows."""
    locked = HomecareService.objects.select_for_update().get(pk=service.pk)
    move = SERVICE.find(event, source=locked.status)
    require(by, move.permission)
    _move([locked], event=event, to=move.target, by=by, at=at, reason=reason)
    service.status = move.target


@action
def take_live(*, services: Collection[HomecareService], by: User, at: dt.datetime, reason: str = "") -> int:
    """Approve and take live every one of these services that is a draft or approved; return how many."""
    require(by, Permission.SERVICE_APPROVE)
    rows = list(HomecareService.objects.select_for_update().filter(pk__in=[s.pk for s in services]).order_by("pk"))
    drafts = [row for row in rows if SERVICE.allows("approve", source=row.status)]
    _move(drafts, event="approve", to=SERVICE.find("approve", source="DRAFT").target, by=by, at=at, reason=reason)
    approved = [row for row in rows if SERVICE.allows("go_live", source=row.status)]
    _move(approved, event="go_live", to=SERVICE.find("go_live", source="APPROVED").target, by=by, at=at, reason=reason)
    return len(approved)


def _move(services: Iterable[HomecareService], *, event: str, to: str, by: User, at: dt.datetime, reason: str) -> None:
    moved = list(services)
    HomecareServiceStatusChange.objects.bulk_create(
        HomecareServiceStatusChange(
            service=service, event=event, from_status=service.status, to_status=to, at=at, by=by, reason=reason
        )
        for service in moved
    )
    HomecareService.objects.filter(pk__in=[service.pk for service in moved]).update(status=to)
    for service in moved:
        service.status = to


@action
def add_client(*, provider: Provider, by: User, at: dt.datetime, reason: str = "") -> tuple[str, str]:
    """Give a provider's system an id and a secret for the API. The secret is kept as a hash, so it is seen once.

    A provider has one client; asked for again, it gets a new secret and the old one ends with its tokens.
    """
    require(by, Permission.USER_MANAGE)
    existing = ProviderClient.objects.select_related("user").filter(provider=provider).first()
    if existing is None:
        user = User.objects.create(
            username=f"provider:{provider.pk}",
            last_name=f"{provider.name}'s system"[:150],
            kind=User.Kind.PROVIDER_CLIENT,
            role=ProviderClientRole.name,
            password="!",  # noqa: S106  # unusable: a client signs in nowhere
        )
        existing = ProviderClient.objects.create(user=user, provider=provider)
    secret = secrets.token_urlsafe(32)
    application = Application.objects.filter(user=existing.user).first() or Application(
        name=provider.name,
        user=existing.user,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    application.client_secret = secret
    application.save()
    AccessToken.objects.filter(application=application).delete()
    return application.client_id, secret


@action
def load_providers(*, draft: ProvidersDraft, by: User, at: dt.datetime) -> Counts:
    """Add the activities, providers, spellings and draft services that are not there yet, and count them."""
    require(by, Permission.REFERENCE_EDIT)
    counts: Counts = {"activities": add_missing(Activity, _activities(draft), key=("scheme", "tier", "code"))}
    providers = [Provider(name=provider.name, source=provider.source) for provider in draft.providers]
    counts["providers"] = add_missing(Provider, providers, key=("name",))
    ids = dict(Provider.objects.values_list("name", "id"))
    counts["provider names"] = add_missing(ProviderName, _names(draft, ids), key=("spelling",))
    counts |= _load_services(draft.services, ids)
    return counts


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
    return {"homecare services": len(services)}
