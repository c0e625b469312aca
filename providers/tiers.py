"""The tier engine: from the activities of a service, low, mid, high or complex, with the reason for each.

The activities and their wording are reference data (providers/reference/activities.json); this file only weighs
them. Sources: RPS Professional Standards as quoted by London Procurement Partnership, and the trade body (NCHA)
for the wider use of "low-tech".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How technical a homecare service is."""

    LOW = "LOW"
    MID = "MID"
    HIGH = "HIGH"
    COMPLEX = "COMPLEX"


class Scheme(StrEnum):
    """Whose definitions a tier follows: always named beside the tier."""

    RPS = "RPS"
    NCHA = "NCHA"


ORDINARY = (Tier.LOW, Tier.MID, Tier.HIGH)


@dataclass(frozen=True)
class Bullet:
    """One activity as one tier of one scheme words it."""

    scheme: Scheme
    tier: Tier
    code: str
    wording: str


@dataclass(frozen=True)
class Reason:
    """Why one activity counts for one tier."""

    activity: str
    tier: Tier
    wording: str
    because: str = ""


@dataclass(frozen=True)
class Tiering:
    """What the activities make of a service. `tier` is None while no activity is recorded."""

    scheme: Scheme
    tier: Tier | None
    alongside: Tier | None
    reasons: tuple[Reason, ...]

    @property
    def complex_alongside(self) -> bool:
        """Say whether complex elements stand alongside a low, mid or high tech service."""
        return self.alongside is not None

    @property
    def words(self) -> str:
        """The tier in words, naming whose definition it is."""
        return said(self.tier or "", self.alongside or "", self.scheme)


SCHEME_WORDS = {Scheme.RPS: "RPS/LPP", Scheme.NCHA: "NCHA (trade body)"}


def said(tier: str, alongside: str, scheme: str) -> str:
    """Say a tier as it is shown everywhere: "mid tech (RPS/LPP)", "complex beside mid tech (RPS/LPP)"."""
    if not tier:
        return "tier not set"
    words = "complex" if tier == Tier.COMPLEX else f"{tier.lower()} tech"
    beside = f" beside {alongside.lower()} tech" if alongside else ""
    return f"{words}{beside} ({SCHEME_WORDS[Scheme(scheme)]})"


class UnknownActivityError(ValueError):
    """An activity that the scheme does not name."""


def tier_of(*, activities: Iterable[str], table: Iterable[Bullet], scheme: Scheme) -> Tiering:
    """Return the tier of a service with these activities under this scheme, with a reason for each activity.

    The most technical of low, mid and high decides. Any bespoke, adaptation or installation element makes the
    service complex, and what it stands alongside is kept. An activity that stands in both high and complex (the
    clinical protocol) alone gives high; beside such an element it counts as complex.
    """
    rows = [row for row in table if row.scheme == scheme]
    chosen = {code: [row for row in rows if row.code == code] for code in dict.fromkeys(activities)}
    unknown = sorted(code for code, found in chosen.items() if not found)
    if unknown:
        raise UnknownActivityError(f"{scheme} names no activity {', '.join(unknown)}.")
    has_complex = any({row.tier for row in found} == {Tier.COMPLEX} for found in chosen.values())
    reasons = sorted(
        (_reason(found, has_complex=has_complex) for found in chosen.values()),
        key=lambda reason: (-list(Tier).index(reason.tier), rows.index(_row_of(rows, reason))),
    )
    ordinary = [reason.tier for reason in reasons if reason.tier in ORDINARY]
    highest = max(ordinary, key=ORDINARY.index) if ordinary else None
    return Tiering(
        scheme=scheme,
        tier=Tier.COMPLEX if has_complex else highest,
        alongside=highest if has_complex else None,
        reasons=tuple(reasons),
    )


def _reason(found: list[Bullet], *, has_complex: bool) -> Reason:
    if len(found) == 1:
        return Reason(activity=found[0].code, tier=found[0].tier, wording=found[0].wording)
    as_complex = next(row for row in found if row.tier == Tier.COMPLEX)
    as_ordinary = next(row for row in found if row.tier != Tier.COMPLEX)
    if has_complex:
        because = "counts as complex beside a bespoke, adaptation or installation element"
        return Reason(activity=as_complex.code, tier=Tier.COMPLEX, wording=as_complex.wording, because=because)
    because = "stands in complex too, but no bespoke, adaptation or installation element is part of the service"
    return Reason(activity=as_ordinary.code, tier=as_ordinary.tier, wording=as_ordinary.wording, because=because)


def _row_of(rows: list[Bullet], reason: Reason) -> Bullet:
    return next(row for row in rows if row.code == reason.activity and row.tier == reason.tier)


@dataclass(frozen=True)
class Contribution:
    """One activity of the table: whether it is part of the service, what it counts for, what ticking it would do."""

    code: str
    tier: Tier
    wording: str
    is_part: bool
    because: str
    decides: bool
    otherwise: Tiering  # what the service would be with this one tick changed
    changes: bool  # whether that is another tier


def contributions(*, activities: Iterable[str], table: Iterable[Bullet], scheme: Scheme) -> tuple[Contribution, ...]:
    """Return every activity of the scheme in its order, once each, with what it does to this service's tier.

    An activity that stands in two tiers is shown in the one that it counts for.
    """
    chosen, rows = list(dict.fromkeys(activities)), [row for row in table if row.scheme == scheme]
    now = tier_of(activities=chosen, table=rows, scheme=scheme)
    reasons = {reason.activity: reason for reason in now.reasons}
    found = []
    for code in dict.fromkeys(row.code for row in rows):
        changed = [c for c in chosen if c != code] if code in reasons else [*chosen, code]
        otherwise = tier_of(activities=changed, table=rows, scheme=scheme)
        reason = reasons.get(code) or next(r for r in otherwise.reasons if r.activity == code)
        found.append(
            Contribution(
                code=code,
                tier=reason.tier,
                wording=reason.wording,
                is_part=code in reasons,
                because=reason.because,
                decides=code in reasons and reason.tier in {now.tier, now.alongside},
                otherwise=otherwise,
                changes=(otherwise.tier, otherwise.alongside) != (now.tier, now.alongside),
            )
        )
    return tuple(found)
