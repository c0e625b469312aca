"""A bulk transfer planned: who of a provider's patients, in which order, and to which service for each medicine.

Planning moves nobody. All of it is one statement, whatever the number of patients.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.db.models import Count

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from patients.models import BulkTransfer, BulkTransferRow, Enrolment
from patients.states import EnrolmentStatus
from providers.models import HomecareService, Provider, ServiceMedicine
from providers.services import why_no_new_enrolment

MOVABLE = (EnrolmentStatus.ACTIVE, EnrolmentStatus.SUSPENDED)
NO_SERVICE = "No service yet for this medicine. Plan another transfer once there is one."
# The patient who runs out first is moved first; then those of whom nobody knows what is at home, then the others.
_PLAN = """
    INSERT INTO patients_bulktransferrow (bulk_id, enrolment_id, to_service_id, place, status, message)
    SELECT %(bulk)s, e.id, t.service_id,
           row_number() OVER (
               ORDER BY c.first_uncovered_dose_on NULLS LAST, coalesce(c.stock_known, false), e.id),
           CASE WHEN t.service_id IS NULL THEN 'REFUSED' ELSE 'WAITING' END,
           CASE WHEN t.service_id IS NULL THEN %(no_service)s ELSE '' END
    FROM patients_enrolment e
    JOIN providers_homecareservice s ON s.id = e.service_id AND s.provider_id = %(provider)s
    JOIN accounts_clinic cl ON cl.id = e.clinic_id
    LEFT JOIN patients_cover c ON c.enrolment_id = e.id
    LEFT JOIN unnest(%(medicines)s::bigint[], %(services)s::bigint[]) t (medicine_id, service_id)
           ON t.medicine_id = e.medicine_id
    WHERE e.status = ANY(%(movable)s)
      AND (%(specialty)s::bigint IS NULL OR cl.specialty_id = %(specialty)s)
      AND (%(medicine)s::bigint IS NULL OR e.medicine_id = %(medicine)s)
"""


@dataclass(frozen=True, slots=True)
class Whom:
    """Which of a provider's patients: all of them, or those of one specialty, or on one medicine."""

    specialty_id: int | None = None
    medicine_id: int | None = None


@dataclass(frozen=True, slots=True)
class MedicineToMove:
    """One medicine that a provider's patients are on, how many they are, and which services would take them."""

    medicine_id: int
    name: str
    patients: int
    services: tuple[HomecareService, ...]


def medicines_to_move(provider: Provider, whom: Whom) -> list[MedicineToMove]:
    """Return the medicines of those to be moved, most patients first, in two queries."""
    rows = Enrolment.objects.filter(service__provider=provider, status__in=MOVABLE)
    if whom.specialty_id is not None:
        rows = rows.filter(clinic__specialty=whom.specialty_id)
    if whom.medicine_id is not None:
        rows = rows.filter(medicine=whom.medicine_id)
    counted = rows.order_by().values("medicine_id", "medicine__name").annotate(patients=Count("pk"))
    found = sorted(counted, key=lambda row: (-row["patients"], row["medicine__name"]))
    services = open_services([row["medicine_id"] for row in found], leaving=provider)
    return [
        MedicineToMove(row["medicine_id"], row["medicine__name"], row["patients"], services[row["medicine_id"]])
        for row in found
    ]


def open_services(medicine_ids: list[int], *, leaving: Provider) -> dict[int, tuple[HomecareService, ...]]:
    """Return the services of other providers that supply each medicine and take new patients."""
    rows = ServiceMedicine.objects.filter(medicine__in=medicine_ids).exclude(service__provider=leaving)
    found: dict[int, list[HomecareService]] = {pk: [] for pk in medicine_ids}
    ordered = rows.select_related("service__provider").order_by("service__provider__name", "service__name")
    for row in cast("list[ServiceMedicine]", list(ordered)):
        if why_no_new_enrolment(row.service) is None:
            found[row.medicine_id].append(row.service)
    return {pk: tuple(services) for pk, services in found.items()}


@action
def plan_bulk_transfer(
    *,
    provider: Provider,
    whom: Whom,
    to_services: Mapping[int, int],
    old_provider_supplies: bool,
    by: User,
    at: dt.datetime,
    reason: str,
) -> BulkTransfer:
    """Write down who moves, ranked by first uncovered dose, and where to: `to_services` is by medicine.

    Refused: no reason, a service that does not take them, or nobody to move.
    """
    require(by, Permission.TRANSFER_IN_BULK)
    if not reason.strip():
        raise Refused("Say why these patients move to another provider.")
    _check_services(provider, to_services)
    bulk = BulkTransfer.objects.create(
        from_provider=provider,
        reason=reason,
        old_provider_supplies=old_provider_supplies,
        planned_by=by,
        planned_at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            {
                "bulk": bulk.pk,
                "provider": provider.pk,
                "medicines": list(to_services),
                "services": list(to_services.values()),
                "movable": [str(status) for status in MOVABLE],
                "specialty": whom.specialty_id,
                "medicine": whom.medicine_id,
                "no_service": NO_SERVICE,
            },
        )
    if not BulkTransferRow.objects.waiting().filter(bulk=bulk).exists():
        raise Refused("There is nobody to move: choose a service for at least one medicine.", code="nobody")
    return bulk


def _check_services(provider: Provider, to_services: Mapping[int, int]) -> None:
    offered = open_services(list(to_services), leaving=provider)
    for medicine_id, service_id in to_services.items():
        if service_id not in {service.pk for service in offered[medicine_id]}:
            raise Refused("One of these services takes no new patients any more. Choose again.", code="not_there")
