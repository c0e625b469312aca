"""All that the patient page shows, loaded in a number of queries that does not grow with the patient's records."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.audit.access import looked_at
from homecare.audit.reading import Change, history_of
from homecare.desk.changing.notices import of_patient
from homecare.desk.changing.wishes import in_words as wishes_in_words
from homecare.desk.patient_page.drawing import CoverBar, LabChart, Reading, cover_bar, lab_chart
from homecare.desk.patient_page.waiting import Waiting, waiting_of
from homecare.messaging.models import OutboxMessage
from monitoring.models import LabResult, MonitoringItem
from patients import stop_reasons
from patients.cover import store
from patients.cover.questions import CoverAnswer
from patients.cover.rules import compute
from patients.cover.words import UnitWord, explain
from patients.models import (
    Consent,
    ContactPoint,
    DeliveryPreference,
    Enrolment,
    Patient,
    PatientAddress,
    RegimenPhase,
    SupplyFact,
    Suspension,
)
from patients.states import ENDED, ON_TREATMENT, EnrolmentStatus
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.presenters import Move, move_of, whose_move

RESULTS_SHOWN = 120
MESSAGES_SHOWN = 50
HISTORY_SHOWN = 100
LOOKS_SHOWN = 50
PRESCRIPTIONS_SHOWN = 30


@dataclass(frozen=True)
class Card:
    """One enrolment: what is taken, from whom, how long it lasts, and what happens next."""

    enrolment: Enrolment
    title: str
    dose: str
    consultant: str
    is_live: bool
    status_colour: str
    consent: Consent | None
    withdrawn: Consent | None
    cover: CoverAnswer | None
    unit: UnitWord
    bar: CoverBar | None
    why: tuple[str, ...]
    renewal: RenewalRequest | None
    move: Move | None
    suspension: Suspension | None
    waiting: Waiting | None = None
    wishes: tuple[tuple[str, str], ...] = ()
    restart_is_past: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether the enrolment is under way."""
        return self.enrolment.status not in ENDED

    @property
    def ended_words(self) -> str:
        """Say why it ended, or that the hospital supplies the treatment now; a death is said by the banner."""
        if self.is_open or self.enrolment.status == EnrolmentStatus.DECEASED:
            return ""
        treatment = self.enrolment.treatment
        if not treatment.is_ended and treatment.supply_route == "HOSPITAL":
            return "homecare only: the hospital supplies this treatment"
        return stop_reasons.in_words(treatment.stop_reason).lower() if treatment.stop_reason else ""


@dataclass(frozen=True)
class LabGroup:
    """One analyte: its picture and its values, newest first."""

    name: str
    unit: str
    chart: LabChart | None
    results: tuple[LabResult, ...]


def cards_of(patient: Patient, user: User, *, today: dt.date) -> list[Card]:
    """Return the patient's enrolments as cards, those on treatment first."""
    enrolments = list(
        Enrolment.objects.visible_to(user)
        .filter(patient=patient)
        .select_related(
            "medicine", "treatment__product", "treatment__consultant", "clinic__specialty", "service__provider", "cover"
        )
        .order_by("-pk")
    )
    ids = [enrolment.pk for enrolment in enrolments]
    live = [e.pk for e in enrolments if e.status in ON_TREATMENT]
    questions = store.load_questions(live, as_at=today) if live else {}
    consents, withdrawn = _consents(ids)
    phases = {p.enrolment_id: p for p in RegimenPhase.objects.filter(enrolment__in=ids).order_by("starts_on")}
    pauses = _pauses(ids)
    renewals = _open_renewals(ids, user)
    made = {
        p.renewal_id: p
        for p in Prescription.objects.visible_to(user)
        .filter(renewal__in=[r.pk for r in renewals.values()])
        .order_by("pk")
    }
    waiting = waiting_of(ids, user, today=today)
    wishes = {w.enrolment_id: w for w in DeliveryPreference.objects.filter(enrolment__in=ids, ended_on__isnull=True)}
    cards = []
    for enrolment in enrolments:
        answer = compute(questions[enrolment.pk]) if enrolment.pk in questions else None
        renewal = renewals.get(enrolment.pk)
        unit = unit_of(enrolment)
        phase = phases.get(enrolment.pk)
        pause = next((p for p in pauses[enrolment.pk] if p.ends_on is None or p.ends_on >= today), None)
        cards.append(
            Card(
                enrolment=enrolment,
                title=title_of(enrolment),
                dose=f"{phase.dose_text} {phase.frequency_text}".strip() if phase else "",
                consultant=consultant_of(enrolment),
                is_live=answer is not None,
                status_colour=_colour(enrolment.status),
                consent=consents.get(enrolment.pk),
                withdrawn=None if enrolment.pk in consents else withdrawn.get(enrolment.pk),
                cover=answer,
                unit=unit,
                bar=_bar(answer, pauses[enrolment.pk], today) if answer is not None and answer.stock_known else None,
                why=tuple(explain(answer, unit=unit)) if answer is not None else (),
                renewal=renewal,
                move=whose_move(renewal, made.get(renewal.pk)) if renewal is not None else None,
                suspension=pause,
                waiting=waiting.get(enrolment.pk),
                wishes=tuple(wishes_in_words(wishes[enrolment.pk])) if enrolment.pk in wishes else (),
                restart_is_past=answer is not None and _is_past(pause, today),
            )
        )
    return sorted(cards, key=lambda card: not card.is_live)


