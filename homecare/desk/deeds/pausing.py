"""A pause, with what the provider must hear of deliveries under way."""

import datetime as dt

from homecare.accounts.models import User
from homecare.audit.actions import action
from homecare.desk.deeds import under_way
from patients import actions as patients
from patients.models import Enrolment, Suspension

ASK = "Hold it back unless the patient asks for it."


@action
def suspend(
    *,
    enrolment: Enrolment,
    starts_on: dt.date,
    suspension_reason: str,
    by: User,
    at: dt.datetime,
    expected_restart_on: dt.date | None = None,
    reason: str = "",
) -> Suspension:
    """Pause a treatment; the notice to the provider says which of its deliveries are under way."""
    waiting = under_way.of_enrolments([enrolment.pk], by)
    said = under_way.by_provider(waiting, ASK)
    return patients.suspend(
        enrolment=enrolment,
        starts_on=starts_on,
        suspension_reason=suspension_reason,
        expected_restart_on=expected_restart_on,
        under_way=" ".join(said.values()),
        by=by,
        at=at,
        reason=reason,
    )
