"""What a provider is shown of a prescription: what it needs in order to supply, and nothing else."""

import uuid
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils import timezone

from homecare.accounts.models import User
from homecare.audit.access import collect
from homecare.core.clock import local_day
from patients.models import ContactPoint, PatientAddress
from patients.models.sharing import still_shared
from prescriptions.models import Prescription, PrescriptionQuerySet

ADDRESS = ("line_1", "line_2", "town", "postcode")

COLUMNS = {
    "reference": F("reference"),
    "status": F("status"),
    "sent_at": F("sent_at"),
    "acknowledged_at": F("acknowledged_at"),
    "provider_reference": F("provider_reference"),
    "purchase_order_number": F("purchase_order_number"),
    "signed_on": F("signed_on"),
    "last_valid_on": F("last_valid_on"),
    "deliveries": F("deliveries"),
    "deliveries_made": F("deliveries_made"),
    "units_each": F("units_each"),
    "interval_days": F("interval_days"),
    "dose": F("dose_text"),
}
PATIENT = {
    "nhs_number": F("patient__nhs_number"),
    "hospital_number": F("patient__hospital_number"),
    "family_name": F("patient__family_name"),
    "given_name": F("patient__given_name"),
    "date_of_birth": F("patient__date_of_birth"),
    "deceased": F("patient__deceased"),
}
PRODUCT = {
    "medicine": F("enrolment__medicine__name"),
    "brand": F("product__brand"),
    "form": F("product__form"),
    "strength_value": F("product__strength_value"),
    "strength_unit": F("product__strength_unit"),
    "unit_name": F("product__unit_name"),
    "vmp_id": F("product__vmp_id"),
    "amp_id": F("product__amp_id"),
}
ROW = {
    **{f"prescription__{name}": path for name, path in COLUMNS.items()},
    **{f"patient__{name}": path for name, path in PATIENT.items()},
    **{f"product__{name}": path for name, path in PRODUCT.items()},
}
KEYS = [(name, *name.split("__", 1)) for name in ROW]


def page(
    *, user: User, provider_id: int, after: int | None, limit: int, status: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """Return so many of the prescriptions sent to the provider, in the order they were made, and whether more follow.

    The position is a comparison of rows, so that the last page costs what the first does (measured: limits.md C).
    """
    rows = Prescription.objects.visible_to(user).filter(provider_id=provider_id)
    if after is not None:
        rows = rows.filter(TupleGreaterThan(Tuple(F("provider_id"), F("id")), (provider_id, after)))
    if status:
        rows = rows.filter(status=status)
    found = list(_values(rows.order_by("provider_id", "id"))[: limit + 1])
    shown = found[:limit]
    collect(row["the_patient"] for row in shown)
    return [_shaped(row) for row in shown], len(found) > limit


def one(*, user: User, reference: uuid.UUID) -> dict[str, Any] | None:
    """Return one prescription with what the provider needs to deliver it, or None where it sees no such one.

    Once nothing more is shared with the provider, where the patient lives and is reached now is left out.
    """
    mine = Prescription.objects.visible_to(user).filter(reference=reference)
    row = _values(mine).first()
    if row is None:
        return None
    collect([row["the_patient"]])
    shaped = _shaped(row)
    is_shared = mine.filter(still_shared()).exists()
    shaped["sharing_ended"] = not is_shared
    is_rung = is_shared and not row["patient__deceased"]  # nobody rings somebody who has died
    shaped["patient"] |= {
        "delivery_address": _address(mine) if is_shared else None,
        "telephones": _telephones(mine) if is_rung else [],
        "accessible_needs": _needs(mine) if is_rung else [],
    }
    return shaped


def _values(rows: Any) -> Any:
    return rows.values(**ROW, the_patient=F("patient_id"))


def _shaped(row: dict[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {"patient": {}, "product": {}}
    for name, group, short in KEYS:
        (shaped if group == "prescription" else shaped[group])[short] = row[name]
    for code in ("vmp_id", "amp_id"):  # SNOMED codes are longer than some systems' numbers
        value = shaped["product"][code]
        shaped["product"][code] = None if value is None else str(value)
    return shaped


def _address(mine: PrescriptionQuerySet) -> dict[str, Any] | None:
    """Return where to deliver today: the delivery address if there is one, else the home; not one still to come."""
    today = local_day(timezone.now())
    current = mine.filter(
        Q(patient__addresses__ends_on=None) | Q(patient__addresses__ends_on__gte=today),
        Q(patient__addresses__starts_on=None) | Q(patient__addresses__starts_on__lte=today),
        patient__addresses__isnull=False,
    ).order_by("-patient__addresses__pk")
    found = [dict(row) for row in current.values(*(f"patient__addresses__{name}" for name in ("use", *ADDRESS)))]
    found.sort(key=lambda row: row["patient__addresses__use"] != PatientAddress.Use.DELIVERY)
    return {name: found[0][f"patient__addresses__{name}"] for name in ADDRESS} if found else None


def _telephones(mine: PrescriptionQuerySet) -> list[str]:
    current = mine.filter(
        patient__contact_points__kind__in=[ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE],
        patient__contact_points__ended_on=None,
        patient__contact_points__is_usable=True,
    )
    values = current.order_by("-patient__contact_points__kind", "patient__contact_points__pk")
    return list(values.values_list("patient__contact_points__value", flat=True))


def _needs(mine: PrescriptionQuerySet) -> list[dict[str, Any]]:
    shared = mine.filter(patient__accessible_needs__shared_with_provider=True)
    rows = shared.order_by("patient__accessible_needs__pk").values_list(
        "patient__accessible_needs__kind", "patient__accessible_needs__detail"
    )
    return [{"kind": kind, "detail": detail} for kind, detail in rows]
