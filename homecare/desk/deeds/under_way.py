"""Deliveries under way: booked, being prepared or on the road. No change is ever applied to one in silence."""

from collections.abc import Iterable, Sequence

from deliveries.models import Delivery
from deliveries.states import UNDER_WAY, DeliveryStatus
from homecare.accounts.models import User
from patients.models import Patient


def of_enrolments(enrolment_ids: Iterable[int], user: User) -> list[Delivery]:
    """Return the deliveries under way of these enrolments, those on the road first."""
    return _found(user, enrolment__in=list(enrolment_ids))


def of_patient(patient: Patient, user: User) -> list[Delivery]:
    """Return the deliveries under way of a patient, those on the road first."""
    return _found(user, patient=patient)


def _found(user: User, **which: object) -> list[Delivery]:
    statuses = sorted(str(status) for status in UNDER_WAY)
    rows = Delivery.objects.visible_to(user).filter(status__in=statuses, **which)
    found = rows.select_related("provider", "enrolment__medicine").order_by("booked_on", "pk")
    return sorted(found, key=lambda delivery: not is_on_the_road(delivery))


def is_on_the_road(delivery: Delivery) -> bool:
    """Say whether it has left: only the telephone stops it."""
    return delivery.status == DeliveryStatus.DISPATCHED


def in_words(delivery: Delivery) -> str:
    """Say what is under way: "a delivery of Exemplimab booked for 5 March 2026"."""
    day = delivery.booked_on or delivery.planned_on
    when = f" for {day:%-d %B %Y}" if day else ""
    how = {
        DeliveryStatus.BOOKED: f"booked{when}",
        DeliveryStatus.PREPARING: f"being prepared{when}",
        DeliveryStatus.DISPATCHED: f"on its way now{when}",
    }[DeliveryStatus(delivery.status)]
    return f"a delivery of {delivery.enrolment.medicine} {how}"


def by_provider(deliveries: Sequence[Delivery], ask: str) -> dict[int, str]:
    """Say to each provider (by id) what of its own is under way, and what we ask of it."""
    said: dict[int, list[str]] = {}
    for delivery in deliveries:
        said.setdefault(delivery.provider_id, []).append(in_words(delivery))
    return {provider: f"Under way: {'; '.join(words)}. {ask}" for provider, words in said.items()}
