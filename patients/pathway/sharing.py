"""May a provider be shown something new of a patient's enrolment? Plain values in; the refusal in words, or nothing.

Consent is needed before any data goes to a provider (domain.md 2.2); once withdrawn, nothing new is shared and the
safe supply is handed over (11.1). A patient read from a register is supplied already: a consent that nobody has
recorded yet does not stop that supply. The same rule stands as a query in patients/models/sharing.py; a test holds
the two together.
"""

from dataclasses import dataclass
from typing import Final

LEFT: Final = frozenset({"TRANSFERRED", "WITHDRAWN"})  # the provider supplies this enrolment no more


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """One consent on record: whether it was withdrawn, and the provider it names, if it names one."""

    is_withdrawn: bool = False
    sharing_with: int | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """What decides: the enrolment's status, its consents, and whether it was read from a register."""

    status: str
    provider: int
    consents: tuple[GivenConsent, ...] = ()
    is_assumed: bool = False


def was_withdrawn(consents: tuple[GivenConsent, ...]) -> bool:
    """Say whether consent was given and is withdrawn, with none in force since."""
    return bool(consents) and all(consent.is_withdrawn for consent in consents)


def refusal_to_show(asked: Sharing) -> str:
    """Say why nothing new is shown to the provider, or nothing where it may be. Missing consent alone hides nothing."""
    if asked.status in LEFT:
        return "The patient has left this provider, so nothing new is shared with it."
    if was_withdrawn(asked.consents):
        return "The patient has withdrawn consent, so nothing is shared with the provider."
    named = {consent.sharing_with for consent in asked.consents if not consent.is_withdrawn} - {None}
    if named and asked.provider not in named:
        return "The patient's consent names another provider, so nothing is shared with this one."
    return ""


def refusal_to_send(asked: Sharing) -> str:
    """Say why nothing may be sent to the provider, or nothing where it may be: as above, and consent is on record."""
    refused = refusal_to_show(asked)
    if refused or asked.consents or asked.is_assumed:
        return refused
    return "The patient has not consented yet, so nothing is sent to the provider. Record their consent first."
