"""What the deeds of a start share: the enrolment locked, refused once it has ended, and its stage found again."""

import datetime as dt

from homecare.accounts.models import User
from homecare.core.errors import Refused
from patients.actions import pathway
from patients.models import Enrolment
from patients.states import ENDED, OPEN


def under_way(enrolment: Enrolment) -> Enrolment:
    """Lock an enrolment and return it as it is now. One that has ended is refused."""
    locked = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("treatment", "patient", "service")
        .get(pk=enrolment.pk)
    )
    if locked.status in ENDED:
        raise Refused(
            f"This enrolment has ended ({locked.get_status_display().lower()}), so nothing more is planned for it.",
            code="ended",
        )
    return locked


def refresh_all_of(treatment_id: int, *, by: User, at: dt.datetime) -> None:
    """Find the stage again of every enrolment of a treatment that is under way."""
    rows = Enrolment.objects.filter(treatment=treatment_id, status__in=sorted(str(status) for status in OPEN))
    for enrolment in rows.order_by("pk"):
        pathway.refresh(enrolment, by=by, at=at)
