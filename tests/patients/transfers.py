"""What tests of transfers begin from: a patient supplied by one provider, and another provider's live service."""

import datetime as dt
from typing import Any

from homecare.accounts.models import User
from patients.actions.enrolment import move
from patients.models import Enrolment
from providers.models import HomecareService, ServiceMedicine
from tests.factories import NOON, HomecareServiceFactory, consented

TODAY = NOON.date()
FIRST_DOSE = ("send_registration", "acknowledge_registration", "send_first_prescription", "activate")


def live_service(*medicines: Any, **fields: Any) -> HomecareService:
    """Return a service that is live and supplies these medicines."""
    service: HomecareService = HomecareServiceFactory(**fields)
    for medicine in medicines:
        ServiceMedicine.objects.create(service=service, medicine=medicine)
    return service


def bring_to_first_dose(enrolment: Enrolment, *, by: User, at: dt.datetime) -> None:
    """Take a new enrolment from suitable to its first dose, by the moves that lead there."""
    consented(enrolment, given_on=TODAY)
    for event in ("consent", *FIRST_DOSE):
        move(enrolment=enrolment, event=event, by=by, at=at)
