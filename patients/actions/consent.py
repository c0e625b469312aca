"""Consent: given, and withdrawn. Without it nobody is messaged and nothing is shared."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from homecare.messaging import actions as messaging
from patients.actions.notices import raise_notice
from patients.models import Consent, Enrolment


@action
def record_consent(
    *,
    enrolment: Enrolment,
    version: str,
    method: str,
    given_on: dt.date,
    taken_by: str,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> Consent:
    """Record that the patient consented. A date in the future, or a second consent in force, is refused."""
    require(by, Permission.CONSENT_RECORD)
    if given_on > local_day(at):
        raise Refused("Consent cannot be dated in the future. Enter the day on which it was given.")
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if Consent.objects.in_force().filter(enrolment=enrolment).exists():
        raise Refused("Consent is already on record. Withdraw it before you record another.", code="already_consented")
    return Consent.objects.create(
        enrolment=enrolment, version=version, method=method, given_on=given_on, taken_by=taken_by
    )


@action
def withdraw_consent(*, enrolment: Enrolment, withdrawn_on: dt.date, by: User, at: dt.datetime, reason: str) -> Consent:
    """Record that the patient withdrew. Messages that wait are re-checked when they would be sent, and are not.

    The provider is told that nothing more is shared, and not the patient's reason.
    """
    require(by, Permission.CONSENT_RECORD)
    consent = Consent.objects.select_for_update().in_force().filter(enrolment=enrolment).first()
    if consent is None:
        raise Refused("There is no consent in force to withdraw.", code="no_consent")
    consent.withdrawn_on, consent.withdrawn_reason = withdrawn_on, reason
    consent.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    raise_notice(
        enrolment=enrolment,
        kind="CONSENT_WITHDRAWN",
        detail="The patient has withdrawn consent. Nothing more is shared with you. Stop deliveries and contact us.",
        effective_on=withdrawn_on,
        by=by,
        at=at,
    )
    # No send to this patient begins by the old consent: one under way is waited for, the next one sees the withdrawal.
    messaging.update_recipient(recipient_id=enrolment.patient.recipient_id, by=by, at=at, reason=reason)
    return consent
