"""Approving monitoring protocols: somebody with the permission answers for each from then on."""

import datetime as dt
from collections.abc import Collection

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.models import MonitoringProtocol
from medicines.models.formulary import Approval


@action
def approve_protocols(*, protocols: Collection[MonitoringProtocol], by: User, at: dt.datetime) -> int:
    """Approve these drafts, retire what each replaces, and return how many were approved.

    A protocol that is already approved stays as it is. A retired one is refused: make a new version of it.
    """
    require(by, Permission.PROTOCOL_APPROVE)
    locked = MonitoringProtocol.objects.select_for_update(of=("self",)).filter(pk__in=[p.pk for p in protocols])
    rows = list(locked.select_related("medicine").order_by("pk"))
    retired = [str(row) for row in rows if row.status == Approval.RETIRED]
    if retired:
        raise Refused(f"These protocols are retired: {', '.join(retired)}. Make a new version to approve.")
    drafts = _newest([row for row in rows if row.status == Approval.DRAFT])
    for draft in drafts:
        MonitoringProtocol.objects.approved().filter(
            medicine=draft.medicine_id, specialty_name=draft.specialty_name
        ).update(status=Approval.RETIRED)
    MonitoringProtocol.objects.filter(pk__in=[draft.pk for draft in drafts]).update(
        status=Approval.APPROVED, approved_by=by, approved_at=at
    )
    return len(drafts)


def _newest(drafts: list[MonitoringProtocol]) -> list[MonitoringProtocol]:
    newest = {(d.medicine_id, d.specialty_name): d for d in sorted(drafts, key=lambda draft: draft.version)}
    if len(newest) < len(drafts):
        raise Refused("Two drafts for the same medicine and specialty cannot both be approved: choose one of them.")
    return drafts
