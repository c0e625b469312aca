"""What may become of a homecare service (domain.md 11.11)."""

from django.db import models

from homecare.accounts.permissions import Permission
from homecare.core.states import Transition, Transitions


class ServiceStatus(models.TextChoices):
    """How far a homecare service has come."""

    DRAFT = "DRAFT", "Draft"
    APPROVED = "APPROVED", "Approved"
    LIVE = "LIVE", "Live"
    CLOSED_TO_NEW = "CLOSED_TO_NEW", "Closed to new patients"
    ENDED = "ENDED", "Ended"


S = ServiceStatus
SERVICE = Transitions(
    "homecare service",
    [
        Transition("approve", frozenset({S.DRAFT}), S.APPROVED, Permission.SERVICE_APPROVE),
        Transition("go_live", frozenset({S.APPROVED}), S.LIVE, Permission.SERVICE_APPROVE),
        Transition("close_to_new", frozenset({S.LIVE}), S.CLOSED_TO_NEW, Permission.SERVICE_APPROVE),
        Transition("reopen", frozenset({S.CLOSED_TO_NEW}), S.LIVE, Permission.SERVICE_APPROVE),
        Transition("end", frozenset({S.LIVE, S.CLOSED_TO_NEW}), S.ENDED, Permission.SERVICE_APPROVE),
    ],
)
