"""Who our patients are, what they are treated with, and how long their medicine lasts."""

from patients.cover.models import Cover, RegimenPhase, RemainingSupply, SupplyFact
from patients.models.enrolment import Consent, Enrolment, EnrolmentStatusChange, Suspension, Treatment
from patients.models.people import AccessibleNeed, ContactPoint, Patient, PatientAddress, Representative

__all__ = [
    "AccessibleNeed",
    "Consent",
    "ContactPoint",
    "Cover",
    "Enrolment",
    "EnrolmentStatusChange",
    "Patient",
    "PatientAddress",
    "RegimenPhase",
    "RemainingSupply",
    "Representative",
    "SupplyFact",
    "Suspension",
    "Treatment",
]
