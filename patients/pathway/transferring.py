"""When a treatment may move to another provider's service, and when a move may be called off. Plain values in.

Who may be transferred is for the table of moves (patients/states.py): active and suspended enrolments. These rules
judge where to, and whether going back is still the hospital's own affair.
"""

from dataclasses import dataclass

# Status codes of the new enrolment in which nothing has gone to the new provider, or it has sent it back.
NOTHING_SENT = frozenset({"SUITABLE", "CONSENTED"})
SENT_BACK = frozenset({"REGISTRATION_REJECTED"})


@dataclass(frozen=True, slots=True)
class Destination:
    """A service as somewhere to move to, seen from one enrolment."""

    name: str
    provider: str
    medicine: str
    is_same_provider: bool
    supplies_medicine: bool
    why_closed: str = ""  # why it takes no new patient; empty where it does


def why_not_there(destination: Destination) -> str | None:
    """Say why a patient cannot move to this service and what to do, or nothing where they can."""
    if destination.is_same_provider:
        return f"The patient is with {destination.provider} already. Choose a service of another provider."
    if not destination.supplies_medicine:
        return f"{destination.name} does not supply {destination.medicine}. Choose a service that does."
    return destination.why_closed or None


def why_no_way_back(*, status: str, provider: str, was_sent: bool) -> str | None:
    """Say why a transfer cannot be called off, or nothing where it can.

    It can while nothing was sent to the new provider, or once that provider rejected the patient: else it would go on
    with a patient who is not coming. (A new enrolment that ends otherwise takes its transfer with it.)
    """
    if status in SENT_BACK or (status in NOTHING_SENT and not was_sent):
        return None
    if status in {"ACTIVE", "SUSPENDED"}:
        return f"The patient has begun with {provider}, so the transfer is over. Start another to move them again."
    return (
        f"{provider} has the patient's registration already. Tell them that the patient is not coming, and"
        " withdraw the new enrolment: the patient then stays where they were."
    )
