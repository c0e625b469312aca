"""What the desk itself remembers: sweeps, the registers that came in, and what Today keeps."""

from homecare.desk.register.models import (
    ColumnMapping,
    ImportProgress,
    RegisterEntry,
    RegisterFile,
    RegisterImport,
    RegisterImportRow,
)
from homecare.desk.sweep.models import ImportMark, SweepRun
from homecare.desk.today.models import RememberedFilter, Tally

__all__ = [
    "ColumnMapping",
    "ImportMark",
    "ImportProgress",
    "RegisterEntry",
    "RegisterFile",
    "RegisterImport",
    "RegisterImportRow",
    "RememberedFilter",
    "SweepRun",
    "Tally",
]
