"""The deeds of this app: load drafts, propose a service, set its terms, activities and tier, move it, add clients."""

from providers.actions.clients import add_client
from providers.actions.lifecycle import approve_service, assess_all, assess_service, move_service, take_live
from providers.actions.loading import load_providers
from providers.actions.providers import record_capability, set_provider_active
from providers.actions.terms import change_terms, propose_service, set_medicines, set_styles
from providers.actions.tiering import bullets, set_activities, tier_fields, tiering_of

__all__ = [
    "add_client",
    "approve_service",
    "assess_all",
    "assess_service",
    "bullets",
    "change_terms",
    "load_providers",
    "move_service",
    "propose_service",
    "record_capability",
    "set_activities",
    "set_medicines",
    "set_provider_active",
    "set_styles",
    "take_live",
    "tier_fields",
    "tiering_of",
]
