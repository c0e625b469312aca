"""What became of a service's tier: each tier it had, with its reasons, since when, by whom and why."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from providers import tiers
from providers.models import HomecareService


@dataclass(frozen=True)
class TierVersion:
    """One tier that a service had: its words, its reasons, since when, and who set it and why."""

    words: str
    reasons: tuple[dict[str, Any], ...]
    since: dt.datetime
    who: str
    why: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_now: bool = False


def tier_history(service: HomecareService) -> list[TierVersion]:
    """Return each tiering of a service, the present one first: whenever its activities or scheme changed.

    Read from the history that the database keeps of the service itself: the reasons of a tiering name its activities.
    """
    rows = HomecareService.history.filter(id=service.pk).select_related("history_user").order_by("history_id")
    versions: list[TierVersion] = []
    before: Any = None
    for row in rows:
        if before is None or _tiering(row) != _tiering(before):
            versions.append(_version(row, before))
        before = row
    return [TierVersion(**{**vars(version), "is_now": place == 0}) for place, version in enumerate(reversed(versions))]


def changed_since_approval(service: HomecareService, versions: list[TierVersion]) -> bool:
    """Say whether the activities of an approved service have changed after the day of the committee's decision."""
    if service.approved_on is None or not versions:
        return False
    return len(versions) > 1 and versions[0].since.date() > service.approved_on


def _tiering(row: Any) -> tuple[Any, ...]:
    return (row.tier, row.tier_alongside, row.tier_scheme, [reason["activity"] for reason in row.tier_reasons])


def _version(row: Any, before: Any) -> TierVersion:
    now = {reason["activity"]: reason["wording"] for reason in row.tier_reasons}
    then = {reason["activity"]: reason["wording"] for reason in before.tier_reasons} if before else {}
    return TierVersion(
        words=tiers.said(row.tier, row.tier_alongside, row.tier_scheme),
        reasons=tuple(row.tier_reasons),
        since=row.history_date,
        who=str(row.history_user) if row.history_user else "Outside the application",
        why=row.history_change_reason or "",
        added=tuple(wording for code, wording in now.items() if code not in then) if before else (),
        removed=tuple(wording for code, wording in then.items() if code not in now),
    )
