"""The words of a journey: who can make a move, what begins a journey, what is reached on the way."""

from enum import StrEnum


class Party(StrEnum):
    """Whose move it is."""

    CLINIC = "CLINIC"
    HOMECARE_TEAM = "HOMECARE_TEAM"
    PHARMACY = "PHARMACY"
    PROVIDER = "PROVIDER"
    PATIENT = "PATIENT"
    COMMISSIONER = "COMMISSIONER"
    NOBODY = "NOBODY"


P = Party
PARTY_WORDS: dict[str, str] = {
    P.CLINIC: "Clinic",
    P.HOMECARE_TEAM: "Homecare team",
    P.PHARMACY: "Clinical pharmacy",
    P.PROVIDER: "Provider",
    P.PATIENT: "Patient",
    P.COMMISSIONER: "Commissioner",
    P.NOBODY: "Nobody",
}


class Kind(StrEnum):
    """What began the journey: it ends with the first dose, or with the next one taken."""

    START = "START"
    RESUMPTION = "RESUMPTION"
    TRANSFER = "TRANSFER"
    SWITCH = "SWITCH"
    DOSE_CHANGE = "DOSE_CHANGE"


class Milestone(StrEnum):
    """What is reached on a day, once in a journey."""

    REFERRED = "REFERRED"
    SUITABLE = "SUITABLE"
    CONSENTED = "CONSENTED"
    REGISTRATION_COMPLETE = "REGISTRATION_COMPLETE"
    REGISTRATION_SENT = "REGISTRATION_SENT"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    FIRST_CONTACT = "FIRST_CONTACT"
    FIRST_PRESCRIPTION_SENT = "FIRST_PRESCRIPTION_SENT"
    FIRST_DELIVERY = "FIRST_DELIVERY"
    TRAINED = "TRAINED"
    FIRST_DOSE = "FIRST_DOSE"


M = Milestone
MILESTONE_WORDS: dict[str, str] = {
    M.REFERRED: "Referred",
    M.SUITABLE: "Found suitable",
    M.CONSENTED: "Consented",
    M.REGISTRATION_COMPLETE: "Registration complete",
    M.REGISTRATION_SENT: "Registration sent",
    M.ACKNOWLEDGED: "Acknowledged by the provider",
    M.FIRST_CONTACT: "First contact by the provider",
    M.FIRST_PRESCRIPTION_SENT: "First prescription sent",
    M.FIRST_DELIVERY: "First delivery",
    M.TRAINED: "Trained",
    M.FIRST_DOSE: "First dose",
}
# The same in a journey that is no start.
LATER_MILESTONE_WORDS = MILESTONE_WORDS | {
    M.REFERRED: "Asked for",
    M.FIRST_PRESCRIPTION_SENT: "New prescription sent",
    M.FIRST_CONTACT: "Contact by the provider",
    M.FIRST_DELIVERY: "Next delivery",
    M.FIRST_DOSE: "Next dose",
}

_TO_ACKNOWLEDGED = (
    M.REFERRED,
    M.SUITABLE,
    M.CONSENTED,
    M.REGISTRATION_COMPLETE,
    M.REGISTRATION_SENT,
    M.ACKNOWLEDGED,
)
# What must have happened before each. Training may precede the delivery, the contact and the prescription may come
# in either order, and a prescription may be sent along with the registration: none of these implies another.
_EARLIER: dict[Milestone, frozenset[Milestone]] = {
    milestone: frozenset(_TO_ACKNOWLEDGED[:place]) for place, milestone in enumerate(_TO_ACKNOWLEDGED)
} | {
    M.FIRST_DELIVERY: frozenset(_TO_ACKNOWLEDGED) | {M.FIRST_CONTACT, M.FIRST_PRESCRIPTION_SENT},
    M.FIRST_DOSE: frozenset(Milestone),
}


def with_earlier(reached: frozenset[Milestone]) -> frozenset[Milestone]:
    """Return what was reached with whatever must have come before it."""
    return reached.union(*(_EARLIER.get(milestone, frozenset()) for milestone in reached))
