"""Why a treatment or its homecare ended: every reason in one place, as domain.md 2.5 names them.

The reason is kept with the treatment by its code. A few older codes are read and no longer offered.
"""

STOP_REASONS: dict[str, str] = {
    "PRIMARY_FAILURE": "It never worked well enough",
    "SECONDARY_FAILURE": "It stopped working",
    "ADVERSE_EVENT": "Side effect or adverse event",
    "REMISSION": "No longer needed: remission",
    "PATIENT_CHOICE": "Patient’s choice",
    "NON_ATTENDANCE": "Did not attend",
    "NON_ADHERENCE": "Did not take it as prescribed",
    "PREGNANCY": "Pregnancy",
    "FUNDING_WITHDRAWN": "Funding withdrawn",
    "SWITCHED_DRUG": "Switched to another medicine",
    "SWITCHED_BIOSIMILAR": "Switched to a biosimilar or another brand",
    "SUPPLY_SHORTAGE": "Shortage of supply",
    "MOVED_AREA": "Care moved elsewhere",
    "DEATH": "The patient died",
    "OTHER": "Another reason",
}
_OLDER = {
    "NO_RESPONSE": "It did not work",
    "SIDE_EFFECT": "Side effect",
    "SWITCHED": "Switched to another medicine",
    "MOVED_CARE": "Care moved elsewhere",
    "NOT_RECORDED": "Not recorded",
}
NOT_BY_HAND = frozenset({"DEATH"})  # a death is recorded as a death
KNOWN = STOP_REASONS | _OLDER


def to_choose() -> list[tuple[str, str]]:
    """Return the reasons that somebody may give, each with its words."""
    return [(code, words) for code, words in STOP_REASONS.items() if code not in NOT_BY_HAND]


def in_words(code: str) -> str:
    """Say a reason by its code; one that is not known is said as it stands."""
    return KNOWN.get(code, code.replace("_", " ").capitalize())
