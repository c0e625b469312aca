"""Which homecare service supplies a medicine from a provider.

The rule for a row that names only provider and medicine: the live service if there is one, else an approved or a
draft one, else one that is closed to new patients (they are on it already); of several alike the oldest. An ended
service is never chosen.
"""

from django.db.models import Case, F, Value, When

from providers.models import ServiceMedicine
from providers.states import ServiceStatus

ORDER = (ServiceStatus.LIVE, ServiceStatus.APPROVED, ServiceStatus.DRAFT, ServiceStatus.CLOSED_TO_NEW)


def all_services() -> dict[tuple[int, int], int]:
    """Return the service for each (provider id, medicine id). One query, for bulk work."""
    rank = Case(*(When(service__status=status, then=Value(place)) for place, status in enumerate(ORDER)))
    rows = (
        ServiceMedicine.objects.exclude(service__status=ServiceStatus.ENDED)
        .annotate(rank=rank, provider_id=F("service__provider_id"))
        .order_by("provider_id", "medicine_id", "rank", "service_id")
        .values_list("provider_id", "medicine_id", "service_id")
    )
    services: dict[tuple[int, int], int] = {}
    for provider_id, medicine_id, service_id in rows:
        services.setdefault((provider_id, medicine_id), service_id)
    return services


def find_service(*, provider_id: int, medicine_id: int) -> int | None:
    """Return the id of the service that supplies this medicine from this provider, or None."""
    return all_services().get((provider_id, medicine_id))
