"""Reading "40mg pen" and "1500mg": strengths, forms and doses as people write them. Pure rules."""

import re
from dataclasses import dataclass
from decimal import Decimal

FORMS = {
    "pen": "PEN",
    "pens": "PEN",
    "pre-filled pen": "PEN",
    "prefilled pen": "PEN",
    "autoinjector": "PEN",
    "syringe": "SYRINGE",
    "syringes": "SYRINGE",
    "pfs": "SYRINGE",
    "pre-filled syringe": "SYRINGE",
    "prefilled syringe": "SYRINGE",
    "tablet": "TABLET",
    "tablets": "TABLET",
    "tab": "TABLET",
    "tabs": "TABLET",
    "capsule": "CAPSULE",
    "capsules": "CAPSULE",
    "cap": "CAPSULE",
    "caps": "CAPSULE",
    "vial": "VIAL",
    "vials": "VIAL",
    "cartridge": "CARTRIDGE",
    "cartridges": "CARTRIDGE",
    "bag": "BAG",
    "bags": "BAG",
}
UNITS = {
    "g": "g",
    "mg": "mg",
    "microgram": "microgram",
    "micrograms": "microgram",
    "mcg": "microgram",
    "µg": "microgram",
    "μg": "microgram",
    "unit": "unit",
    "units": "unit",
    "iu": "unit",
    "ml": "ml",
}
IN_MICROGRAMS = {"g": Decimal(1_000_000), "mg": Decimal(1000), "microgram": Decimal(1)}
AMOUNT = re.compile(r"(?P<value>\d{1,7}(?:\.\d{1,4})?)\s*(?P<unit>[a-zµμ]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Amount:
    """So much of something."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Strength:
    """An amount in a form."""

    amount: Amount
    form: str


def read_amount(text: str) -> Amount | None:
    """Return the amount written here ("40mg", "0.5 mg", "40microgram"), or None where it is not plain."""
    found = AMOUNT.fullmatch(text.strip())
    if not found or found["unit"].casefold() not in UNITS:
        return None
    value = Decimal(found["value"])
    return Amount(value, UNITS[found["unit"].casefold()]) if value > 0 else None


def read_strength(text: str) -> Strength | None:
    """Return the strength and form written here ("40mg pen"), or None where it is not plain."""
    found = AMOUNT.match(text.strip())
    if not found:
        return None
    amount = read_amount(found[0])
    form = FORMS.get(" ".join(text.strip()[found.end() :].casefold().split()))
    return Strength(amount, form) if amount and form else None


def units_per_dose(*, dose: Amount, strength: Amount) -> int | None:
    """Return how many units of this strength make the dose, or None where it is no whole number of them."""
    ratio = _ratio(dose, strength)
    return int(ratio) if ratio is not None and ratio >= 1 and ratio == int(ratio) else None


def doses_per_container(*, dose: Amount, strength: Amount) -> int | None:
    """Return how many whole doses a container of many doses holds (10 mg at 0.4 mg: 25), or None if none."""
    ratio = _ratio(strength, dose)
    return int(ratio) if ratio is not None and ratio >= 1 else None


def _ratio(over: Amount, under: Amount) -> Decimal | None:
    if over.unit == under.unit:
        return over.value / under.value
    if over.unit in IN_MICROGRAMS and under.unit in IN_MICROGRAMS:
        return over.value * IN_MICROGRAMS[over.unit] / (under.value * IN_MICROGRAMS[under.unit])
    return None
