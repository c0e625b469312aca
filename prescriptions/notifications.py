"""What the prescriptions app writes to people: one digest a day for each clinic with something to renew."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce, NullIf

from homecare.accounts.models import Clinic, User
from homecare.messaging import actions as messaging
from homecare.messaging import registry
from homecare.messaging.models import Channel, OutboxMessage, Recipient
from homecare.messaging.planning import PlanResult, plan
from prescriptions.models import RenewalRequest
from prescriptions.states import RENEWAL_WITH_CLINIC

DIGEST = "PRESCRIPTION_PROMPT"
SUBJECT = "CLINIC"
_DIGEST_CANDIDATES = """
    SELECT r.id AS recipient_id, 'CLINIC' AS subject_type, r.clinic_id AS subject_id,
           to_char(%(day)s::date, 'YYYY-MM-DD') AS episode, %(day)s::date AS due_on, 'EMAIL' AS channel
    FROM messaging_recipient r
    WHERE r.kind = 'CLINIC' AND r.clinic_id IN (
        SELECT clinic_id FROM prescriptions_renewalrequest WHERE opened_on = %(day)s AND status = ANY(%(waiting)s))
"""


def ensure_clinic_recipients(*, by: User, at: dt.datetime) -> None:
    """See that each clinic can be written to: at its own address, else at the homecare team's, where it is seen."""
    for clinic in Clinic.objects.filter(recipient__isnull=True).order_by("pk"):
        messaging.create_recipient(
            kind=Recipient.Kind.CLINIC,
            display=f"Clinic {clinic.pk}",
            clinic=clinic,
            email=clinic.email or settings.TEAM_EMAIL,
            preferred_channel=Recipient.Preference.EMAIL,
            safe_to_message=True,
            by=by,
            at=at,
        )
    address = Coalesce(NullIf(F("clinic__email"), Value("")), Value(settings.TEAM_EMAIL))
    moved = Recipient.objects.filter(kind=Recipient.Kind.CLINIC).annotate(address=address).exclude(email=F("address"))
    for pk, email in moved.values_list("pk", "address"):
        messaging.update_recipient(recipient_id=pk, email=email, by=by, at=at)


def plan_digests(*, day: dt.date, by: User, at: dt.datetime, imported_by: User | None) -> PlanResult:
    """Plan one digest for each clinic in which a renewal was opened on that day."""
    return plan(
        purpose=DIGEST,
        candidates_sql=_DIGEST_CANDIDATES,
        params={"day": day, "waiting": sorted(str(s) for s in RENEWAL_WITH_CLINIC)},
        day=day,
        by=by,
        at=at,
        initial_import=imported_by is not None,
        answerable=imported_by,
    )


def _waiting(messages: Sequence[OutboxMessage]) -> dict[int, int]:
    """Count what each clinic has to renew."""
    clinics = {message.subject_id for message in messages}
    rows = (
        RenewalRequest.objects.filter(clinic__in=clinics, status__in=sorted(str(s) for s in RENEWAL_WITH_CLINIC))
        .values("clinic_id")
        .annotate(waiting=Count("pk"))
    )
    return {row["clinic_id"]: row["waiting"] for row in rows}


def still_needed(messages: Sequence[OutboxMessage], at: dt.datetime) -> Mapping[UUID, str | None]:
    """Say of each digest whether its clinic still has anything to renew."""
    waiting = _waiting(messages)
    return {m.id: None if waiting.get(m.subject_id) else "NOTHING_LEFT_TO_RENEW" for m in messages}


def context(messages: Sequence[OutboxMessage]) -> Mapping[UUID, registry.Context]:
    """Give each digest its count and where to go."""
    waiting = _waiting(messages)
    return {
        m.id: {
            "count": str(waiting.get(m.subject_id, 0)),
            "address": f"{settings.BASE_URL}/",
            "organisation": settings.ORGANISATION_NAME,
        }
        for m in messages
    }


def register() -> None:
    """Make the digest known to messaging."""
    registry.register(
        registry.Purpose(
            code=DIGEST,
            title="Prescriptions to renew, for a clinic",
            channels=(Channel.EMAIL,),
            words={
                Channel.EMAIL: registry.Words(
                    subject="Homecare prescriptions to renew",
                    body=(
                        "{count} of your patients need a new homecare prescription.\n\n"
                        "Sign in to see who, by when, and to answer: {address}\n\n"
                        "{organisation} pharmacy homecare team"
                    ),
                )
            },
            still_needed=still_needed,
            context=context,
            priority=20,
            usual_batch=25,
        )
    )
