"""Who must act next on a renewal, said for people."""

from dataclasses import dataclass

from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import PrescriptionStatus as P
from prescriptions.states import RenewalStatus as R


@dataclass(frozen=True)
class Move:
    """Whose turn it is, and to do what."""

    who: str
    what: str


WITH_PHARMACY = {
    P.SIGNED: Move("Homecare team", "submit the signed prescription"),
    P.SUBMITTED: Move("Clinical pharmacist", "screen it"),
    P.AMENDED: Move("Clinical pharmacist", "screen it again"),
    P.SCREENING: Move("Clinical pharmacist", "being screened"),
    P.QUERIED: Move("Prescriber", "answer the pharmacist's query"),
    P.APPROVED: Move("Homecare team", "send it to the provider"),
    P.ORDER_RAISED: Move("Homecare team", "send it to the provider"),
}
WITH_PROVIDER = {
    P.SENT: Move("Provider", "acknowledge it"),
    P.PROVIDER_QUERIED: Move("Homecare team", "answer the provider's query"),
    P.ACKNOWLEDGED: Move("Provider", "deliver"),
    P.IN_USE: Move("Provider", "deliver"),
}
NOBODY = Move("Nobody", "nothing more to do")


def whose_move(renewal: RenewalRequest, latest: Prescription | None) -> Move:
    """Say who must act next on a renewal request, given its latest prescription."""
    clinic = str(renewal.enrolment.clinic)
    at_clinic = {
        R.REQUESTED: Move(clinic, "asked for a prescription"),
        R.AWAITING_CLINIC: Move(clinic, "asked for a prescription"),
        R.APPROVED_TO_PRESCRIBE: Move(clinic, "agreed, to be signed"),
        R.APPOINTMENT_REQUIRED: Move(clinic, "wants to see the patient first"),
        R.BLOODS_REQUIRED: Move("Patient", "blood tests first"),
    }
    if renewal.status in at_clinic:
        return at_clinic[R(renewal.status)]
    return move_of(latest) if latest is not None and renewal.status == R.PRESCRIBED else NOBODY


def move_of(prescription: Prescription) -> Move:
    """Say who must act next on a prescription."""
    return (WITH_PHARMACY | WITH_PROVIDER).get(P(prescription.status), NOBODY)
