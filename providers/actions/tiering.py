"""A service's activities and the tier they make, set in one deed."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused, Stale
from medicines.actions.formulary import add_missing
from providers import tiers
from providers.models import Activity, HomecareService, ServiceActivity
from providers.states import ServiceStatus


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
    seen: Collection[str] | None = None,
    reason: str = "",
) -> HomecareService:
    """Say which activities are part of a service, and (for one scheme or the other) set the tier they make.

    A service that is no longer a proposal needs a reason. `seen` are the activities the person was looking at: where
    somebody has changed them meanwhile, nothing is changed.
    """
    require(by, Permission.REFERENCE_EDIT)
    locked = HomecareService.objects.select_for_update().get(pk=service.pk)
    if locked.status == ServiceStatus.ENDED:
        raise Refused("This service has ended: its activities stay as they were.", code="ended")
    if locked.status != ServiceStatus.PROPOSED and not reason.strip():
        raise Refused("Give the reason why the activities change.", code="reason_missing")
    if seen is not None:
        _refuse_if_changed(locked, seen)
    tiering = tiering_of(activities, scheme=scheme or tiers.Scheme(locked.tier_scheme))
    ServiceActivity.objects.filter(service=locked).exclude(activity__in=activities).delete()
    rows = [ServiceActivity(service_id=locked.pk, activity=code) for code in activities]
    add_missing(ServiceActivity, rows, key=("service_id", "activity"))
    for name, value in tier_fields(tiering).items():
        setattr(locked, name, value)
    locked.save(update_fields=["tier", "tier_alongside", "tier_scheme", "tier_reasons"])
    return locked


def tiering_of(activities: Collection[str], *, scheme: tiers.Scheme) -> tiers.Tiering:
    """Return what these activities make under this scheme, refusing one that the scheme does not name. One query."""
    try:
        return tiers.tier_of(activities=activities, table=bullets(), scheme=scheme)
    except tiers.UnknownActivityError as unknown:
        raise Refused(f"{unknown} Choose from the activities in the table.", code="unknown_activity") from unknown


def _refuse_if_changed(service: HomecareService, seen: Collection[str]) -> None:
    now = set(ServiceActivity.objects.filter(service=service).values_list("activity", flat=True))
    if now == set(seen):
        return
    last = ServiceActivity.history.filter(service_id=service.pk).select_related("history_user").first()
    who = f" by {last.history_user}" if last and last.history_user else ""
    when = f" at {timezone.localtime(last.history_date):%H:%M on %d %B %Y}" if last else ""
    raise Stale(f"The activities were changed{who}{when}. Look at them as they are now, and choose again.")
