"""What may follow what for one item of monitoring (domain.md 11.9). Overdue is derived, not a state."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class ItemStatus(models.TextChoices):
    """Where one test of a plan is."""

    PLANNED = "PLANNED", "Planned"
    REQUESTED = "REQUESTED", "Requested"
    TAKEN = "TAKEN", "Taken, result awaited"
    RESULTED = "RESULTED", "Resulted"
    REVIEWED = "REVIEWED", "Reviewed"
    WAIVED = "WAIVED", "Waived"
    NOT_APPLICABLE = "NOT_APPLICABLE", "Not applicable"


S = ItemStatus
WAITING = frozenset({S.PLANNED, S.REQUESTED})


def _move(
    event: str, sources: set[ItemStatus] | frozenset[ItemStatus], target: ItemStatus, permission: Permission
) -> Transition:
    return Transition(event, frozenset(str(s) for s in sources), str(target), permission)


TRANSITIONS = Transitions(
    "blood test",
    [
        _move("request", {S.PLANNED}, S.REQUESTED, Permission.MONITORING_EDIT),
        _move("take", WAITING, S.TAKEN, Permission.MONITORING_EDIT),
        _move("result", WAITING | {S.TAKEN}, S.RESULTED, Permission.MONITORING_EDIT),
        _move("review", {S.RESULTED}, S.REVIEWED, Permission.RESULT_REVIEW),
        _move("waive", WAITING, S.WAIVED, Permission.RESULT_REVIEW),
        _move("end", WAITING | {S.TAKEN}, S.NOT_APPLICABLE, Permission.MONITORING_EDIT),
    ],
)
