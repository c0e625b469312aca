"""One enrolment's way from its referral as the parts of a load share it, and what its service asks for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from homecare.desk.demo.catalogue import Brand, Regimen, Supplier, Team
from homecare.desk.demo.people import Person
from patients.pathway.milestones import Kind
from patients.pathway.requirements import ASKED_BY, Code
from patients.pathway.stages import Open
from providers.models import HomecareService, ServiceActivity


@dataclass(frozen=True)
class Offer:
    """What the load asks of a service."""

    asks_for: frozenset[Code]
    activities: frozenset[str]
    needs_funding: bool
    fixes_supplier: bool

    @property
    def trains(self) -> bool:
        """Say whether patients are trained and sign a competency."""
        return Code.TRAINING in self.asks_for and Code.NURSE_VISITS not in self.asks_for


def offers() -> dict[int, Offer]:
    """Return what each service asks for, by its id."""
    activities: dict[int, set[str]] = {}
    for service, activity in ServiceActivity.objects.values_list("service_id", "activity"):
        activities.setdefault(service, set()).add(activity)
    return {
        service.pk: Offer(
            frozenset(code for activity in activities.get(service.pk, ()) for code in ASKED_BY.get(activity, ())),
            frozenset(activities.get(service.pk, ())),
            service.needs_funding_approval,
            service.scheme_fixes_supplier,
        )
        for service in HomecareService.objects.all()
    }


@dataclass
class Way:
    """One enrolment's way so far: its events with their days, and when each requirement was met."""

    enrolment: int
    treatment: int
    person: Person
    regimen: Regimen
    brand: Brand
    team: Team
    supplier: Supplier
    offer: Offer
    status: str
    on: Mapping[str, dt.date]
    kind: Kind = Kind.START
    goes_on: bool = True
    contacted_on: dt.date | None = None
    delivered_on: dt.date | None = None
    first_dose_on: dt.date | None = None
    met_on: dict[Open, dt.date | None] = field(default_factory=dict)

    @property
    def began_on(self) -> dt.date:
        """Return the day of the referral."""
        return self.on["identify"]

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is done to start it."""
        return self.status in {"NOT_SUITABLE", "DECLINED", "WITHDRAWN", "CLOSED"}

    def open_on(self, day: dt.date) -> set[Open]:
        """Return the requirements that decide a stage and were not met on a day."""
        return {code for code, met_on in self.met_on.items() if met_on is None or met_on > day}
