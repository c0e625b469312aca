"""Reading the reference data that ships as drafts: JSON files with a source, checked before they are used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "reference"
FLAGS = (
    "cytotoxic",
    "oral_oncology",
    "high_cost",
    "biologic",
    "prescribed_by_brand",
)


@dataclass(frozen=True)
class ProductDraft:
    """A form and strength, for every brand of its medicine."""

    form: str
    strength_value: Decimal
    strength_unit: str
    unit_name: str
    multi_dose: bool = False
    shelf_life_days: int | None = None


@dataclass(frozen=True)
class MedicineDraft:
    """A medicine with its brands (and which are biosimilar), spellings and products."""

    name: str
    storage: str
    kind: str
    licensed: bool
    flags: Mapping[str, bool]
    brands: Mapping[str, bool]
    spellings: tuple[str, ...]
    products: tuple[ProductDraft, ...]
    source: str


@dataclass(frozen=True)
class AnalyteDraft:
    """One figure of a test."""

    name: str
    unit: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class TestDraft:
    """A test and its figures."""

    __test__ = False

    code: str
    name: str
    analytes: tuple[AnalyteDraft, ...]
    source: str


@dataclass(frozen=True)
class ThresholdDraft:
    """One figure at which to think."""

    analyte: str
    comparison: str
    value: Decimal
    unit: str
    advice: str
    source: str
    within_days: int | None = None


@dataclass(frozen=True)
class PhaseDraft:
    """One stretch of a protocol."""

    interval_days: int
    tests: tuple[str, ...]
    lasts_days: int | None = None
    until: str = ""


@dataclass(frozen=True)
class ProtocolDraft:
    """What is tested for one medicine (and specialty)."""

    medicine: str
    specialty: str
    source: str
    baseline: str
    action_points: str
    phases: tuple[PhaseDraft, ...]
    thresholds: tuple[ThresholdDraft, ...]


@dataclass(frozen=True)
class FormularyDraft:
    """All that medicines ship as drafts."""

    medicines: tuple[MedicineDraft, ...]
    tests: tuple[TestDraft, ...]
    protocols: tuple[ProtocolDraft, ...]


def read_json(path: Path, *, absent: Any = None) -> Any:
    """Return the document in this file; where there is no such file, what was given for that."""
    if absent is not None and not path.exists():
        return absent
    return json.loads(path.read_text(encoding="utf-8"))


def read_formulary(folder: Path = SHIPPED) -> FormularyDraft:
    """Return the drafts in this folder: medicines.json, and tests.json and protocols.json where there are any."""
    medicines = read_json(folder / "medicines.json")
    tests = read_json(folder / "tests.json", absent={"source": "", "tests": []})
    protocols = read_json(folder / "protocols.json", absent={"threshold_sets": {}, "protocols": []})
    return FormularyDraft(
        medicines=tuple(_medicine(row, source=medicines["source"]) for row in medicines["medicines"]),
        tests=tuple(_test(row, source=tests["source"]) for row in tests["tests"]),
        protocols=tuple(_protocol(row, sets=protocols["threshold_sets"]) for row in protocols["protocols"]),
    )


def _medicine(row: Mapping[str, Any], *, source: str) -> MedicineDraft:
    return MedicineDraft(
        name=row["name"],
        storage=row["storage"],
        kind=row.get("kind", "MEDICINE"),
        licensed=row.get("licensed", True),
        flags={flag: bool(row.get(flag, False)) for flag in FLAGS},
        brands={brand["name"]: bool(brand.get("biosimilar", False)) for brand in row.get("brands", [])},
        spellings=tuple(row.get("spellings", [])),
        products=tuple(
            ProductDraft(**{**product, "strength_value": Decimal(product["strength_value"])})
            for product in row["products"]
        ),
        source=row.get("source", source),
    )


def _test(row: Mapping[str, Any], *, source: str) -> TestDraft:
    analytes = tuple(AnalyteDraft(a["name"], a["unit"], tuple(a["spellings"])) for a in row["analytes"])
    return TestDraft(code=row["code"], name=row["name"], analytes=analytes, source=source)


def _protocol(row: Mapping[str, Any], *, sets: Mapping[str, Any]) -> ProtocolDraft:
    chosen: Any = sets[row["thresholds"]] if row.get("thresholds") else {"source": "", "thresholds": []}
    return ProtocolDraft(
        medicine=row["medicine"],
        specialty=row.get("specialty", ""),
        source=row["source"],
        baseline=row.get("baseline", ""),
        action_points=row.get("action_points", ""),
        phases=tuple(PhaseDraft(**{**phase, "tests": tuple(phase["tests"])}) for phase in row["phases"]),
        thresholds=tuple(
            ThresholdDraft(**{**threshold, "value": Decimal(threshold["value"]), "source": chosen["source"]})
            for threshold in chosen["thresholds"]
        ),
    )
