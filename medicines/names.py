"""From what people write to what is meant: one normal form of a spelling, and look-ups over all of them.

A spelling is looked up whole. A near miss is not a match: guessing at a medicine's name is never safe.
"""

import unicodedata
from dataclasses import dataclass

from medicines.models import AnalyteName, MedicineName

MARKS = str.maketrans({"®": "", "™": "", "‐": "-", "‑": "-", "–": "-", "—": "-", "’": "'"})


@dataclass(frozen=True)
class Named:
    """What a spelling means. `brand` is blank where the spelling names no brand."""

    medicine_id: int
    brand: str


def normalise(text: str) -> str:
    """Return the spelling in its normal form: lower case, single spaces, no trade marks, plain dashes."""
    plain = unicodedata.normalize("NFKC", text.translate(MARKS))
    return " ".join(plain.casefold().split())


def all_names() -> dict[str, Named]:
    """Return every known spelling, normalised, with what it means. One query, for bulk work."""
    rows = MedicineName.objects.values_list("spelling", "medicine_id", "brand")
    return {spelling: Named(medicine_id, brand) for spelling, medicine_id, brand in rows}


def resolve(text: str) -> Named | None:
    """Return what this spelling means, or None where nobody has recorded it."""
    row = MedicineName.objects.filter(spelling=normalise(text)).values_list("medicine_id", "brand").first()
    return Named(*row) if row else None


def all_analytes() -> dict[str, int]:
    """Return every known spelling of an analyte, normalised, with its id. One query, for bulk work."""
    return dict(AnalyteName.objects.values_list("spelling", "analyte_id"))
