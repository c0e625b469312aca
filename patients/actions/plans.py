"""What complex and protocol-led care is written down in: a care plan, an escalation protocol, adaptations of a home."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import LONDON, local_day
from homecare.core.errors import Refused, Stale
from patients.actions import pathway
from patients.actions.under_way import under_way
from patients.models import Adaptation, CarePlan, Enrolment, EscalationProtocol


@action
def write_care_plan(
    *,
    enrolment: Enrolment,
    text: str,
    by: User,
    at: dt.datetime,
    review_due_on: dt.date | None = None,
    reason: str = "",
) -> CarePlan:
    """Write the next version of an individual plan. The one before stays in force until this one is approved."""
    require(by, Permission.ENROLMENT_EDIT)
    if not text.strip():
        raise Refused("Write what is done for this patient, by whom, and what to do when it goes wrong.")
    if review_due_on is not None and review_due_on <= local_day(at):
        raise Refused("The review is due on a day to come.")
    locked = under_way(enrolment)
    latest = CarePlan.objects.filter(enrolment=locked).order_by("-version").first()
    return CarePlan.objects.create(
        enrolment=locked,
        version=latest.version + 1 if latest else 1,
        text=text.strip(),
        written_by=by,
        written_on=local_day(at),
        review_due_on=review_due_on,
    )


@action
def approve_care_plan(*, plan: CarePlan, by: User, at: dt.datetime, reason: str = "") -> CarePlan:
    """Approve a plan as a pharmacist. Refused: its author; a version already approved, or no longer the newest."""
    require(by, Permission.CARE_PLAN_APPROVE)
    under_way(plan.enrolment)
    locked = CarePlan.objects.select_for_update(of=("self",)).select_related("approved_by").get(pk=plan.pk)
    if locked.approved_at is not None:
        when = locked.approved_at.astimezone(LONDON)
        raise Stale(f"{locked.approved_by} approved this version on {when:%-d %B %Y} at {when:%H:%M}.")
    if locked.written_by_id == by.pk:
        raise Refused("You wrote this plan. Another pharmacist must approve it.", code="own_plan")
    if CarePlan.objects.filter(enrolment=locked.enrolment_id, version__gt=locked.version).exists():
        raise Stale("A newer version of this plan has been written. Approve that one instead.")
    locked.approved_by, locked.approved_at = by, at
    locked.save(update_fields=["approved_by", "approved_at"])
    pathway.refresh(locked.enrolment, by=by, at=at)
    return locked


@action
def agree_protocol(
    *,
    enrolment: Enrolment,
    name: str,
    version: str,
    contact_name: str,
    contact_telephone: str,
    agreed_on: dt.date,
    by: User,
    at: dt.datetime,
    out_of_hours_telephone: str = "",
    reason: str = "",
) -> EscalationProtocol:
    """Record the clinical protocol worked to at home, and whom to call when a finding is out of it.

    The one in force ends with it. Refused: no contact, a day in the future.
    """
    require(by, Permission.ENROLMENT_EDIT)
    if not contact_name.strip() or not contact_telephone.strip():
        raise Refused("Name who is called when a finding is out of the protocol, with their telephone number.")
    if agreed_on > local_day(at):
        raise Refused("A protocol cannot have been agreed in the future. Enter the day on which it was.")
    locked = under_way(enrolment)
    EscalationProtocol.objects.filter(enrolment=locked, ended_on__isnull=True).update(ended_on=local_day(at))
    return EscalationProtocol.objects.create(
        enrolment=locked,
        name=name.strip(),
        version=version.strip(),
        contact_name=contact_name.strip(),
        contact_telephone=contact_telephone.strip(),
        out_of_hours_telephone=out_of_hours_telephone.strip(),
        agreed_on=agreed_on,
    )


@action
def end_protocol(
    *, protocol: EscalationProtocol, ended_on: dt.date, by: User, at: dt.datetime, reason: str
) -> EscalationProtocol:
    """End a protocol without another in its place, and say why."""
    require(by, Permission.ENROLMENT_EDIT)
    locked = EscalationProtocol.objects.select_for_update().get(pk=protocol.pk)
    if locked.ended_on is not None:
        raise Stale(f"This protocol ended on {locked.ended_on:%-d %B %Y}.")
    if ended_on > local_day(at) or ended_on < locked.agreed_on:
        raise Refused("It ends on a day between the one on which it was agreed and today.")
    locked.ended_on = ended_on
    locked.save(update_fields=["ended_on"])
    return locked


@action
def plan_adaptation(
    *,
    enrolment: Enrolment,
    kind: str,
    description: str,
    by: User,
    at: dt.datetime,
    surveyed_on: dt.date | None = None,
    planned_on: dt.date | None = None,
    reason: str = "",
) -> Adaptation:
    """Record work on a home, or equipment to be built into it, with the days on which it is surveyed and planned."""
    require(by, Permission.ENROLMENT_EDIT)
    if not description.strip():
        raise Refused("Say what is done in the home.")
    locked = under_way(enrolment)
    _check_days(surveyed_on, None, today=local_day(at))
    return Adaptation.objects.create(
        enrolment=locked,
        kind=kind,
        description=description.strip(),
        surveyed_on=surveyed_on,
        planned_on=planned_on,
        note=reason,
    )


@action
def change_adaptation(
    *,
    adaptation: Adaptation,
    surveyed_on: dt.date | None,
    planned_on: dt.date | None,
    completed_on: dt.date | None,
    by: User,
    at: dt.datetime,
    reason: str = "",
) -> Adaptation:
    """Record how far the work is. Refused: surveyed or completed in the future, completed before the survey."""
    require(by, Permission.ENROLMENT_EDIT)
    _check_days(surveyed_on, completed_on, today=local_day(at))
    under_way(adaptation.enrolment)
    locked = Adaptation.objects.select_for_update().get(pk=adaptation.pk)
    locked.surveyed_on, locked.planned_on, locked.completed_on = surveyed_on, planned_on, completed_on
    locked.note = reason or locked.note
    locked.save(update_fields=["surveyed_on", "planned_on", "completed_on", "note"])
    return locked


def _check_days(surveyed_on: dt.date | None, completed_on: dt.date | None, *, today: dt.date) -> None:
    if surveyed_on is not None and surveyed_on > today:
        raise Refused("The home cannot have been surveyed in the future. Leave the survey empty until it is made.")
    if completed_on is not None and completed_on > today:
        raise Refused("The work cannot have been completed in the future. Enter the planned day instead.")
    if surveyed_on is not None and completed_on is not None and completed_on < surveyed_on:
        raise Refused("The work cannot have been completed before the home was surveyed.")
