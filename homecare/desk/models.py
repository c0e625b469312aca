"""What the desk itself remembers: sweeps, and the registers that came in."""

from homecare.desk.register.models import (
    ColumnMapping,
    ImportProgress,
    RegisterEntry,
    RegisterFile,
    RegisterImport,
    RegisterImportRow,
)
from homecare.desk.sweep.models import ImportMark, SweepRun

__all__ = [
    "ColumnMapping",
    "ImportMark",
    "ImportProgress",
    "RegisterEntry",
    "RegisterFile",
    "RegisterImport",
    "RegisterImportRow",
    "SweepRun",
]
