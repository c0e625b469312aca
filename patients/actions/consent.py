"""Consent: given, and withdrawn. Without it nobody is messaged and nothing is shared."""

import datetime as dt

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused, Stale
from homecare.core.words import day
from homecare.messaging import actions as messaging
from patients.actions import pathway
from patients.actions.enrolment import move
from patients.actions.notices import raise_notice
from patients.models import Choice, Consent, ConsentText, Enrolment, Patient, Representative, Treatment
from patients.pathway import consent_rules as rules
from patients.states import BEFORE_ACTIVE, ENDED, EnrolmentStatus


def text_in_force() -> ConsentText | None:
    """Return the approved text, if there is one."""
    return ConsentText.objects.filter(status="APPROVED").first()


@action
def record_consent(
    *,
    enrolment: Enrolment,
    method: str,
    given_on: dt.date,
    taken_by: str,
    by: User,
    at: dt.datetime,
    version: str = "",
    text: ConsentText | None = None,
    given_as: str = Consent.GivenAs.PATIENT,
    representative: Representative | None = None,
    interpreter_used: bool = False,
    reason: str = "",
) -> Consent:
    """Record consent to a treatment at home and to sharing with its provider; one found suitable moves on.

    `text` is what the patient agreed to, word for word: the version in force. Somebody on treatment may have signed an
    earlier form, whose `version` is given instead. Refused: a day in the future, a second consent in force, somebody
    who may not consent on that day (pathway/consent_rules.py), an enrolment that has not got so far or has ended, one
    on its way without a recorded choice of homecare, a text that is not in force.
    """
    require(by, Permission.CONSENT_RECORD)
    if given_on > local_day(at):
        raise Refused("Consent cannot be dated in the future. Enter the day on which it was given.")
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("patient", "service__provider")
    locked = rows.get(pk=enrolment.pk)
    _check_stage(locked)
    _check_text(locked, text, version)
    _check_giver(locked.patient, given_as, given_on, representative)
    consent = Consent.objects.create(
        enrolment=locked,
        version=text.version if text is not None else version.strip(),
        text=text,
        method=method,
        given_on=given_on,
        taken_by=taken_by,
        given_as=given_as,
        representative=representative if given_as in rules.BY_ANOTHER else None,
        sharing_with=locked.service.provider,
        interpreter_used=interpreter_used,
    )
    if locked.status == EnrolmentStatus.SUITABLE:
        move(enrolment=locked, event="consent", by=by, at=at, reason=reason, on=given_on)
    else:
        pathway.refresh(locked, by=by, at=at)
    return consent


def _check_stage(locked: Enrolment) -> None:
    """Refuse whoever has not got so far, has ended, or consented already."""
    present = Consent.objects.in_force().filter(enrolment=locked).first()
    if present is not None:
        when = f" on {day(present.given_on)}" if present.given_on else ""
        whose = f", taken by {present.taken_by}" if present.taken_by else ""
        raise Refused(
            f"Consent is already on record: given{when}{whose}. Withdraw it before you record another.",
            code="already_consented",
        )
    if locked.status == EnrolmentStatus.IDENTIFIED:
        raise Refused("Assess first whether homecare is suitable, and record the patient's choice.", code="too_early")
    if locked.status in ENDED:
        raise Refused(f"This enrolment has ended ({locked.get_status_display().lower()}): refer the patient again.")
    if locked.status != EnrolmentStatus.SUITABLE:
        return
    choice = Choice.objects.filter(enrolment=locked).order_by("pk").last()
    if choice is None or choice.chosen != Choice.Chosen.HOMECARE:
        raise Refused("Record the patient's choice first: homecare or the hospital, freely.", code="no_choice")


def _check_text(locked: Enrolment, text: ConsentText | None, version: str) -> None:
    if text is None:
        if version.strip() and locked.status not in BEFORE_ACTIVE:
            return  # an earlier paper form of somebody who has long been on treatment
        raise Refused("Consent is given to the text in force, word for word. A pharmacist approves one first.")
    current = text_in_force()
    if current is None or current.pk != text.pk:
        raise Stale("Another version of the consent text is in force by now. Read it to the patient, and record that.")


