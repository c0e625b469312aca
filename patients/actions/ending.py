"""What ends with an enrolment inside this app: visits, wishes, funding, places in a bulk transfer, untold notices.

Parts of the deeds that end homecare (`homecare.desk.deeds`); none asks for a permission of its own beyond its move's.
"""

import datetime as dt

from homecare.accounts.models import User
from homecare.core import moves
from patients.actions.notices import withdraw_untold
from patients.actions.preferences import end_preferences
from patients.models import BulkTransferRow, Enrolment, FundingApproval, Visit
from patients.states import FUNDING, VISIT, FundingStatus, VisitStatus

OPEN_VISITS = (VisitStatus.PLANNED, VisitStatus.BOOKED, VisitStatus.MISSED)
OPEN_FUNDING = (FundingStatus.REQUESTED, FundingStatus.APPROVED)


def end_what_is_planned(enrolment: Enrolment, *, on: dt.date, by: User, at: dt.datetime, why: str) -> None:
    """Cancel the visits to come, end the wishes, leave bulk transfers, withdraw notices that nobody has told yet."""
    for visit in Visit.objects.filter(enrolment=enrolment, status__in=OPEN_VISITS).order_by("pk"):
        moves.move(visit, table=VISIT, event="cancel", by=by, at=at, reason=why)
    end_preferences(enrolment, on=on)
    waiting = BulkTransferRow.objects.filter(enrolment=enrolment, status=BulkTransferRow.Status.WAITING)
    waiting.update(status=BulkTransferRow.Status.REFUSED, message=why[:500])
    withdraw_untold(enrolment=enrolment, because=why[:200], at=at)


def close_funding(treatment_id: int, *, by: User, at: dt.datetime, why: str) -> None:
    """Withdraw what was asked for or approved for a treatment that ends."""
    for approval in FundingApproval.objects.filter(treatment=treatment_id, status__in=OPEN_FUNDING).order_by("pk"):
        moves.move(approval, table=FUNDING, event="withdraw", by=by, at=at, reason=why)
