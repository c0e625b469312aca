"""Who supplies, and on what terms: providers, contracts, homecare services and their tiers."""

from providers.models.idempotency import ApiRequest
from providers.models.offer import ProviderCapability, ServiceStyle
from providers.models.provider import Contract, Provider, ProviderClient, ProviderName
from providers.models.service import (
    Activity,
    HomecareService,
    HomecareServiceStatusChange,
    ServiceActivity,
    ServiceMedicine,
)

__all__ = [
    "Activity",
    "ApiRequest",
    "Contract",
    "HomecareService",
    "HomecareServiceStatusChange",
    "Provider",
    "ProviderCapability",
    "ProviderClient",
    "ProviderName",
    "ServiceActivity",
    "ServiceMedicine",
    "ServiceStyle",
]
