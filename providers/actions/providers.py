"""What a provider can do for people with particular needs, and whether the hospital still uses it."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from providers.models import Provider, ProviderCapability

Need = ProviderCapability.Need


@action
def record_capability(
    *,
    provider: Provider,
    need: str,
    offered: bool,
    source: str,
    by: User,
    at: dt.datetime,
    language: str = "",
) -> ProviderCapability:
    """Record whether a provider can meet a need (a language is named), and who says so; the last word counts."""
    require(by, Permission.REFERENCE_EDIT)
    spoken = language.strip()
    if need not in Need.values:
        raise Refused("Choose a need from the list.", code="unknown_need")
    if (need == Need.LANGUAGE) is not bool(spoken):
        raise Refused("Name the language, for a language only.", code="language_missing")
    if not source.strip():
        raise Refused("Say who told us, and where it is written.", code="source_missing")
    Provider.objects.select_for_update().get(pk=provider.pk)
    row = ProviderCapability.objects.filter(provider=provider, need=need, language__iexact=spoken).first()
    row = row or ProviderCapability(provider=provider, need=need, language=spoken)
    row.offered, row.source = offered, source.strip()
    row.save()
    return row


@action
def set_provider_active(*, provider: Provider, active: bool, reason: str, by: User, at: dt.datetime) -> Provider:
    """Say that the hospital no longer uses a provider, or uses it again: its services then take no new patient."""
    require(by, Permission.REFERENCE_EDIT)
    if not reason.strip():
        raise Refused("Give the reason.", code="reason_missing")
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.active == active:
        raise Refused(f"{locked} is {'in' if active else 'out of'} use already.", code="already")
    locked.active = active
    locked.save(update_fields=["active"])
    return locked
