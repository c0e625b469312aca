"""Which homecare service supplies a medicine from a provider, and why one takes no new patient.

The rule for a row that names only provider and medicine: the live service if there is one, else an approved, an
assessed or a proposed one, else one that is closed to new patients (they are on it already); of several alike the
oldest. An ended service is never chosen.
"""

from django.db.models import Case, F, Value, When

from providers.models import HomecareService, ServiceMedicine
from providers.states import NOT_YET_LIVE, ServiceStatus

ORDER = (
    ServiceStatus.LIVE,
    ServiceStatus.APPROVED,
    ServiceStatus.ASSESSED,
    ServiceStatus.PROPOSED,
    ServiceStatus.CLOSED_TO_NEW,
)


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


def why_no_new_enrolment(service: HomecareService) -> str | None:
    """Say why this service takes no new patient and what to do, or nothing where it does. Reads its provider."""
    if not service.provider.active:
        return f"{service.provider} is no longer active. Choose a service of another provider."
    if service.status == ServiceStatus.ENDED:
        return f"{service} has ended. Choose another service."
    if service.status == ServiceStatus.CLOSED_TO_NEW:
        return f"{service} is closed to new patients. Choose another service, or ask for it to be reopened."
    if service.status in NOT_YET_LIVE:
        status = service.get_status_display().lower()
        return f"{service} is {status}, not yet live. The Chief Pharmacist approves it and takes it live (Services)."
    return None
