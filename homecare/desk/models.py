"""What the desk itself remembers: sweeps, the registers that came in, drafts of referrals, and what Today keeps."""

from homecare.desk.referral.models import ReferralDraft
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
    "ReferralDraft",
    "RegisterEntry",
    "RegisterFile",
    "RegisterImport",
    "RegisterImportRow",
    "RememberedFilter",
    "SweepRun",
    "Tally",
]
