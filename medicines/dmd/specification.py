"""What is read from which file of a dm+d release: one row for each kind of record (NHSBSA's version 2 XML)."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value must look like."""

    CODE = "CODE"  # a SNOMED CT identifier
    TEXT = "TEXT"
    FLAG = "FLAG"  # present and 1: true
    DATE = "DATE"
    NUMBER = "NUMBER"


SQL_TYPES = {
    Kind.CODE: "bigint",
    Kind.TEXT: "text",
    Kind.FLAG: "boolean",
    Kind.DATE: "date",
    Kind.NUMBER: "numeric",
}


@dataclass(frozen=True)
class Field:
    """One element of a record."""

    tag: str
    kind: Kind
    limit: int = 700
    required: bool = False

    @property
    def column(self) -> str:
        """The name of its column in staging."""
        return self.tag.lower()


@dataclass(frozen=True)
class Record:
    """One kind of record: the element that holds it, in which section, and its fields."""

    section: str
    tag: str
    fields: tuple[Field, ...]
    at_root: bool = False  # the section is the whole file

    @property
    def table(self) -> str:
        """The name of its staging table."""
        return f"staging_{self.section}_{self.tag}".lower()


def _code(tag: str, *, required: bool = False) -> Field:
    return Field(tag, Kind.CODE, 18, required)


def _short(tag: str) -> Field:
    return Field(tag, Kind.TEXT, 20)


NAME = Field("NM", Kind.TEXT, 774, required=True)
ABBREVIATION = Field("ABBREVNM", Kind.TEXT, 100)
INVALID = Field("INVALID", Kind.FLAG)

VTM = Record(
    "VIRTUAL_THERAPEUTIC_MOIETIES",
    "VTM",
    (_code("VTMID", required=True), NAME, ABBREVIATION, _code("VTMIDPREV"), INVALID),
    at_root=True,
)
INGREDIENT = Record(
    "INGREDIENT_SUBSTANCES", "ING", (_code("ISID", required=True), NAME, _code("ISIDPREV"), INVALID), at_root=True
)
VMP = Record(
    "VMPS",
    "VMP",
    (
        _code("VPID", required=True),
        _code("VPIDPREV"),
        _code("VTMID"),
        NAME,
        ABBREVIATION,
        Field("NMPREV", Kind.TEXT),
        INVALID,
        _short("PRES_STATCD"),
        _short("NON_AVAILCD"),
        Field("UDFS", Kind.NUMBER),
        _short("UDFS_UOMCD"),
    ),
)
VMP_INGREDIENT = Record(
    "VIRTUAL_PRODUCT_INGREDIENT",
    "VPI",
    (
        _code("VPID", required=True),
        _code("ISID", required=True),
        Field("STRNT_NMRTR_VAL", Kind.NUMBER),
        _short("STRNT_NMRTR_UOMCD"),
        Field("STRNT_DNMTR_VAL", Kind.NUMBER),
        _short("STRNT_DNMTR_UOMCD"),
    ),
)
VMP_FORM = Record("DRUG_FORM", "DFORM", (_code("VPID", required=True), _short("FORMCD")))
VMP_ROUTE = Record("DRUG_ROUTE", "DROUTE", (_code("VPID", required=True), _short("ROUTECD")))
VMP_CONTROL = Record("CONTROL_DRUG_INFO", "CONTROL_INFO", (_code("VPID", required=True), _short("CATCD")))
VMPP = Record(
    "VMPPS",
    "VMPP",
    (
        _code("VPPID", required=True),
        NAME,
        _code("VPID", required=True),
        Field("QTYVAL", Kind.NUMBER),
        _short("QTY_UOMCD"),
        INVALID,
    ),
)
AMP = Record(
    "AMPS",
    "AMP",
    (
        _code("APID", required=True),
        INVALID,
        _code("VPID", required=True),
        NAME,
        Field("DESC", Kind.TEXT, 700),
        Field("NM_PREV", Kind.TEXT),
        _short("SUPPCD"),
        _short("LIC_AUTHCD"),
        _short("AVAIL_RESTRICTCD"),
        _short("PARALLEL_IMPORT"),
    ),
)
AMPP = Record(
    "AMPPS",
    "AMPP",
    (
        _code("APPID", required=True),
        INVALID,
        NAME,
        _code("VPPID", required=True),
        _code("APID", required=True),
        Field("SUBP", Kind.TEXT, 255),
        _short("LEGAL_CATCD"),
        _short("DISCCD"),
        Field("DISCDT", Kind.DATE),
    ),
)
LOOKUP_FIELDS = (
    Field("CD", Kind.TEXT, 20, required=True),
    Field("DESC", Kind.TEXT, 255),
    Field("CDPREV", Kind.TEXT, 20),
    INVALID,
)
LOOKUP = Record("LOOKUP", "INFO", (Field("KIND", Kind.TEXT, 60), *LOOKUP_FIELDS))

FILES: dict[str, tuple[Record, ...]] = {
    "f_lookup2": (LOOKUP,),
    "f_ingredient2": (INGREDIENT,),
    "f_vtm2": (VTM,),
    "f_vmp2": (VMP, VMP_INGREDIENT, VMP_FORM, VMP_ROUTE, VMP_CONTROL),
    "f_vmpp2": (VMPP,),
    "f_amp2": (AMP,),
    "f_ampp2": (AMPP,),
}
