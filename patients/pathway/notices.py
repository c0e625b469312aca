"""What a provider may be told of a patient: only by what it knows already, and never more than consent allows.

Plain values in. A provider that was never sent the patient's registration hears nothing of them. After consent was
withdrawn it hears only what ends or holds back its own work; after a death, only of the death and of collections.
"""

from dataclasses import dataclass

# Status codes of an enrolment from which on its provider has the patient's data (domain.md 11.1).
KNOWN_TO_PROVIDER = frozenset(
    {
        "REGISTRATION_SENT",
        "REGISTRATION_QUERIED",
        "REGISTRATION_REJECTED",
        "REGISTERED",
        "AWAITING_FIRST_DELIVERY",
        "AWAITING_TRAINING",
        "ACTIVE",
        "SUSPENDED",
        "TRANSFERRING",
    }
)
WITHOUT_CONSENT = frozenset({"SUSPENSION", "CANCELLATION", "TRANSFER", "STOP", "CONSENT_WITHDRAWN", "COLLECTION"})
AFTER_DEATH = frozenset({"DEATH", "COLLECTION"})
ABOUT_THE_PATIENT = frozenset({"ADDRESS", "CONTACT", "REPRESENTATIVE", "ACCESSIBLE_NEED"})
# Each of these says the whole of what holds, so that a later one takes the place of one that was not told yet.
SAYS_THE_WHOLE = frozenset({"ADDRESS", "CONTACT", "REPRESENTATIVE", "PREFERENCE"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a provider may be told."""

    is_known: bool
    is_deceased: bool = False
    consent_withdrawn: bool = False


def may_be_told(kind: str, standing: Standing) -> bool:
    """Say whether the provider may be told a thing of this kind."""
    if not standing.is_known:
        return False
    if standing.is_deceased:
        return kind in AFTER_DEATH
    return kind == "DEATH" or kind in WITHOUT_CONSENT or not standing.consent_withdrawn
