"""What a patient may choose within a service: who gives the medicine, with what, where, and when it is brought.

The words are the vocabulary; which of them a service offers is recorded for each service (ServiceStyle).
"""

from django.db import models


class StyleKind(models.TextChoices):
    """What there is to choose."""

    ADMINISTRATION = "ADMINISTRATION", "Who gives the medicine"
    DEVICE = "DEVICE", "What it is given with"
    PLACE = "PLACE", "Where it is delivered"
    SLOT = "SLOT", "When it is delivered"


ADMINISTRATION = {"NURSE": "A nurse gives it", "SELF": "I give it to myself", "CARER": "My carer gives it"}
DEVICE = {
    "PEN": "Pre-filled pen",
    "SYRINGE": "Pre-filled syringe",
    "VIAL": "Vial",
    "PUMP": "Pump",
    "TABLETS": "Tablets or capsules",
    "LIQUID": "Liquid",
}
PLACE = {
    "HOME": "At home",
    "WORK": "At work",
    "NEIGHBOUR": "With a neighbour or friend",
    "COLLECTION_POINT": "At a collection point",
}
SLOT = {
    "MORNING": "Morning",
    "AFTERNOON": "Afternoon",
    "EVENING": "Evening",
    "SATURDAY": "Saturday",
    "ANY_TIME": "Any time of the working day",
}
VALUES: dict[str, dict[str, str]] = {
    StyleKind.ADMINISTRATION: ADMINISTRATION,
    StyleKind.DEVICE: DEVICE,
    StyleKind.PLACE: PLACE,
    StyleKind.SLOT: SLOT,
}


def words(kind: str, value: str) -> str:
    """Return how a choice is put to a patient."""
    return VALUES.get(kind, {}).get(value, value)
