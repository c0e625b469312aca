"""What would follow from an end of homecare, from what is on record: said before it is done."""

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.core import words
from homecare.desk.deeds import under_way
from patients.models import Enrolment, Equipment, Visit
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import AT_PROVIDER, IN_PHARMACY

LIVE = sorted(str(status) for status in AT_PROVIDER | IN_PHARMACY)


def of_ending(enrolments: list[Enrolment], user: User, *, fetches_medicine: bool = False) -> list[str]:
    """Say what ends with these enrolments, in five queries: what is on the road first, since only a call stops it."""
    ids = [enrolment.pk for enrolment in enrolments]
    deliveries = under_way.of_enrolments(ids, user)
    renewals = RenewalRequest.objects.visible_to(user).open().filter(enrolment__in=ids).count()
    prescriptions = Prescription.objects.visible_to(user).filter(enrolment__in=ids, status__in=LIVE).count()
    visits = (
        Visit.objects.visible_to(user).filter(enrolment__in=ids, status__in=["PLANNED", "BOOKED", "MISSED"]).count()
    )
    things = Equipment.objects.filter(enrolment__in=ids, collected_on__isnull=True, delivered_on__isnull=False)
    at_home = [str(thing) for thing in things.exclude(owner=Equipment.Owner.PATIENT).order_by("pk")]
    lines = [_of_delivery(delivery) for delivery in deliveries]
    if renewals:
        lines.append(f"{words.count(renewals, 'open request')} for a prescription ends.")
    if prescriptions:
        lines.append(f"{words.count(prescriptions, 'prescription')} cancelled, and the provider told.")
    if visits:
        lines.append(f"{words.count(visits, 'visit')} cancelled.")
    left = [*at_home, "the sharps bin", *(["unused medicine"] if fetches_medicine else [])]
    lines.append(f"To be collected: {', '.join(left)}.")
    return lines


def _of_delivery(delivery: Delivery) -> str:
    said = under_way.in_words(delivery)
    if under_way.is_on_the_road(delivery):
        return f"{said[0].upper()}{said[1:]}. Telephone {delivery.provider} now: only they can stop it."
    return f"{said[0].upper()}{said[1:]} is cancelled; {delivery.provider} is told."
