"""What may become of a homecare service (domain.md 11.11)."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class ServiceStatus(models.TextChoices):
    """How far a homecare service has come."""

    PROPOSED = "PROPOSED", "Proposed"
    ASSESSED = "ASSESSED", "Assessed"
    APPROVED = "APPROVED", "Approved"
    LIVE = "LIVE", "Live"
    CLOSED_TO_NEW = "CLOSED_TO_NEW", "Closed to new patients"
    ENDED = "ENDED", "Ended"


S = ServiceStatus
NOT_YET_LIVE = frozenset({S.PROPOSED, S.ASSESSED, S.APPROVED})
SERVICE = Transitions(
    "homecare service",
    [
        Transition("assess", frozenset({S.PROPOSED}), S.ASSESSED, Permission.REFERENCE_EDIT),
        Transition("send_back", frozenset({S.ASSESSED}), S.PROPOSED, Permission.SERVICE_APPROVE),
        Transition("approve", frozenset({S.ASSESSED}), S.APPROVED, Permission.SERVICE_APPROVE),
        Transition("go_live", frozenset({S.APPROVED}), S.LIVE, Permission.SERVICE_APPROVE),
        Transition("close_to_new", frozenset({S.LIVE}), S.CLOSED_TO_NEW, Permission.SERVICE_APPROVE),
        Transition("reopen", frozenset({S.CLOSED_TO_NEW}), S.LIVE, Permission.SERVICE_APPROVE),
        Transition("end", frozenset(S) - {S.ENDED}, S.ENDED, Permission.SERVICE_APPROVE),
    ],
)
