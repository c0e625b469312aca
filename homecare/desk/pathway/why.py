"""Why somebody has not started, in a sentence: loaded for many at once, in queries that do not grow."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from deliveries.models import Delivery
from deliveries.states import DELIVERED, DeliveryStatus
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core import words
from patients.models import (
    BridgingSupply,
    Choice,
    Consent,
    ContactAttempt,
    PathwayClock,
    Registration,
    RegistrationQuery,
)
from patients.pathway.facts import requirements_for
from patients.pathway.requirements import Requirement, unmet_before
from patients.pathway.stages import STAGES, Open, StageCode
from patients.pathway.store import Journey, journeys_of
from prescriptions.models import RenewalRequest

C = StageCode


@dataclass(frozen=True)
class Situation:
    """What is known of one journey: enough to say why it has not gone on."""

    journey: Journey
    requirements: tuple[Requirement, ...] = ()
    registration: Registration | None = None
    question: str = ""
    attempts: tuple[ContactAttempt, ...] = ()
    delivery: Delivery | None = None
    bridged: tuple[BridgingSupply, ...] = ()
    withdrawn_on: dt.date | None = None
    asked_on: dt.date | None = None
    has_choice: bool = False
    reads_notes: bool = True
    """Whether the reader may see what somebody wrote in their own words: it may name a diagnosis."""
    today: dt.date = field(default=dt.date.min)

    @property
    def clock(self) -> PathwayClock:
        """Return the clock."""
        return self.journey.clock

    @property
    def met(self) -> set[str]:
        """Return the codes of what is met, the choice among them."""
        met = {requirement.code for requirement in self.requirements if requirement.is_met}
        return met | ({Open.CHOICE} if self.has_choice else set())

    def detail(self, code: str) -> str:
        """Return how far a requirement is, where it is asked for."""
        return next((r.detail for r in self.requirements if r.code == code), "")


def situations_of(clocks: Collection[PathwayClock], user: User, *, today: dt.date) -> dict[int, Situation]:
    """Return the situation of each clock; its enrolment, service and provider are loaded with it already."""
    ids = [clock.enrolment_id for clock in clocks]
    journeys = journeys_of(clocks, today=today)
    requirements = requirements_for(ids, today=today)
    sent = Registration.objects.visible_to(user).filter(enrolment__in=ids).order_by("attempt")
    registrations = {registration.enrolment_id: registration for registration in sent}
    questions = dict(
        RegistrationQuery.objects.filter(
            registration__in=[r.pk for r in registrations.values()], answered_at__isnull=True
        )
        .order_by("asked_at")
        .values_list("registration_id", "question")
    )
    attempts = _grouped(ContactAttempt.objects.visible_to(user).filter(enrolment__in=ids).order_by("on", "pk"))
    deliveries = {d.enrolment_id: d for d in _deliveries(ids, user)}
    bridged = _grouped(BridgingSupply.objects.filter(enrolment__in=ids).order_by("supplied_on", "pk"))
    withdrawn = dict(
        Consent.objects.filter(enrolment__in=ids, withdrawn_on__isnull=False)
        .order_by("withdrawn_on")
        .values_list("enrolment_id", "withdrawn_on")
    )
    renewals = RenewalRequest.objects.visible_to(user).open().filter(enrolment__in=ids)
    asked = dict(renewals.values_list("enrolment_id", "opened_on"))
    chosen = set(Choice.objects.filter(enrolment__in=ids).values_list("enrolment_id", flat=True))
    return {
        clock.pk: Situation(
            journey=journeys[clock.pk],
            requirements=requirements.get(clock.enrolment_id, ()),
            registration=(registration := registrations.get(clock.enrolment_id)),
            question=questions.get(registration.pk, "") if registration else "",
            attempts=tuple(attempts[clock.enrolment_id]),
            delivery=deliveries.get(clock.enrolment_id),
            bridged=tuple(bridged[clock.enrolment_id]),
            withdrawn_on=withdrawn.get(clock.enrolment_id),
            asked_on=asked.get(clock.enrolment_id),
            has_choice=clock.enrolment_id in chosen,
            reads_notes=user.may(Permission.CLINICAL_VIEW),
            today=today,
        )
        for clock in clocks
    }


def _deliveries(ids: list[int], user: User) -> Iterable[Delivery]:
    """Return the deliveries that are to come or went wrong; of several the last one is kept."""
    past = sorted(str(s) for s in DELIVERED | {DeliveryStatus.CANCELLED})
    return Delivery.objects.visible_to(user).filter(enrolment__in=ids).exclude(status__in=past).order_by("pk")


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enrolment_id].append(row)
    return grouped


def why(situation: Situation) -> str:
    """Say in a sentence or two why the journey has not gone on: what is waited for, and what else is open."""
    sentences = [_stopped(situation), _waiting(situation), _also_open(situation), _bridged(situation)]
    return " ".join(sentence for sentence in sentences if sentence)


def _waiting(s: Situation) -> str:
    said: dict[str, Callable[[], str]] = {
        C.TO_ASSESS: lambda: "Nobody has assessed yet whether homecare is suitable.",
        C.TO_CHOOSE: lambda: "Suitable; what the patient chose is not recorded.",
        C.AWAITING_CONSENT: lambda: _consent(s),
        C.AWAITING_FUNDING: lambda: f"{s.detail('funding') or 'Funding is not approved'}.",
        C.REGISTRATION_TO_COMPLETE: lambda: "The registration is not complete.",
        C.REGISTRATION_TO_SEND: lambda: "The registration is complete and has not been sent.",
        C.REGISTRATION_QUERIED: lambda: _question(s),
        C.REGISTRATION_REJECTED: lambda: f"{_provider(s)} rejected the registration{_reason(s)}.",
        C.AWAITING_ACKNOWLEDGEMENT: lambda: _sent(s),
        C.AWAITING_FIRST_PRESCRIPTION: lambda: _prescription(s),
        C.AWAITING_FIRST_CONTACT: lambda: _contact(s),
        C.AWAITING_FIRST_DELIVERY: lambda: _delivery(s),
        C.AWAITING_TRAINING: lambda: f"{s.detail('training') or 'The training is not recorded'}.",
        C.AWAITING_FIRST_DOSE: lambda: "The medicine is there; the dose is not recorded.",
    }
    sentence = said.get(s.clock.stage)
    return sentence() if sentence else ""


def _stopped(s: Situation) -> str:
    stop = s.journey.stopped
    if stop is None:
        return ""
    since = words.day(stop.from_on, today=s.today)
    because = f": {stop.get_reason_display().lower()}" if s.reads_notes else ""
    return f"Clock stopped since {since}{because}."


def _consent(s: Situation) -> str:
    if s.withdrawn_on is not None:
        return f"Consent was withdrawn on {words.day(s.withdrawn_on, today=s.today)}."
    return "Consent is not on record."


def _provider(s: Situation) -> str:
    return str(s.clock.enrolment.service.provider)


def _question(s: Situation) -> str:
    asked = _quoted(s.question) if s.reads_notes else ""
    return f"{_provider(s)} asks: {_ended(asked)}" if asked else f"{_provider(s)} asks something."


def _reason(s: Situation) -> str:
    said = s.registration.reason if s.registration and s.reads_notes else ""
    return f": {_quoted(said)}" if said else ""


def _quoted(text: str) -> str:
    """Return what somebody wrote, on one line, without the stop at its end."""
    return " ".join(text.split()).rstrip(".")


def _ended(sentence: str) -> str:
    """Return the sentence with a stop, unless it ends as a question or a cry."""
    return sentence if sentence.endswith(("?", "!")) else f"{sentence}."


def _sent(s: Situation) -> str:
    on = s.journey.days.get("REGISTRATION_SENT", s.clock.stage_since_on)
    return f"Registration sent to {_provider(s)} on {words.day(on, today=s.today)}; not acknowledged."


def _prescription(s: Situation) -> str:
    said: dict[str, str] = {
        Open.PRESCRIPTION_TO_SCREEN: "The prescription waits to be clinically screened.",
        Open.PRESCRIPTION_TO_SEND: "The prescription is screened and waits to be sent.",
    }
    nothing = "No prescription has been signed."
    if s.asked_on is not None:
        nothing = f"Asked for on {words.day(s.asked_on, today=s.today)}; no prescription has been signed."
    return said.get(s.clock.prescription, nothing)


def _contact(s: Situation) -> str:
    if not s.attempts:
        return f"{_provider(s)} has not spoken with the patient; no attempt is recorded."
    last = s.attempts[-1]
    tried = words.count(len(s.attempts), "attempt")
    return f"{tried}, the last on {words.day(last.on, today=s.today)}: {last.get_outcome_display().lower()}."


def _delivery(s: Situation) -> str:
    found = s.delivery
    if found is None:
        return "No delivery is planned."
    if found.status == DeliveryStatus.FAILED and found.failed_on is not None:
        failed_on, cause = words.day(found.failed_on, today=s.today), found.get_failure_cause_display().lower()
        return f"The delivery on {failed_on} failed: {cause}."
    if found.booked_on is not None:
        return f"The delivery is booked for {words.day(found.booked_on, today=s.today)}."
    if found.planned_on is not None:
        return f"The delivery is planned for {words.day(found.planned_on, today=s.today)}, not booked."
    return f"The delivery is {found.get_status_display().lower()}, no day is known."


def _also_open(s: Situation) -> str:
    """Name what else must be met before the stage can end."""
    stage = STAGES.get(StageCode(s.clock.stage)) if s.clock.stage in STAGES else None
    if stage is None or stage.ends_at is None:
        return ""
    shown = {C.AWAITING_FUNDING: "funding", C.AWAITING_TRAINING: "training"}.get(stage.code)
    others = [r for r in unmet_before(s.requirements, stage.ends_at) if r.code != shown]
    if not others:
        return ""
    return f"Also open: {'; '.join(f'{r.words.lower()} ({r.detail.lower()})' for r in others)}."


def _bridged(s: Situation) -> str:
    if not s.bridged:
        return ""
    last = s.bridged[-1]
    if last.covers_until_on is None:
        return f"Bridged by the hospital on {words.day(last.supplied_on, today=s.today)}."
    return f"Bridged by the hospital until {words.day(last.covers_until_on, today=s.today)}."