def _check_giver(patient: Patient, given_as: str, given_on: dt.date, representative: Representative | None) -> None:
    deputy = None
    if given_as in rules.BY_ANOTHER and representative is not None:
        if representative.patient_id != patient.pk:
            raise Refused("Choose a representative of this patient.")
        deputy = rules.Deputy(
            representative.name,
            representative.may_consent,
            representative.has_parental_responsibility,
            representative.ended_on,
        )
    refused = rules.refusal(
        given_as=given_as,
        born=patient.date_of_birth,
        given_on=given_on,
        competence=competence_on(patient, given_on),
        deputy=deputy,
    )
    if refused:
        raise Refused(refused, code="may_not_consent")


def competence_on(patient: Patient, on: dt.date) -> rules.Competence | None:
    """Return the latest assessment of a child's competence by that day."""
    rows = patient.competence_assessments.filter(assessed_on__lte=on).order_by("assessed_on", "pk")
    latest = rows.last()
    return rules.Competence(latest.outcome == "COMPETENT", latest.assessed_on) if latest else None


@action
def withdraw_consent(*, enrolment: Enrolment, withdrawn_on: dt.date, by: User, at: dt.datetime, reason: str) -> Consent:
    """Record that the patient withdrew: nothing new is shared, and the provider is told if it knows the patient.

    Whoever is not on treatment yet leaves the pathway. Somebody on treatment needs a plan for their safe supply
    (`record_handover`). Messages that wait are re-checked when they would be sent, and are not. What hangs on it in
    later apps is ended by `homecare.desk.deeds.withdraw_consent`, which calls this.
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
        detail=f"The patient withdrew consent on {day(withdrawn_on)}. Nothing more is shared with you. Begin nothing"
        " new, and contact us: we plan the safe supply together.",
        effective_on=withdrawn_on,
        by=by,
        at=at,
    )
    _leave_pathway(enrolment, by=by, at=at, reason=reason)
    # No send to this patient begins by the old consent: one under way is waited for, the next one sees the withdrawal.
    messaging.update_recipient(recipient_id=enrolment.patient.recipient_id, by=by, at=at, reason=reason)
    return consent


def _leave_pathway(enrolment: Enrolment, *, by: User, at: dt.datetime, reason: str) -> None:
    status = Enrolment.objects.values_list("status", flat=True).get(pk=enrolment.pk)
    if status in BEFORE_ACTIVE:
        move(enrolment=enrolment, event="withdraw_consent", by=by, at=at, reason=reason)
        return
    pathway.refresh(enrolment, by=by, at=at)


@action
def record_handover(
    *, enrolment: Enrolment, plan: str, supply_route: str, by: User, at: dt.datetime, reason: str = ""
) -> Consent:
    """Record how a patient who withdrew consent goes on being supplied safely: the plan, and where from.

    Refused: no plan, consent not withdrawn or given again since, a plan that somebody else recorded already.
    """
    require(by, Permission.CONSENT_RECORD)
    if not plan.strip():
        raise Refused("Write how the patient is supplied safely: what is at home, who supplies next, and by when.")
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    consents = list(Consent.objects.filter(enrolment=locked).order_by("withdrawn_on", "pk"))
    if not consents or any(consent.withdrawn_on is None for consent in consents):
        raise Refused("Consent is not withdrawn, so no handover is needed.", code="no_withdrawal")
    latest = consents[-1]
    if latest.handover_plan:
        raise Refused(f"{latest.handover_by} recorded a plan already: “{latest.handover_plan}”", code="already_planned")
    latest.handover_plan, latest.handover_by, latest.handover_at = plan.strip(), by, at
    latest.save(update_fields=["handover_plan", "handover_by", "handover_at"])
    Treatment.objects.filter(pk=locked.treatment_id).update(supply_route=supply_route)
    return latest
