"""Ways out: each carrier takes a parcel to a provider once and says what is known afterwards."""

from homecare.messaging.channels.base import Carrier, Finding, LookUp, Outcome, Parcel
from homecare.messaging.channels.choice import carrier_for

__all__ = ["Carrier", "Finding", "LookUp", "Outcome", "Parcel", "carrier_for"]
