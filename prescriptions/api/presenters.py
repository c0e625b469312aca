"""What a provider is shown of a prescription: what it needs in order to supply, and nothing else."""

from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from homecare.accounts.models import User
from homecare.audit.access import collect
from patients.models import AccessibleNeed, ContactPoint, PatientAddress
from prescriptions.models import Prescription

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


def one(*, user: User, reference: Any) -> dict[str, Any] | None:
    """Return one prescription with what the provider needs to deliver it, or None where it sees no such one."""
    rows = Prescription.objects.visible_to(user).filter(reference=reference)
    row = _values(rows).first()
    if row is None:
        return None
    patient_id = row["the_patient"]
    collect([patient_id])
    shaped = _shaped(row)
    shaped["patient"] |= {
        "delivery_address": _address(patient_id),
        "telephones": _telephones(patient_id),
        "accessible_needs": _needs(patient_id),
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


def _address(patient_id: int) -> dict[str, Any] | None:
    """Return where to deliver: the delivery address if there is one, else the home."""
    rows = PatientAddress.objects.filter(patient_id=patient_id, ends_on=None)
    values = [dict(row) for row in rows.values("use", "line_1", "line_2", "town", "postcode")]
    chosen = sorted(values, key=lambda row: row["use"] != PatientAddress.Use.DELIVERY)
    return {name: value for name, value in chosen[0].items() if name != "use"} if chosen else None


def _telephones(patient_id: int) -> list[str]:
    telephones = Q(kind__in=[ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE])
    rows = ContactPoint.objects.filter(telephones, patient_id=patient_id, ended_on=None, is_usable=True)
    return list(rows.order_by("-kind", "pk").values_list("value", flat=True))


def _needs(patient_id: int) -> list[dict[str, Any]]:
    rows = AccessibleNeed.objects.filter(patient_id=patient_id, shared_with_provider=True)
    return [dict(row) for row in rows.order_by("pk").values("kind", "detail")]
