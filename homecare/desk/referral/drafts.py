"""Deeds on drafts: saved and finished later, by the same person; forgotten after thirty days."""

import datetime as dt
from collections.abc import Iterable

from django.http import QueryDict

from homecare.accounts import kept_forms
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from homecare.desk.referral.models import ReferralDraft
from medicines.models import Medicine
from patients.models import Patient

MOST = 50
LARGEST = kept_forms.LARGEST


@action
def save_draft(
    *,
    page: str,
    typed: QueryDict,
    names: Iterable[str],
    by: User,
    at: dt.datetime,
    patient: Patient | None = None,
    medicine: Medicine | None = None,
    draft: ReferralDraft | None = None,
    reason: str = "",
) -> ReferralDraft:
    """Save what was typed in the named fields, in place of the draft that it was taken from.

    Refused: details of a new patient by somebody who may not change patients, and the 51st draft.
    """
    is_new_patient = page == ReferralDraft.Page.NEW_PATIENT
    require(by, Permission.PATIENT_EDIT if is_new_patient else Permission.ENROLMENT_EDIT)
    if draft is None and ReferralDraft.objects.in_time(at).filter(user=by).count() >= MOST:
        raise Refused(f"You have {MOST} drafts. Finish or delete some of them first.", code="too_many_drafts")
    if len(typed.urlencode()) > LARGEST:
        raise Refused("This is too long for a draft. Shorten it.", code="too_long")
    kept = draft or ReferralDraft(user=by)
    wanted = set(names)
    kept.page, kept.patient, kept.medicine, kept.saved_at = page, patient, medicine, at
    kept.fields = [pair for pair in kept_forms.fields_of(typed) if pair[0] in wanted and pair[1]]
    kept.save()
    return kept


@action
def delete_draft(*, draft: ReferralDraft, by: User, at: dt.datetime, reason: str = "") -> None:
    """Forget one's own draft: it was finished, or is not wanted."""
    ReferralDraft.objects.visible_to(by).filter(pk=draft.pk).delete()


@action
def forget_old_drafts(*, by: User, at: dt.datetime, reason: str = "") -> int:
    """Forget every draft that is thirty days old; return how many."""
    return ReferralDraft.objects.too_old(at).delete()[0]
