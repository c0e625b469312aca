"""A registration form that lacks nothing, to take things out of."""

import datetime as dt
from decimal import Decimal
from typing import Any

from patients.pathway.registration_form import (
    Address,
    Choice,
    Consent,
    Product,
    Professional,
    Regimen,
    RegistrationForm,
    Representative,
    Service,
    Suitability,
    Weight,
)

ON = dt.date(2026, 3, 2)
SERVICE: dict[str, Any] = {"name": "Adalimumab at home", "provider": "HealthNet", "tier": "Low tech (RPS/LPP)"}
PRODUCT: dict[str, Any] = {
    "medicine": "Adalimumab",
    "brand": "Imraldi",
    "form": "Pen",
    "strength": "40 mg",
    "unit": "pen",
    "storage": "2 to 8 °C",
    "by_brand": True,
}
FULL: dict[str, Any] = {
    "on": ON,
    "nhs_number": "9990000018",
    "nhs_number_status": "VERIFIED",
    "hospital_number": "T000001",
    "family_name": "Example",
    "given_name": "Alex",
    "date_of_birth": dt.date(1961, 3, 14),
    "sex": "FEMALE",
    "gp_practice": "Mill Road Surgery",
    "home": Address(line_1="1 Mill Road", town="Chatham", postcode="ME4 1AA"),
    "delivery": None,
    "telephones": ("+447700900123",),
    "email": "",
    "preferred_contact": "SMS",
    "do_not_contact": False,
    "language": "English",
    "interpreter_needed": False,
    "representatives": (),
    "needs": (),
    "clinic": "Rheumatology, Dr Example",
    "specialty": "Rheumatology",
    "consultant": Professional(name="Dr Example", body="GMC", number="1234567"),
    "prescriber": Professional(name="Dr Example", body="GMC", number="1234567"),
    "product": Product(**PRODUCT),
    "indication": "Rheumatoid arthritis",
    "regimen": Regimen(dose="40 mg", frequency="every 14 days", starts_on=dt.date(2026, 3, 20)),
    "service": Service(**SERVICE),
    "is_transfer": False,
    "suitability": Suitability(outcome="SUITABLE"),
    "choice": Choice(chosen="HOMECARE", administration="SELF", device="PEN"),
    "consent": Consent(version="3", method="SIGNED_FORM", given_on=dt.date(2026, 2, 20)),
    "funding_in_force": False,
    "competent_child": False,
    "weight": None,
    "wishes": None,
}
MOTHER = Representative(kind="PARENT", name="Jo Example", telephone="+447700900124", has_parental_responsibility=True)
FRIEND = Representative(kind="DESIGNATED", name="Sam Friend", telephone="+447700900125")
CHILD: dict[str, Any] = {
    "date_of_birth": dt.date(2014, 6, 1),
    "representatives": (MOTHER,),
    "weight": Weight(kilograms=Decimal("38.50"), weighed_on=dt.date(2026, 2, 27)),
    "consent": Consent(version="3", method="SIGNED_FORM", given_on=dt.date(2026, 2, 20), given_as="PARENT"),
}


def form(**changes: Any) -> RegistrationForm:
    """Return the full form, with changes."""
    return RegistrationForm(**FULL | changes)


def service(**changes: Any) -> Service:
    """Return its service, with changes."""
    return Service(**SERVICE | changes)


def product(**changes: Any) -> Product:
    """Return its product, with changes."""
    return Product(**PRODUCT | changes)