def _is_past(pause: Suspension | None, today: dt.date) -> bool:
    """Say whether a pause should have ended by now."""
    if pause is None or pause.ends_on is not None or pause.expected_restart_on is None:
        return False
    return pause.expected_restart_on < today


def _consents(enrolment_ids: list[int]) -> tuple[dict[int, Consent], dict[int, Consent]]:
    """Return each enrolment's consent in force, and the one that was withdrawn last."""
    rows = Consent.objects.filter(enrolment__in=enrolment_ids).select_related("representative", "handover_by")
    consents = list(rows.order_by("withdrawn_on", "pk"))
    in_force = {c.enrolment_id: c for c in consents if c.withdrawn_on is None}
    return in_force, {c.enrolment_id: c for c in consents if c.withdrawn_on is not None}


def _pauses(enrolment_ids: list[int]) -> dict[int, list[Suspension]]:
    """Return the suspensions of each enrolment, the earliest first."""
    pauses: dict[int, list[Suspension]] = defaultdict(list)
    for pause in Suspension.objects.filter(enrolment__in=enrolment_ids).order_by("starts_on"):
        pauses[pause.enrolment_id].append(pause)
    return pauses


def _open_renewals(enrolment_ids: list[int], user: User) -> dict[int, RenewalRequest]:
    """Return the one open renewal of each enrolment that has one."""
    found = RenewalRequest.objects.visible_to(user).open().filter(enrolment__in=enrolment_ids)
    return {renewal.enrolment_id: renewal for renewal in found.select_related("enrolment__clinic")}


def title_of(enrolment: Enrolment) -> str:
    """Name the medicine with its brand."""
    brand = enrolment.treatment.brand
    return f"{enrolment.medicine} ({brand})" if brand and brand != str(enrolment.medicine) else str(enrolment.medicine)


def consultant_of(enrolment: Enrolment) -> str:
    """Name the consultant, unless the clinic's name already does."""
    name = str(enrolment.treatment.consultant or "")
    return "" if name in enrolment.clinic.name else name


def unit_of(enrolment: Enrolment) -> UnitWord:
    """Return what one counts at home."""
    product = enrolment.treatment.product
    if product is None:
        return UnitWord()
    return UnitWord(product.unit_name, f"{product.unit_name}s")


def _colour(status: str) -> str:
    if status == EnrolmentStatus.ACTIVE:
        return "green"
    return "amber" if status in {EnrolmentStatus.SUSPENDED, EnrolmentStatus.TRANSFERRING} else "grey"


def _bar(answer: CoverAnswer, pauses: list[Suspension], today: dt.date) -> CoverBar:
    return cover_bar(
        today=today,
        first_uncovered_dose_on=answer.first_uncovered_dose_on,
        script_cover_ends_on=answer.script_cover_ends_on,
        needed_by_on=answer.prescription_needed_by_on,
        planned_deliveries_on=answer.planned_deliveries_on,
        suspensions=[(pause.starts_on, pause.ends_on) for pause in pauses],
    )


