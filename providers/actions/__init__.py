"""The deeds of this app: load drafts, set a service's activities (which sets its tier), move a service, add clients."""

from providers.actions.clients import add_client
from providers.actions.lifecycle import approve_service, assess_all, assess_service, move_service, take_live
from providers.actions.loading import load_providers
from providers.actions.tiering import bullets, set_activities, tier_fields

__all__ = [
    "add_client",
    "approve_service",
    "assess_all",
    "assess_service",
    "bullets",
    "load_providers",
    "move_service",
    "set_activities",
    "take_live",
    "tier_fields",
]
