"""What can be supplied: dm+d as published, the formulary as the trust keeps it, and what is tested for safety."""

from medicines.models.dmd import Amp, Ampp, DmdLookup, DmdRelease, Ingredient, Vmp, VmpIngredient, Vmpp, Vtm
from medicines.models.formulary import Medicine, MedicineName, Product
from medicines.models.monitoring import (
    Analyte,
    AnalyteName,
    MonitoringProtocol,
    ProtocolPhase,
    ProtocolTest,
    TestType,
    Threshold,
)

__all__ = [
    "Amp",
    "Ampp",
    "Analyte",
    "AnalyteName",
    "DmdLookup",
    "DmdRelease",
    "Ingredient",
    "Medicine",
    "MedicineName",
    "MonitoringProtocol",
    "Product",
    "ProtocolPhase",
    "ProtocolTest",
    "TestType",
    "Threshold",
    "Vmp",
    "VmpIngredient",
    "Vmpp",
    "Vtm",
]
