"""Registering a patient with a provider: sent whole or not at all, then acknowledged, queried or rejected."""

import datetime as dt
import uuid

from django.conf import settings

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import LONDON, local_day
from homecare.core.errors import Refused, Stale
from patients.actions import pathway
from patients.actions.enrolment import move
from patients.actions.first_dose import catch_up
from patients.actions.registration_form import form_of
from patients.models import Consent, Enrolment, Registration, RegistrationQuery
from patients.models.sharing import sharing_of
from patients.pathway.completeness import Missing, blocking, missing
from patients.pathway.milestones import Milestone
from patients.pathway.registration_data import Attempt, as_data, sha256
from patients.pathway.registration_form import RegistrationForm
from patients.pathway.sharing import refusal_to_send
from patients.states import EnrolmentStatus

Outcome = Registration.Outcome


@action
def send_registration(
    *, enrolment: Enrolment, channel: str, by: User, at: dt.datetime, reason: str = ""
) -> Registration:
    """Send a registration to the provider of the enrolment's service, and keep what was sent word for word.

    Refused: a form that lacks anything it must have (all of it is said), a query that nobody answered yet, and
    whoever died, withdrew consent, or would go to a service that is closed or a provider that is not active.
    """
    require(by, Permission.ENROLMENT_EDIT)
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    pathway.reach(locked, Milestone.REGISTRATION_COMPLETE, on=local_day(at), by=by, at=at)
    moved = move(enrolment=locked, event="send_registration", by=by, at=at, reason=reason)
    _check_may_be_shared(moved)
    answers = _answers(moved)
    form = form_of(moved, on=local_day(at))
    _check_complete(missing(form))
    return _write(moved, form, answers, channel=channel, by=by, at=at)


def _check_may_be_shared(enrolment: Enrolment) -> None:
    """Ask at the last moment; a withdrawal under way is waited for, and one that comes later finds this done."""
    found = Enrolment.objects.select_related("patient", "service").get(pk=enrolment.pk)
    list(Consent.objects.select_for_update(no_key=True).filter(enrolment=found))
    if found.patient.deceased:
        raise Refused("The patient has died: this registration goes no further.", code="deceased")
    refused = refusal_to_send(sharing_of(found))
    if refused:
        raise Refused(refused, code="may_not_be_shared")


def _check_complete(found: list[Missing]) -> None:
    lacking = blocking(found)
    if lacking:
        said = " ".join(one.words for one in lacking)
        raise Refused(f"The registration is not complete, so it was not sent. {said}", code="incomplete")


def _answers(enrolment: Enrolment) -> tuple[tuple[str, str], ...]:
    """Return what the provider asked about the last attempt, and what we answered. Refused: one not answered yet."""
    last = enrolment.registrations.order_by("-attempt").first()
    if last is None:
        return ()
    queries = list(last.queries.order_by("asked_at", "pk"))
    if any(query.answered_at is None for query in queries):
        raise Refused(
            "The provider has asked something that is not answered. Answer it, then send the registration again.",
            code="query_open",
        )
    return tuple((query.question, query.answer) for query in queries)


def _write(
    enrolment: Enrolment,
    form: RegistrationForm,
    answers: tuple[tuple[str, str], ...],
    *,
    channel: str,
    by: User,
    at: dt.datetime,
) -> Registration:
    reference, number = uuid.uuid4(), enrolment.registrations.count() + 1
    data = as_data(form, attempt_of(enrolment, reference=str(reference), number=number, at=at, answers=answers))
    return Registration.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        provider_id=enrolment.service.provider_id,
        reference=reference,
        attempt=number,
        channel=channel,
        sent_at=at,
        sent_by=by,
        as_sent=data,
        sha256=sha256(data),
    )


def attempt_of(
    enrolment: Enrolment, *, reference: str, number: int, at: dt.datetime, answers: tuple[tuple[str, str], ...] = ()
) -> Attempt:
    """Return what a registration says of itself: which attempt, from whom, and whom to call."""
    return Attempt(
        reference=reference,
        number=number,
        sent_at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        trust=settings.ORGANISATION_NAME,
        call=enrolment.service.hospital_telephone,
        email=settings.TEAM_EMAIL,
        answers=answers,
    )


