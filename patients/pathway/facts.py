"""Loads what the requirements of a start are judged by: for many enrolments at once, in queries that do not grow."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from patients.cover.models import RegimenPhase
from patients.models.assessing import Choice
from patients.models.enrolment import Enrolment
from patients.models.starting import Adaptation, CarePlan, Equipment, EscalationProtocol, FundingApproval, Visit
from patients.pathway.funding import Approval, Funding, funding_of
from patients.pathway.requirements import Facts, Requirement, Training, Work, requirements_of
from patients.states import VisitStatus
from providers.models import ServiceActivity

Rows = dict[int, list[Any]]
AHEAD = (VisitStatus.BOOKED, VisitStatus.PLANNED, VisitStatus.MISSED)  # the nearest to being done first


def requirements_for(enrolment_ids: Sequence[int], *, today: dt.date) -> dict[int, tuple[Requirement, ...]]:
    """Return what each of these enrolments requires for its start."""
    enrolments = _enrolments(enrolment_ids)
    services = {row["service_id"] for row in enrolments}
    activities: dict[int, list[str]] = defaultdict(list)
    for service_id, activity in ServiceActivity.objects.filter(service__in=services).values_list(
        "service_id", "activity"
    ):
        activities[service_id].append(activity)
    facts = _facts(enrolments, today=today)
    return {row["pk"]: requirements_of(activities[row["service_id"]], facts[row["pk"]]) for row in enrolments}


def facts_for(enrolment_ids: Sequence[int], *, today: dt.date) -> dict[int, Facts]:
    """Return what is on record for each of these enrolments."""
    return _facts(_enrolments(enrolment_ids), today=today)


def funding_for(treatment_ids: Iterable[int], *, today: dt.date) -> dict[int, Funding]:
    """Return how the funding of each of these treatments stands, in one query."""
    ids = list(treatment_ids)
    rows = _grouped(FundingApproval.objects.filter(treatment__in=ids).order_by("requested_on", "pk"), "treatment_id")
    return {
        pk: funding_of(
            [Approval(row.status, row.decided_on, row.expires_on) for row in rows[pk]],
            today=today,
            warned_days=settings.FUNDING_WARNED_DAYS,
        )
        for pk in ids
    }


def _enrolments(enrolment_ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = Enrolment.objects.filter(pk__in=enrolment_ids)
    return [dict(row) for row in rows.values("pk", "treatment_id", "service_id", "service__needs_funding_approval")]


def _facts(enrolments: list[dict[str, Any]], *, today: dt.date) -> dict[int, Facts]:
    ids = [row["pk"] for row in enrolments]
    treatments = [row["treatment_id"] for row in enrolments]
    funding = funding_for(treatments, today=today)
    choices = _grouped(Choice.objects.filter(enrolment__in=ids).order_by("chosen_on", "pk"))
    # Who was trained for this medicine stays trained when another provider takes over: visits are the treatment's.
    visits: Rows = defaultdict(list)
    by_treatment = Visit.objects.filter(enrolment__treatment__in=treatments).select_related("enrolment")
    for visit in by_treatment.order_by("pk"):
        visits[visit.enrolment.treatment_id].append(visit)
    plans = _grouped(CarePlan.objects.filter(enrolment__in=ids).order_by("version"))
    protocols = set(
        EscalationProtocol.objects.filter(enrolment__in=ids, ended_on__isnull=True)
        .exclude(contact_telephone="")
        .values_list("enrolment_id", flat=True)
    )
    work = _grouped(Adaptation.objects.filter(enrolment__in=ids))
    fridges = _grouped(
        Equipment.objects.filter(
            enrolment__in=ids,
            kind=Equipment.Kind.FRIDGE,
            delivered_on__lte=today,
            collected_on__isnull=True,
        ).order_by("-delivered_on")
    )
    phases = _grouped(RegimenPhase.objects.filter(enrolment__in=ids).order_by("starts_on"))
    return {
        row["pk"]: Facts(
            needs_funding=row["service__needs_funding_approval"],
            funding=funding[row["treatment_id"]],
            administration=_chosen(choices[row["pk"]]),
            **_trained(visits[row["treatment_id"]]),
            nurse_visit_on=_nurse_visit(visits[row["treatment_id"]], row["pk"]),
            has_protocol=row["pk"] in protocols,
            plan_version=max((plan.version for plan in plans[row["pk"]] if plan.approved_by_id), default=None),
            plan_waits=bool(plans[row["pk"]]) and plans[row["pk"]][-1].approved_by_id is None,
            adaptations=_work(work[row["pk"]], Adaptation.Kind.ADAPTATION),
            installations=_work(work[row["pk"]], Adaptation.Kind.INSTALLATION),
            fridge_delivered_on=fridges[row["pk"]][0].delivered_on if fridges[row["pk"]] else None,
            first_dose_planned_on=phases[row["pk"]][0].starts_on if phases[row["pk"]] else None,
        )
        for row in enrolments
    }


def _grouped(rows: Iterable[Any], by: str = "enrolment_id") -> Rows:
    grouped: Rows = defaultdict(list)
    for row in rows:
        grouped[getattr(row, by)].append(row)
    return grouped


def _chosen(choices: list[Choice]) -> str:
    return next((choice.administration for choice in reversed(choices) if choice.administration), "")


def _trained(visits: list[Visit]) -> dict[str, Any]:
    """Say how far the training is: the signed competency if there is one, else the latest visit that says something.

    Whoever was found unable after they were found competent is not competent; nor is somebody for whom training was
    planned again since (another brand or device) and is still to come.
    """
    training = [visit for visit in visits if visit.kind == Visit.Kind.TRAINING]
    done = sorted((v for v in training if v.status == VisitStatus.DONE), key=lambda v: (v.done_on, v.pk))
    competent = done[-1] if done and done[-1].outcome == Visit.Outcome.COMPETENT else None
    ahead = [v for v in training if v.status in AHEAD and (competent is None or v.pk > competent.pk)]
    if competent is not None and not ahead:
        return {
            "training": Training.COMPETENT,
            "trained_on": competent.competency_signed_on,
            "training_began_on": done[0].done_on,
        }
    for status in AHEAD:
        for visit in ahead:
            if visit.status == status:
                return {"training": Training(status), "training_on": visit.booked_on or visit.planned_on}
    return {"training": Training(done[-1].outcome) if done else Training.NONE}


def _nurse_visit(visits: list[Visit], enrolment_id: int) -> dt.date | None:
    """Return the first day for which a visit of this enrolment's own provider was booked or made."""
    days = [
        visit.done_on or visit.booked_on
        for visit in visits
        if visit.enrolment_id == enrolment_id
        and visit.kind == Visit.Kind.ADMINISTRATION
        and visit.status in {VisitStatus.BOOKED, VisitStatus.DONE}
    ]
    return min((day for day in days if day is not None), default=None)


def _work(rows: list[Adaptation], kind: str) -> Work:
    mine = [row for row in rows if row.kind == kind]
    planned = [row.planned_on for row in mine if row.completed_on is None and row.planned_on is not None]
    return Work(len(mine), sum(row.completed_on is not None for row in mine), max(planned, default=None))
