"""From staging to the tables: one statement for each, so that a release of any size is a handful of statements.

Added and changed rows are written; equal ones are left alone (no history row for nothing). A concept that the
release no longer has keeps its row, marked with the release that left it out. Table and column names come from
this file and the specification, never from the release.
"""
# ruff: noqa: S608

from dataclasses import dataclass
from typing import Any

from medicines.dmd import specification as spec
from medicines.dmd.specification import Record


@dataclass(frozen=True)
class Merge:
    """How one table is filled: its columns and, for each, the expression over staging that gives it."""

    words: str
    table: str
    key: tuple[str, ...]
    columns: dict[str, str]
    source: str
    staged: Record


@dataclass(frozen=True)
class Merged:
    """What became of one table's records."""

    in_release: int
    added: int
    changed: int
    unchanged: int
    left: int
    left_out: int


def _text(column: str) -> str:
    return f"coalesce(s.{column}, '')"


def _one(record: Record, column: str) -> str:
    """The only code of a product in a section that may list several: blank where there is more than one."""
    return (
        f"coalesce((SELECT CASE WHEN count(DISTINCT o.{column}) = 1 THEN min(o.{column}) ELSE '' END"
        f" FROM {record.table} o WHERE o.vpid = s.vpid), '')"
    )


MERGES: tuple[Merge, ...] = (
    Merge(
        words="look-up codes",
        table="medicines_dmdlookup",
        key=("kind", "code"),
        columns={
            "kind": "s.kind",
            "code": "s.cd",
            "description": "coalesce(s.\"desc\", '')",
            "previous_code": _text("cdprev"),
            "invalid": "s.invalid",
        },
        source=f"{spec.LOOKUP.table} s",
        staged=spec.LOOKUP,
    ),
    Merge(
        words="ingredients",
        table="medicines_ingredient",
        key=("id",),
        columns={"id": "s.isid", "name": "s.nm", "previous_id": "s.isidprev", "invalid": "s.invalid"},
        source=f"{spec.INGREDIENT.table} s",
        staged=spec.INGREDIENT,
    ),
    Merge(
        words="moieties (VTM)",
        table="medicines_vtm",
        key=("id",),
        columns={
            "id": "s.vtmid",
            "name": "s.nm",
            "abbreviation": _text("abbrevnm"),
            "previous_id": "s.vtmidprev",
            "invalid": "s.invalid",
        },
        source=f"{spec.VTM.table} s",
        staged=spec.VTM,
    ),
    Merge(
        words="virtual products (VMP)",
        table="medicines_vmp",
        key=("id",),
        columns={
            "id": "s.vpid",
            "name": "s.nm",
            "abbreviation": _text("abbrevnm"),
            "previous_id": "s.vpidprev",
            "previous_name": _text("nmprev"),
            "invalid": "s.invalid",
            "vtm_id": "v.id",
            "prescribing_status_code": _text("pres_statcd"),
            "form_code": _one(spec.VMP_FORM, "formcd"),
            "route_code": _one(spec.VMP_ROUTE, "routecd"),
            "controlled_drug_code": _one(spec.VMP_CONTROL, "catcd"),
            "unit_dose_size": "s.udfs",
            "unit_dose_code": _text("udfs_uomcd"),
            "not_available_code": _text("non_availcd"),
        },
        source=f"{spec.VMP.table} s LEFT JOIN medicines_vtm v ON v.id = s.vtmid",
        staged=spec.VMP,
    ),
    Merge(
        words="ingredients of products",
        table="medicines_vmpingredient",
        key=("vmp_id", "ingredient_id"),
        columns={
            "vmp_id": "s.vpid",
            "ingredient_id": "s.isid",
            "strength_value": "s.strnt_nmrtr_val",
            "strength_unit_code": _text("strnt_nmrtr_uomcd"),
            "per_value": "s.strnt_dnmtr_val",
            "per_unit_code": _text("strnt_dnmtr_uomcd"),
        },
        source=(
            f"{spec.VMP_INGREDIENT.table} s JOIN medicines_vmp v ON v.id = s.vpid"
            " JOIN medicines_ingredient i ON i.id = s.isid"
        ),
        staged=spec.VMP_INGREDIENT,
    ),
    Merge(
        words="virtual packs (VMPP)",
        table="medicines_vmpp",
        key=("id",),
        columns={
            "id": "s.vppid",
            "name": "s.nm",
            "invalid": "s.invalid",
            "vmp_id": "s.vpid",
            "quantity": "s.qtyval",
            "quantity_unit_code": _text("qty_uomcd"),
        },
        source=f"{spec.VMPP.table} s JOIN medicines_vmp v ON v.id = s.vpid",
        staged=spec.VMPP,
    ),
    Merge(
        words="actual products (AMP)",
        table="medicines_amp",
        key=("id",),
        columns={
            "id": "s.apid",
            "name": "s.nm",
            "invalid": "s.invalid",
            "vmp_id": "s.vpid",
            "description": 'coalesce(s."desc", s.nm)',
            "previous_name": _text("nm_prev"),
            "supplier_code": _text("suppcd"),
            "licensing_authority_code": _text("lic_authcd"),
            "availability_code": _text("avail_restrictcd"),
            "parallel_import_code": _text("parallel_import"),
        },
        source=f"{spec.AMP.table} s JOIN medicines_vmp v ON v.id = s.vpid",
        staged=spec.AMP,
    ),
    Merge(
        words="actual packs (AMPP)",
        table="medicines_ampp",
        key=("id",),
        columns={
            "id": "s.appid",
            "name": "s.nm",
            "invalid": "s.invalid",
            "amp_id": "s.apid",
            "vmpp_id": "s.vppid",
            "sub_pack": _text("subp"),
            "legal_category_code": _text("legal_catcd"),
            "discontinued_code": _text("disccd"),
            "discontinued_on": "s.discdt",
        },
        source=(f"{spec.AMPP.table} s JOIN medicines_amp a ON a.id = s.apid JOIN medicines_vmpp p ON p.id = s.vppid"),
        staged=spec.AMPP,
    ),
)
WITHOUT_LEAVING = {"medicines_vmpingredient"}
ROUNDED = {"unit_dose_size": 4, "strength_value": 6, "per_value": 6, "quantity": 3}


