"""The forms of the registrations under way, word for word as a page would have sent them: made last, from the rows."""

from homecare.core.clock import local_day
from patients.actions.registration import attempt_of
from patients.actions.registration_form import form_of
from patients.models import Registration
from patients.pathway.registration_data import as_data, sha256
from patients.states import BEFORE_ACTIVE

MOST = 200  # each is read as a page reads it, so the newest have to do


def write_forms() -> int:
    """Write the form of the newest registrations of those who have not begun; return how many."""
    rows = Registration.objects.exclude(as_sent__has_key="version").filter(
        enrolment__status__in=sorted(str(status) for status in BEFORE_ACTIVE)
    )
    found = list(rows.select_related("enrolment__service").order_by("-sent_at", "pk")[:MOST])
    for one in found:
        form = form_of(one.enrolment, on=local_day(one.sent_at))
        attempt = attempt_of(one.enrolment, reference=str(one.reference), number=one.attempt, at=one.sent_at)
        one.as_sent = as_data(form, attempt)
        one.sha256 = sha256(one.as_sent)
    Registration.objects.bulk_update(found, ["as_sent", "sha256"])
    return len(found)