def lab_groups(patient: Patient, user: User) -> list[LabGroup]:
    """Return the newest results by analyte, each with a picture where there are two numbers or more."""
    if not user.may(Permission.CLINICAL_VIEW):
        return []
    rows = LabResult.objects.visible_to(user).filter(patient=patient).select_related("analyte", "test_type")
    grouped: dict[str, list[LabResult]] = defaultdict(list)
    for result in rows.order_by("-taken_at", "analyte__name")[:RESULTS_SHOWN]:
        grouped[result.analyte.name].append(result)
    return [_lab_group(name, results) for name, results in sorted(grouped.items())]


def _lab_group(name: str, results: list[LabResult]) -> LabGroup:
    newest = results[0]
    readings = [Reading(r.taken_at.date(), float(r.value_number)) for r in results if r.value_number is not None]
    low, high = newest.reference_low, newest.reference_high
    chart = lab_chart(
        name,
        newest.unit,
        readings,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )
    return LabGroup(name, newest.unit, chart, tuple(results))


def _history(
    patient: Patient, user: User, cards: list[Card], prescriptions: list[Prescription], facts: list[SupplyFact]
) -> list[Change]:
    """Return what became of the records; what is clinical only for those who may see it."""
    if not user.may(Permission.CLINICAL_VIEW):
        return history_of(patient, prescriptions, limit=HISTORY_SHOWN)
    enrolments = [card.enrolment for card in cards]
    treatments = [enrolment.treatment for enrolment in enrolments]
    consents = [card.consent for card in cards if card.consent]
    return history_of(patient, enrolments, treatments, consents, prescriptions, facts, limit=HISTORY_SHOWN)


def out_of_range(result: LabResult) -> str:
    """Say "low" or "high" where a number lies outside its reference range."""
    value = result.value_number
    if value is None:
        return ""
    if result.reference_low is not None and value < result.reference_low:
        return "low"
    return "high" if result.reference_high is not None and value > result.reference_high else ""


def page_of(patient: Patient, user: User, *, today: dt.date) -> dict[str, Any]:
    """Return all that the page shows."""
    cards = cards_of(patient, user, today=today)
    ids = [card.enrolment.pk for card in cards]
    names = {card.enrolment.pk: card.title for card in cards}
    prescriptions = list(
        Prescription.objects.visible_to(user)
        .filter(patient=patient)
        .select_related("provider", "prescriber")
        .order_by("-signed_on", "-pk")[:PRESCRIPTIONS_SHOWN]
    )
    deliveries = list(
        Delivery.objects.visible_to(user)
        .filter(patient=patient)
        .select_related("provider")
        .prefetch_related("lines")
        .order_by("-pk")[:PRESCRIPTIONS_SHOWN]
    )
    facts = list(
        SupplyFact.objects.filter(enrolment__in=ids)
        .select_related("recorded_by")
        .order_by("-on", "-pk")[:HISTORY_SHOWN]
    )
    items = (
        MonitoringItem.objects.visible_to(user).filter(patient=patient).select_related("test_type", "plan__protocol")
    )
    sent = OutboxMessage.objects.visible_to(user).for_recipient(patient.recipient_id)
    context: dict[str, Any] = {
        "cards": cards,
        "prescriptions": [(p, names.get(p.enrolment_id, ""), move_of(p)) for p in prescriptions],
        "deliveries": [(d, names.get(d.enrolment_id, "")) for d in deliveries],
        "facts": [(fact, names.get(fact.enrolment_id, "")) for fact in facts],
        "waiting_tests": list(items.waiting().order_by("due_on")),
        "labs": lab_groups(patient, user),
        "out_of_range": out_of_range,
        "contacts": list(ContactPoint.objects.filter(patient=patient, ended_on__isnull=True).order_by("kind")),
        "addresses": list(
            PatientAddress.objects.filter(patient=patient).from_day(today).order_by("-use", "ends_on", "pk")
        ),
        "notices": of_patient(patient.pk, user),
        "sent_messages": list(sent[:MESSAGES_SHOWN]),
        "history": _history(patient, user, cards, prescriptions, facts),
        "looks": looked_at(patient.pk, limit=LOOKS_SHOWN) if user.may(Permission.AUDIT_VIEW) else [],
    }
    return context