@action
def acknowledge_registration(
    *, registration: Registration, by: User, at: dt.datetime, provider_reference: str = "", reason: str = ""
) -> Registration:
    """Record that the provider has set the patient up, under its own reference if it gave one."""
    theirs = provider_reference.strip()
    moved, answered = _answer(
        registration, "acknowledge_registration", by=by, at=at, outcome=Outcome.ACKNOWLEDGED, provider_reference=theirs
    )
    moved.provider_reference, moved.registered_on = theirs, local_day(at)
    moved.save(update_fields=["provider_reference", "registered_on"])
    catch_up(moved, at=at)
    return answered


@action
def query_registration(
    *, registration: Registration, question: str, by: User, at: dt.datetime, reason: str = ""
) -> RegistrationQuery:
    """Record what the provider asks. It may ask more than once before it is answered."""
    asked = _said(question, "Say what the provider asks.")
    locked = Enrolment.objects.select_for_update().get(pk=registration.enrolment_id)
    found = Registration.objects.select_for_update().get(pk=registration.pk)
    if locked.status == EnrolmentStatus.REGISTRATION_QUERIED and found.outcome == Outcome.QUERIED:
        require(by, Permission.REGISTRATION_ANSWER)
        _check_may_be_shared(locked)
        _check_latest(found)
    else:
        _answer(found, "query_registration", by=by, at=at, why=asked, outcome=Outcome.QUERIED)
    return RegistrationQuery.objects.create(registration=found, question=asked, asked_at=at, asked_by=by)


@action
def reject_registration(*, registration: Registration, by: User, at: dt.datetime, reason: str) -> Registration:
    """Record that the provider will not take the patient on as registered, and why."""
    why = _said(reason, "Say why the provider rejects it, so that it can be put right.")
    _, answered = _answer(
        registration, "reject_registration", by=by, at=at, why=why, outcome=Outcome.REJECTED, reason=why
    )
    return answered


@action
def answer_registration_query(
    *, query: RegistrationQuery, answer: str, by: User, at: dt.datetime, reason: str = ""
) -> RegistrationQuery:
    """Answer what the provider asked. The answer goes with the next attempt, which is sent by itself."""
    require(by, Permission.ENROLMENT_EDIT)
    said = _said(answer, "Write the answer.")
    Enrolment.objects.select_for_update().get(pk=query.registration.enrolment_id)
    locked = RegistrationQuery.objects.select_for_update(of=("self",)).select_related("answered_by").get(pk=query.pk)
    if locked.answered_at is not None:
        raise Stale(
            f"{locked.answered_by} answered this {_when(locked.answered_at, at=at)}: “{locked.answer}”.",
            code="already_recorded",
        )
    _check_latest(locked.registration)
    locked.answer, locked.answered_at, locked.answered_by = said, at, by
    locked.save(update_fields=["answer", "answered_at", "answered_by"])
    return locked


@action
def close_registration(*, enrolment: Enrolment, by: User, at: dt.datetime, reason: str) -> Enrolment:
    """Give up an enrolment whose registration was rejected and cannot be put right, and say why."""
    why = _said(reason, "Say why the enrolment is closed.")
    return move(enrolment=enrolment, event="close", by=by, at=at, reason=why)


def _answer(
    registration: Registration, event: str, *, by: User, at: dt.datetime, why: str = "", **fields: str
) -> tuple[Enrolment, Registration]:
    """Move the enrolment as the provider answered, and write the answer; only the last attempt can be answered."""
    moved = move(enrolment=registration.enrolment, event=event, by=by, at=at, reason=why)
    _check_may_be_shared(moved)
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    _check_latest(locked)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.answered_at = at
    locked.save(update_fields=["answered_at", *fields])
    return moved, locked


def _check_latest(registration: Registration) -> None:
    last = Registration.objects.filter(enrolment_id=registration.enrolment_id).order_by("-attempt").first()
    if last is not None and last.pk != registration.pk:
        raise Stale(
            f"This is attempt {registration.attempt}. Attempt {last.attempt} was sent on"
            f" {local_day(last.sent_at):%-d %B %Y}: answer that one.",
        )


def _said(text: str, refusal: str) -> str:
    said = text.strip()
    if not said:
        raise Refused(refusal)
    return said


def _when(then: dt.datetime, *, at: dt.datetime) -> str:
    time = f"at {then.astimezone(LONDON):%H:%M}"
    return time if local_day(then) == local_day(at) else f"on {local_day(then):%-d %B %Y} {time}"
