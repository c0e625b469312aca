"""Approving medicines of the formulary: from then on somebody answers for each, and patients can be referred for it."""

import datetime as dt
from collections.abc import Collection

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.models import Medicine
from medicines.models.formulary import Approval


@action
def approve_medicines(*, medicines: Collection[Medicine], by: User, at: dt.datetime) -> int:
    """Approve these drafts and return how many were approved. One that is approved stays; a retired one is refused."""
    require(by, Permission.PROTOCOL_APPROVE)
    rows = list(Medicine.objects.select_for_update().filter(pk__in=[m.pk for m in medicines]).order_by("pk"))
    retired = [str(row) for row in rows if row.status == Approval.RETIRED]
    if retired:
        raise Refused(f"These medicines are retired from the formulary: {', '.join(retired)}.")
    drafts = Medicine.objects.filter(pk__in=[row.pk for row in rows if row.status == Approval.DRAFT])
    return drafts.update(status=Approval.APPROVED, approved_by=by, approved_at=at)
