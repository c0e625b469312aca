"""Whether somebody else moved a patient's enrolment between the showing of a form and its pressing (goal R12).

A form carries the last status change that its reader could have seen. Pressed after somebody else's later one, it is
refused once, with who it was and when, and what was entered stays; pressed again it goes on, and the table of moves
decides.
"""

import datetime as dt

from django.db.models import Max

from homecare.accounts.models import User
from homecare.core.errors import Stale
from homecare.core.moves import change_said
from patients.models import Enrolment, EnrolmentStatusChange, Patient


def mark_of(patient: Patient) -> int:
    """Return the last status change of the patient's enrolments."""
    latest = EnrolmentStatusChange.objects.filter(enrolment__patient=patient).aggregate(latest=Max("pk"))["latest"]
    return latest or 0


def refuse_if_overtaken(mark: str, patient: Patient, *, by: User, at: dt.datetime) -> None:
    """Lock the patient's enrolments, and refuse if somebody else moved one since the mark. Part of a transaction.

    A form without a mark is not asked: it shows no enrolment.
    """
    if not (mark.isascii() and mark.isdigit()):
        return
    mine = list(Enrolment.objects.select_for_update().filter(patient=patient).order_by("pk"))
    since = EnrolmentStatusChange.objects.filter(enrolment__in=mine, pk__gt=int(mark)).exclude(by=by)
    change = since.select_related("by", "enrolment__medicine").order_by("-pk").first()
    if change is None:
        return
    what = "this" if len(mine) == 1 else str(change.enrolment.medicine)
    raise Stale(
        f"{change_said(change, change.enrolment, at=at, called=what)}, after you opened this page."
        " Check that what you entered still holds, and press again."
    )
