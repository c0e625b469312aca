"""What follows from withdrawing consent, in words, before it is confirmed."""

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.core.words import count
from patients.models import Enrolment
from patients.pathway.notices import KNOWN_TO_PROVIDER
from patients.states import BEFORE_ACTIVE
from prescriptions.models import Prescription
from prescriptions.states import AT_PROVIDER, IN_PHARMACY


def withdrawal_means(enrolment: Enrolment, user: User) -> tuple[str, ...]:
    """Say what withdrawing means for this enrolment: other before treatment began than on it."""
    provider = enrolment.service.provider
    said = ["No further message is sent about this treatment.", "No further prescription is asked for."]
    if enrolment.status in KNOWN_TO_PROVIDER:
        said.append(f"{provider} is told, and is shown nothing new of the patient.")
    live = Prescription.objects.visible_to(user).filter(
        enrolment=enrolment, status__in=sorted(str(s) for s in AT_PROVIDER | IN_PHARMACY)
    )
    expected = Delivery.objects.visible_to(user).expected().filter(enrolment=enrolment)
    open_ones = _open_things(live.count(), expected.count())
    if enrolment.status in BEFORE_ACTIVE:
        said.append("The patient leaves the pathway to homecare; the treatment does not end.")
        if open_ones:
            said.append(f"{open_ones} of this enrolment end with it.")
        return tuple(said)
    said.append("The treatment goes on. You are asked next how the patient is supplied safely.")
    if open_ones:
        said.append(f"{open_ones} stay until that plan says otherwise: cancel them one by one.")
    return tuple(said)


def _open_things(prescriptions: int, deliveries: int) -> str:
    parts = []
    if prescriptions:
        parts.append(count(prescriptions, "prescription"))
    if deliveries:
        parts.append(count(deliveries, "expected delivery", "expected deliveries"))
    return " and ".join(parts)
