"""Deeds that span apps: what changes in one place and follows in others, in one transaction.

A deed of several parts asks for its own right once (`User.for_deed`), which covers its parts: nobody is refused
half-way.
"""

from homecare.desk.deeds.dosing import change_dose, record_regimen
from homecare.desk.deeds.ending import (
    leave_homecare,
    record_death,
    record_death_mistaken,
    stop_treatment,
    withdraw_consent,
)
from homecare.desk.deeds.moving_house import change_address, end_delivery_address
from homecare.desk.deeds.pausing import suspend

__all__ = [
    "change_address",
    "change_dose",
    "end_delivery_address",
    "leave_homecare",
    "record_death",
    "record_death_mistaken",
    "record_regimen",
    "stop_treatment",
    "suspend",
    "withdraw_consent",
]
