"""What the page of a registration shows: what is missing, what is sent, what was answered, whose move it is."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.navigation import address_of
from patients.actions.registration import attempt_of
from patients.actions.registration_form import form_of
from patients.models import Enrolment, Registration, RegistrationQuery
from patients.pathway.completeness import OF_PATIENT, Missing, missing
from patients.pathway.registration_data import as_data
from patients.registration_words import ANSWERED, Section, sections
from patients.states import TRANSITIONS, EnrolmentStatus

S = EnrolmentStatus
CLINICAL = {"Indication", "Weight"}  # facts for those who may read clinical notes
# What comes next: whose move, and what, by the enrolment's status.
MOVES: dict[str, tuple[str, str]] = {
    S.CONSENTED: ("Homecare team", "send the registration"),
    S.REGISTRATION_SENT: ("Provider", "acknowledge, query or reject"),
    S.REGISTRATION_QUERIED: ("Homecare team", "answer the query, then send again"),
    S.REGISTRATION_REJECTED: ("Homecare team", "put it right and send again, or close"),
}
GIVEN = {"Treatment", "Service"}
BEFORE = {S.IDENTIFIED, S.SUITABLE}


@dataclass(frozen=True)
class Mend:
    """One thing to mend, and where."""

    words: str
    href: str
    is_blocking: bool


@dataclass(frozen=True)
class Shown:
    """Everything on the page."""

    who: str
    what: str
    mends: tuple[Mend, ...]
    is_open: bool
    may_be_sent: bool
    preview: tuple[Section, ...]
    attempts: tuple[Registration, ...]
    queries: tuple[RegistrationQuery, ...]
    acts: tuple[tuple[str, str], ...]

    @property
    def to_answer(self) -> tuple[RegistrationQuery, ...]:
        """Return the queries on the last attempt that nobody answered."""
        last = self.last
        return tuple(one for one in self.queries if last and one.registration_id == last.pk and not one.answered_at)

    @property
    def columns(self) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
        """Return the preview side by side: the patient, and what they are given."""
        right = tuple(one for one in self.preview if one.title in GIVEN)
        return tuple(one for one in self.preview if one not in right), right

    @property
    def blocking(self) -> tuple[Mend, ...]:
        """Return what must be mended before it is sent."""
        return tuple(mend for mend in self.mends if mend.is_blocking)

    @property
    def warnings(self) -> tuple[Mend, ...]:
        """Return what should be mended."""
        return tuple(mend for mend in self.mends if not mend.is_blocking)

    @property
    def last(self) -> Registration | None:
        """Return the last attempt."""
        return self.attempts[0] if self.attempts else None


def shown(enrolment: Enrolment, user: User, *, at: dt.datetime, today: dt.date) -> Shown:
    """Return what the page shows: before it is sent how it stands today, afterwards what was sent."""
    rows = Registration.objects.visible_to(user).filter(enrolment=enrolment).select_related("sent_by", "provider")
    attempts = tuple(rows.order_by("-attempt"))
    queries = RegistrationQuery.objects.filter(registration__in=[one.pk for one in attempts])
    is_open = TRANSITIONS.allows("send_registration", source=enrolment.status) or enrolment.status in BEFORE
    found = _found(enrolment, today=today) if is_open else []
    data = _preview(enrolment, attempts, at=at, today=today) if is_open else attempts[0].as_sent if attempts else None
    who, what = MOVES.get(enrolment.status, ("", ""))
    return Shown(
        who=who,
        what=what,
        mends=tuple(Mend(one.words, _where(one, enrolment), one.is_blocking) for one in found),
        is_open=is_open,
        may_be_sent=TRANSITIONS.allows("send_registration", source=enrolment.status)
        and not any(one.is_blocking for one in found),
        preview=tuple(_readable(sections(data), user)) if data else (),
        attempts=attempts,
        queries=tuple(queries.select_related("registration", "asked_by", "answered_by").order_by("asked_at", "pk")),
        acts=tuple(_acts(enrolment, attempts, user)),
    )


def _found(enrolment: Enrolment, *, today: dt.date) -> list[Missing]:
    return missing(form_of(enrolment, on=today))


def _preview(
    enrolment: Enrolment, attempts: tuple[Registration, ...], *, at: dt.datetime, today: dt.date
) -> dict[str, Any]:
    """Return the data as it would be sent now; only its reference and moment are given by sending."""
    asked = attempts[0].queries.order_by("asked_at", "pk") if attempts else ()
    answers = tuple((one.question, one.answer or "not answered yet") for one in asked)
    attempt = attempt_of(enrolment, reference=str(uuid.UUID(int=0)), number=len(attempts) + 1, at=at, answers=answers)
    return as_data(form_of(enrolment, on=today), attempt)


def _where(one: Missing, enrolment: Enrolment) -> str:
    """Return the page on which it is mended; the patient's page where that one is not there."""
    found = address_of(one.where, enrolment.patient_id if one.where in OF_PATIENT else enrolment.pk)
    return found or reverse("patient", args=[enrolment.patient_id])


def _readable(found: list[Section], user: User) -> list[Section]:
    if user.may(Permission.CLINICAL_VIEW):
        return found
    plain = [one for one in found if one.title != ANSWERED]
    return [Section(one.title, tuple(row for row in one.rows if row[0] not in CLINICAL)) for one in plain]


def _acts(enrolment: Enrolment, attempts: tuple[Registration, ...], user: User) -> list[tuple[str, str]]:
    """Return the answers that the provider may have given, as links."""
    found: list[tuple[str, str]] = []
    is_sent = enrolment.status == S.REGISTRATION_SENT
    if attempts and user.may(Permission.REGISTRATION_ANSWER):
        pk = attempts[0].pk
        if is_sent:
            found.append(("They acknowledged it", reverse("registration_acknowledge", args=[pk])))
        if is_sent or enrolment.status == S.REGISTRATION_QUERIED:
            found.append(("They asked something", reverse("registration_query", args=[pk])))
        if is_sent:
            found.append(("They rejected it", reverse("registration_reject", args=[pk])))
    if enrolment.status == S.REGISTRATION_REJECTED and user.may(Permission.ENROLMENT_EDIT):
        found.append(("Close: it cannot be put right", reverse("registration_close", args=[enrolment.pk])))
    return found
