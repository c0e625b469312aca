"""The tier engine, one case for each activity and for what they make together."""

import re
from pathlib import Path

import pytest

from providers.drafts import read_providers
from providers.tiers import Bullet, Scheme, Tier, UnknownActivityError, contributions, tier_of

TABLE = [draft.bullet for draft in read_providers().activities]
RPS = [bullet for bullet in TABLE if bullet.scheme is Scheme.RPS]
PAGE = (Path(__file__).parent.parent / "data/reference/tier_definitions.txt").read_text(encoding="utf-8")
HEADINGS = {"Low Tech": Tier.LOW, "Mid Tech": Tier.MID, "High Tech": Tier.HIGH, "Complex": Tier.COMPLEX}
LOW, MID, HIGH, COMPLEX = Tier.LOW, Tier.MID, Tier.HIGH, Tier.COMPLEX


def bullets_on_the_page() -> list[tuple[Tier, str]]:
    """Read the source itself: each bullet under its heading, with blanks made single."""
    found, tier = [], None
    for line in PAGE.splitlines():
        words = " ".join(line.split())
        heading = re.fullmatch(r"(.+) Homecare Services¹", words)
        if heading:
            tier = HEADINGS[heading[1]]
        elif words.startswith("• ") and tier:
            found.append((tier, words.removeprefix("• ")))
    return found


def test_the_table_carries_every_bullet_of_the_source_word_for_word() -> None:
    assert len(bullets_on_the_page()) == 21
    assert [(bullet.tier, bullet.wording) for bullet in RPS] == bullets_on_the_page()


def tier(*activities: str, scheme: Scheme = Scheme.RPS) -> tuple[Tier | None, Tier | None]:
    tiering = tier_of(activities=activities, table=TABLE, scheme=scheme)
    return tiering.tier, tiering.alongside


@pytest.mark.parametrize(
    "bullet", [b for b in RPS if b.code != "CLINICAL_PROTOCOL"], ids=lambda b: f"{b.tier} {b.code}"
)
def test_each_activity_alone_gives_its_tier_and_its_reason(bullet: Bullet) -> None:
    tiering = tier_of(activities=[bullet.code], table=TABLE, scheme=Scheme.RPS)
    assert tiering.tier == bullet.tier
    assert [(r.activity, r.tier, r.wording) for r in tiering.reasons] == [(bullet.code, bullet.tier, bullet.wording)]


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        ([], (None, None)),
        (["SELF_ADMINISTRATION", "ORDINARY_STORAGE", "MISUSE_REPORTED"], (LOW, None)),
        (["SELF_ADMINISTRATION", "TRAINING_AND_COMPETENCY"], (MID, None)),
        (["SELF_ADMINISTRATION", "CLINICAL_SUPPORT_OR_TESTING", "INTRAVENOUS_INFUSION"], (HIGH, None)),
        (["CLINICAL_PROTOCOL"], (HIGH, None)),
        (["CLINICAL_PROTOCOL", "SELF_ADMINISTRATION"], (HIGH, None)),
        (["BESPOKE_SOLUTION"], (COMPLEX, None)),
        (["BESPOKE_SOLUTION", "CLINICAL_PROTOCOL"], (COMPLEX, None)),
        (["HOME_ADAPTATION", "CLINICAL_PROTOCOL"], (COMPLEX, None)),
        (["EQUIPMENT_INSTALLED", "CLINICAL_PROTOCOL"], (COMPLEX, None)),
        (["BESPOKE_SOLUTION", "CLINICAL_PROTOCOL", "SELF_ADMINISTRATION"], (COMPLEX, LOW)),
        (["HOME_ADAPTATION", "SELF_ADMINISTRATION"], (COMPLEX, LOW)),
        (["HOME_ADAPTATION", "TRAINING_AND_COMPETENCY", "SELF_ADMINISTRATION"], (COMPLEX, MID)),
        (["EQUIPMENT_INSTALLED", "INTRAVENOUS_INFUSION"], (COMPLEX, HIGH)),
        (["EQUIPMENT_INSTALLED", "CLINICAL_PROTOCOL", "COMPOUNDED_ASEPTIC"], (COMPLEX, HIGH)),
        (["SELF_ADMINISTRATION", "SELF_ADMINISTRATION"], (LOW, None)),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_activities_together(activities: list[str], expected: tuple[Tier | None, Tier | None]) -> None:
    assert tier(*activities) == expected


