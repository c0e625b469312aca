"""The deeds of this app: load drafts, approve medicines and protocols, import dm+d."""

from medicines.actions.approving import approve_medicines
from medicines.actions.dmd import import_dmd_release
from medicines.actions.formulary import load_formulary
from medicines.actions.protocols import approve_protocols

__all__ = ["approve_medicines", "approve_protocols", "import_dmd_release", "load_formulary"]
