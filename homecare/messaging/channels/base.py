"""What a carrier is given, and what it says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from homecare.messaging.rules import Answer

CONNECT_SECONDS = 5
TOTAL_SECONDS = 10


@dataclass(frozen=True)
class Parcel:
    """One message, ready to go."""

    reference: str
    channel: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class Outcome:
    """What is known after a try."""

    answer: Answer
    provider_id: str = ""
    http_status: int | None = None
    error_class: str = ""
    retry_after: float | None = None


class Finding(StrEnum):
    """What a look-up by reference gave."""

    FOUND = "FOUND"
    ABSENT = "ABSENT"
    UNREACHABLE = "UNREACHABLE"
    NOT_OFFERED = "NOT_OFFERED"


@dataclass(frozen=True)
class LookUp:
    """The provider's word on one reference."""

    finding: Finding
    provider_id: str = ""
    provider_status: str = ""


class Carrier(Protocol):
    """A way out. Neither method raises for anything that a network or a provider can do."""

    def send(self, parcel: Parcel) -> Outcome:
        """Take one parcel to the provider, once."""
        ...

    def look_up(self, reference: str) -> LookUp:
        """Ask the provider whether it has a message of this reference."""
        ...