@pytest.mark.parametrize(
    ("beside", "counts_as"), [([], HIGH), (["TRAINING_AND_COMPETENCY"], HIGH), (["HOME_ADAPTATION"], COMPLEX)]
)
def test_the_protocol_says_why_it_counts_where_it_does(beside: list[str], counts_as: Tier) -> None:
    tiering = tier_of(activities=["CLINICAL_PROTOCOL", *beside], table=TABLE, scheme=Scheme.RPS)
    protocol = next(reason for reason in tiering.reasons if reason.activity == "CLINICAL_PROTOCOL")
    assert protocol.tier == counts_as
    assert "bespoke, adaptation or installation element" in protocol.because


@pytest.mark.parametrize(
    ("activities", "alongside"),
    [
        (["HOME_ADAPTATION"], False),
        (["HOME_ADAPTATION", "SELF_ADMINISTRATION"], True),
        (["SELF_ADMINISTRATION"], False),
    ],
)
def test_complex_elements_alongside_are_their_own_fact(activities: list[str], alongside: bool) -> None:
    assert tier_of(activities=activities, table=TABLE, scheme=Scheme.RPS).complex_alongside is alongside


SELF_INJECTING = ("TRAINING_AND_COMPETENCY", "BASIC_ASEPTIC_TECHNIQUE", "ORDINARY_STORAGE", "COMPLIANCE_PROGRAMME")


@pytest.mark.parametrize(("scheme", "expected"), [(Scheme.RPS, MID), (Scheme.NCHA, LOW)])
def test_a_self_injecting_patient_is_low_for_the_trade_body_and_mid_for_the_society(
    scheme: Scheme, expected: Tier
) -> None:
    tiering = tier_of(activities=SELF_INJECTING, table=TABLE, scheme=scheme)
    assert (tiering.tier, tiering.scheme) == (expected, scheme)


@pytest.mark.parametrize("activity", ["ADMINISTERED_BY_PROFESSIONAL", "INTRAVENOUS_INFUSION", "COMPOUNDED_ASEPTIC"])
def test_what_needs_more_than_the_patient_stays_high_for_the_trade_body(activity: str) -> None:
    assert tier(activity, scheme=Scheme.NCHA) == (HIGH, None)


def test_the_reasons_begin_with_the_most_technical() -> None:
    tiering = tier_of(
        activities=["MISUSE_REPORTED", "INTRAVENOUS_INFUSION", "SPECIAL_STORAGE"], table=TABLE, scheme=Scheme.RPS
    )
    assert [reason.tier for reason in tiering.reasons] == [HIGH, MID, LOW]


def test_an_activity_that_the_scheme_does_not_name_is_refused() -> None:
    with pytest.raises(UnknownActivityError, match="TELEPATHY"):
        tier("TELEPATHY")


@pytest.mark.parametrize(
    ("activities", "code", "decides", "changes", "otherwise"),
    [
        (["SELF_ADMINISTRATION"], "SELF_ADMINISTRATION", True, True, "tier not set"),
        (["SELF_ADMINISTRATION"], "SPECIAL_STORAGE", False, True, "mid tech (RPS/LPP)"),
        (["SELF_ADMINISTRATION", "SPECIAL_STORAGE"], "SELF_ADMINISTRATION", False, False, "mid tech (RPS/LPP)"),
        (["SPECIAL_STORAGE", "UNLICENSED_MEDICINE"], "SPECIAL_STORAGE", True, False, "mid tech (RPS/LPP)"),
        (["SPECIAL_STORAGE"], "HOME_ADAPTATION", False, True, "complex beside mid tech (RPS/LPP)"),
        (["SPECIAL_STORAGE", "HOME_ADAPTATION"], "SPECIAL_STORAGE", True, True, "complex (RPS/LPP)"),
        (["HOME_ADAPTATION"], "CLINICAL_PROTOCOL", False, False, "complex (RPS/LPP)"),
    ],
)
def test_each_activity_says_what_changing_its_tick_would_do(
    activities: list[str], code: str, decides: bool, changes: bool, otherwise: str
) -> None:
    found = contributions(activities=activities, table=TABLE, scheme=Scheme.RPS)
    (row,) = (row for row in found if row.code == code)
    assert (row.is_part, row.decides, row.changes, row.otherwise.words) == (
        code in activities,
        decides,
        changes,
        otherwise,
    )


def test_an_activity_of_two_tiers_is_shown_once_where_it_counts() -> None:
    alone = contributions(activities=["CLINICAL_PROTOCOL"], table=TABLE, scheme=Scheme.RPS)
    beside = contributions(activities=["CLINICAL_PROTOCOL", "HOME_ADAPTATION"], table=TABLE, scheme=Scheme.RPS)
    assert [[row.tier for row in rows if row.code == "CLINICAL_PROTOCOL"] for rows in (alone, beside)] == [
        [HIGH],
        [COMPLEX],
    ]