def merge(cursor: Any, *, release: str, staged: dict[str, int]) -> dict[str, Merged]:
    """Merge every staged kind of record, in the order of their references, and return the counts by kind."""
    return {step.words: _merge(cursor, step, release=release, staged=staged) for step in MERGES}


def _merge(cursor: Any, step: Merge, *, release: str, staged: dict[str, int]) -> Merged:
    in_release = staged[step.staged.table]
    cursor.execute("DROP TABLE IF EXISTS pg_temp.merging")
    cursor.execute(_gathering(step))
    cursor.execute("SELECT count(*) FROM merging")
    usable = cursor.fetchone()[0]
    cursor.execute(_upserting(step))
    added, changed = cursor.fetchone()
    left = 0
    if step.table in WITHOUT_LEAVING:
        cursor.execute(_deleting(step))
    else:
        cursor.execute(_leaving(step), [release])
        left = cursor.rowcount
    return Merged(in_release, added, changed, usable - added - changed, left, in_release - usable)


def _gathering(step: Merge) -> str:
    shown = ", ".join(f"{_rounded(name, expression)} AS {name}" for name, expression in step.columns.items())
    keys = ", ".join(step.columns[name] for name in step.key)
    return (
        f"CREATE TEMP TABLE merging ON COMMIT DROP AS SELECT DISTINCT ON ({keys}) {shown} FROM {step.source}"
        f" ORDER BY {keys}"
    )


def _rounded(name: str, expression: str) -> str:
    return f"round({expression}, {ROUNDED[name]})" if name in ROUNDED else expression


def _upserting(step: Merge) -> str:
    columns = dict(step.columns)
    leaving = "" if step.table in WITHOUT_LEAVING else ", left_in"
    blank = "" if step.table in WITHOUT_LEAVING else ", ''"
    names = ", ".join(columns)
    others = [name for name in columns if name not in step.key] + (["left_in"] if leaving else [])
    mine = ", ".join(f"t.{name}" for name in others)
    theirs = ", ".join(f"excluded.{name}" for name in others)
    sets = ", ".join(f"{name} = excluded.{name}" for name in others)
    return (
        f"WITH written AS (INSERT INTO {step.table} AS t ({names}{leaving}) SELECT {names}{blank} FROM merging"
        f" ON CONFLICT ({', '.join(step.key)}) DO UPDATE SET {sets} WHERE ({mine}) IS DISTINCT FROM ({theirs})"
        " RETURNING (xmax = 0) AS added) SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added)"
        " FROM written"
    )


def _leaving(step: Merge) -> str:
    same = " AND ".join(f"m.{name} = t.{name}" for name in step.key)
    return (
        f"UPDATE {step.table} t SET left_in = %s WHERE left_in = ''"
        f" AND NOT EXISTS (SELECT 1 FROM merging m WHERE {same})"
    )


def _deleting(step: Merge) -> str:
    same = " AND ".join(f"m.{name} = t.{name}" for name in step.key)
    return f"DELETE FROM {step.table} t WHERE NOT EXISTS (SELECT 1 FROM merging m WHERE {same})"
