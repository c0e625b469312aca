"""Reading what ships as drafts for the pathway: the suitability checklist, the consent text, the charter, leaflets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medicines.drafts import read_json

SHIPPED = Path(__file__).parent / "reference"
QUESTION = ("code", "wording", "hint", "concern", "adjustment", "asked_of", "activity")
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class ChecklistDraft:
    """The questions of one version, in order, as the fields of their records."""

    version: str
    source: str
    review_months: int | None
    questions: tuple[Fields, ...]


@dataclass(frozen=True)
class CharterDraft:
    """The points of one version, in order, as the fields of their records."""

    version: str
    points: tuple[Fields, ...]


@dataclass(frozen=True)
class AssessingDraft:
    """All that the pathway ships as drafts."""

    checklist: ChecklistDraft
    consent_texts: tuple[Fields, ...]
    charter: CharterDraft
    leaflets: tuple[Fields, ...]


def read_assessing(folder: Path = SHIPPED) -> AssessingDraft:
    """Return the drafts in this folder. A question with a field that no question has is refused."""
    charter, leaflets = read_json(folder / "charter.json"), read_json(folder / "leaflets.json")
    return AssessingDraft(
        checklist=_checklist(read_json(folder / "suitability.json")),
        consent_texts=tuple(dict(row) for row in read_json(folder / "consent_text.json")["texts"]),
        charter=CharterDraft(charter["version"], tuple(_point(row, charter) for row in charter["points"])),
        leaflets=tuple(_leaflet(row, leaflets, leaflet_format) for row in leaflets["leaflets"]
                       for leaflet_format in row["formats"]),
    )  # fmt: skip


def _checklist(document: Mapping[str, Any]) -> ChecklistDraft:
    for row in document["questions"]:
        unknown = row.keys() - set(QUESTION)
        if unknown:
            raise ValueError(f"A question has fields no question has: {', '.join(sorted(unknown))}.")
    return ChecklistDraft(
        version=document["version"],
        source=document["source"],
        review_months=document.get("review_months"),
        questions=tuple(dict(row) for row in document["questions"]),
    )


def _point(row: Mapping[str, Any], document: Mapping[str, Any]) -> Fields:
    is_asked_of_them = row.get("section") == "RESPONSIBILITY"
    source = document["responsibilities_source"] if is_asked_of_them else document["source"]
    return {"section": "RIGHT", **row, "source": source}


def _leaflet(row: Mapping[str, Any], document: Mapping[str, Any], leaflet_format: str) -> Fields:
    return {
        "code": row["code"],
        "title": row["title"],
        "version": row["version"],
        "format": leaflet_format,
        "language": row.get("language", "English"),
        "source": row.get("source", document["source"]),
    }
