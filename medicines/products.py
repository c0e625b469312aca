"""Which product of the formulary a written strength and form means."""

from dataclasses import dataclass
from decimal import Decimal

from medicines.models import Product
from medicines.strengths import Strength


@dataclass(frozen=True)
class ProductKey:
    """What tells products apart."""

    medicine_id: int
    brand: str
    form: str
    value: Decimal
    unit: str

    @classmethod
    def of(cls, *, medicine_id: int, brand: str, strength: Strength) -> "ProductKey":
        """Return the key of this medicine, brand and written strength."""
        return cls(medicine_id, brand, strength.form, strength.amount.value, strength.amount.unit)


def all_products() -> dict[ProductKey, int]:
    """Return every product's id by what tells it apart. One query, for bulk work.

    Decimals compare by value, so "40" and "40.0000" are one key.
    """
    rows = Product.objects.values_list("medicine_id", "brand", "form", "strength_value", "strength_unit", "id")
    return {
        ProductKey(medicine_id, brand, form, value, unit): product_id
        for medicine_id, brand, form, value, unit, product_id in rows
    }
