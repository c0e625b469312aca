"""The deeds of this app: load drafts, approve protocols, import dm+d."""

from medicines.actions.dmd import import_dmd_release
from medicines.actions.formulary import load_formulary
from medicines.actions.protocols import approve_protocols

__all__ = ["approve_protocols", "import_dmd_release", "load_formulary"]
