"""A registration is sent whole or not at all; what the provider answers moves the enrolment, once."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import IllegalMove, NotAllowed, Refused, Stale
from patients.actions import mark_deceased, withdraw_consent
from patients.actions.registration import (
    acknowledge_registration,
    answer_registration_query,
    close_registration,
    query_registration,
    reject_registration,
    send_registration,
)
from patients.models import ContactPoint, Enrolment, PathwayClock, Patient, Registration, RegistrationQuery, Treatment
from patients.pathway.registration_data import sha256
from providers.models import HomecareService, Provider
from tests.factories import NOON
from tests.patients.registrations import live_service, person, ready, sent

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def by(db: None) -> User:
    return person()


def status_of(enrolment: Enrolment) -> str:
    return Enrolment.objects.get(pk=enrolment.pk).status


def send(enrolment: Enrolment, by: User, *, hours: int = 0) -> Registration:
    return send_registration(enrolment=enrolment, channel="EMAIL", by=by, at=NOON + hours * HOUR)


def change(by: User, deed: Callable[[], object]) -> None:
    with acting(by=by):
        deed()


def test_what_was_sent_is_kept_word_for_word(by: User) -> None:
    registration = sent(by=by)
    assert (registration.attempt, registration.outcome, registration.channel) == (1, "WAITING", "EMAIL")
    assert registration.as_sent["patient"]["nhs_number"] == registration.patient.nhs_number
    assert registration.as_sent["registration"]["call"] == "01634 000000"
    assert status_of(registration.enrolment) == "REGISTRATION_SENT"


def test_its_fingerprint_is_that_of_what_the_database_gives_back(by: User) -> None:
    kept = Registration.objects.get(pk=sent(by=by, given_name="=1+1 Zoë 🦄").pk)
    assert sha256(kept.as_sent) == kept.sha256


def test_a_later_change_does_not_change_what_was_sent(by: User) -> None:
    registration = sent(by=by)
    change(by, lambda: Patient.objects.filter(pk=registration.patient_id).update(gp_practice="Other Surgery"))
    assert Registration.objects.get().as_sent["patient"]["gp_practice"] == "Mill Road Surgery"


def test_everything_missing_is_said_at_once_and_nothing_is_sent(by: User) -> None:
    enrolment = ready(by=by, gp_practice="")
    change(by, lambda: ContactPoint.objects.filter(patient=enrolment.patient).update(is_usable=False))
    change(by, lambda: Treatment.objects.filter(pk=enrolment.treatment_id).update(indication=""))
    with pytest.raises(Refused) as refused:
        send(enrolment, by)
    assert refused.value.code == "incomplete"
    for words in ("GP practice", "mobile or landline", "indication"):
        assert words in refused.value.message
    assert not Registration.objects.exists()
    assert status_of(enrolment) == "CONSENTED"


def test_what_is_only_warned_of_does_not_stop_it(by: User) -> None:
    assert sent(by=by, sex="UNKNOWN", preferred_contact="NONE").outcome == "WAITING"


def test_the_clock_passes_complete_and_sent(by: User) -> None:
    registration = sent(by=by)
    clock = PathwayClock.objects.get(enrolment=registration.enrolment)
    reached = list(clock.steps.exclude(milestone="").order_by("pk").values_list("milestone", flat=True))
    assert reached[-2:] == ["REGISTRATION_COMPLETE", "REGISTRATION_SENT"]
    assert (clock.stage, clock.whose) == ("AWAITING_ACKNOWLEDGEMENT", "PROVIDER")


def test_nothing_is_sent_of_somebody_who_died(by: User) -> None:
    enrolment = ready(by=by)
    mark_deceased(patient=enrolment.patient, died_on=NOON.date(), by=by, at=NOON)
    with pytest.raises(IllegalMove, match="deceased"):
        send(enrolment, by)


def test_nothing_is_sent_once_consent_was_withdrawn(by: User) -> None:
    enrolment = ready(by=by)
    withdraw_consent(enrolment=enrolment, withdrawn_on=NOON.date(), by=by, at=NOON, reason="Changed my mind")
    with pytest.raises(Refused) as refused:
        send(enrolment, by)
    assert refused.value.code in {"consent_withdrawn", "illegal_move"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("PROPOSED", "not yet live"),
        ("ASSESSED", "not yet live"),
        ("APPROVED", "not yet live"),
        ("CLOSED_TO_NEW", "closed to new patients"),
        ("ENDED", "has ended"),
    ],
)
def test_a_service_that_is_not_live_takes_nobody(by: User, status: str, words: str) -> None:
    enrolment = ready(by=by)
    change(by, lambda: HomecareService.objects.filter(pk=enrolment.service_id).update(status=status))
    with pytest.raises(Refused, match=words):
        send(enrolment, by)


def test_a_provider_that_is_not_active_gets_nothing(by: User) -> None:
    enrolment = ready(by=by)
    change(by, lambda: Provider.objects.filter(pk=enrolment.service.provider_id).update(active=False))
    with pytest.raises(Refused, match="no longer active"):
        send(enrolment, by)


def test_whoever_sends_second_is_told_who_did_and_when(by: User) -> None:
    enrolment, other = ready(by=by), person(first_name="Grace", last_name="Lead")
    send(enrolment, other)
    with pytest.raises(IllegalMove, match="Grace Lead recorded this as registration sent at 12:00"):
        send(enrolment, by, hours=1)


def test_an_acknowledgement_keeps_the_provider_s_reference(by: User) -> None:
    registration = acknowledge_registration(
        registration=sent(by=by), provider_reference=" HN-77 ", by=by, at=NOON + HOUR
    )
    enrolment = Enrolment.objects.get()
    assert (registration.outcome, registration.provider_reference) == ("ACKNOWLEDGED", "HN-77")
    assert (enrolment.status, enrolment.provider_reference) == ("REGISTERED", "HN-77")
    assert (enrolment.registered_on, registration.answered_at) == (NOON.date(), NOON + HOUR)


def test_an_acknowledgement_by_a_second_is_refused(by: User) -> None:
    registration = sent(by=by)
    acknowledge_registration(registration=registration, by=by, at=NOON)
    with pytest.raises(IllegalMove, match="recorded this as registered at 12:00"):
        acknowledge_registration(registration=registration, by=by, at=NOON + HOUR)


def test_a_query_goes_to_and_fro_and_the_answer_goes_with_the_next_attempt(by: User) -> None:
    first = sent(by=by)
    query = query_registration(registration=first, question="Which pen?", by=by, at=NOON)
    assert status_of(first.enrolment) == "REGISTRATION_QUERIED"
    answer_registration_query(query=query, answer="The 40 mg one", by=by, at=NOON + HOUR)
    second = send(first.enrolment, by, hours=2)
    assert second.attempt == 2
    assert second.as_sent["registration"]["answers"] == [{"question": "Which pen?", "answer": "The 40 mg one"}]
    assert Registration.objects.get(pk=first.pk).outcome == "QUERIED"
    assert acknowledge_registration(registration=second, by=by, at=NOON + 3 * HOUR).outcome == "ACKNOWLEDGED"


def test_what_was_mended_goes_with_the_next_attempt(by: User) -> None:
    first = sent(by=by)
    reject_registration(registration=first, reason="Wrong surgery", by=by, at=NOON)
    change(by, lambda: Patient.objects.filter(pk=first.patient_id).update(gp_practice="Right Surgery"))
    assert send(first.enrolment, by, hours=1).as_sent["patient"]["gp_practice"] == "Right Surgery"


def test_a_query_is_answered_before_the_registration_is_sent_again(by: User) -> None:
    first = sent(by=by)
    query_registration(registration=first, question="Which pen?", by=by, at=NOON)
    with pytest.raises(Refused) as refused:
        send(first.enrolment, by, hours=1)
    assert refused.value.code == "query_open"


def test_a_provider_may_ask_twice(by: User) -> None:
    first = sent(by=by)
    for question in ("Which pen?", "Which surgery?"):
        query_registration(registration=first, question=question, by=by, at=NOON)
    assert [query.question for query in RegistrationQuery.objects.order_by("pk")] == ["Which pen?", "Which surgery?"]


def test_whoever_answers_second_is_told_what_was_answered(by: User) -> None:
    query = query_registration(registration=sent(by=by), question="Which pen?", by=by, at=NOON)
    grace = person(first_name="Grace", last_name="Lead")
    answer_registration_query(query=query, answer="The blue one", by=grace, at=NOON)
    with pytest.raises(Stale, match="Grace Lead answered this at 12:00: “The blue one”"):
        answer_registration_query(query=query, answer="The red one", by=by, at=NOON + HOUR)


def test_a_rejection_says_why_and_is_sent_again(by: User) -> None:
    first = reject_registration(registration=sent(by=by), reason="No such service", by=by, at=NOON)
    assert (first.outcome, first.reason) == ("REJECTED", "No such service")
    assert status_of(first.enrolment) == "REGISTRATION_REJECTED"
    assert send(first.enrolment, by, hours=1).attempt == 2


def test_a_rejected_one_can_be_closed_with_a_reason(by: User) -> None:
    first = reject_registration(registration=sent(by=by), reason="No such service", by=by, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        close_registration(enrolment=first.enrolment, reason=" ", by=by, at=NOON)
    close_registration(enrolment=first.enrolment, reason="Stays with the hospital", by=by, at=NOON)
    assert status_of(first.enrolment) == "CLOSED"
    assert PathwayClock.objects.running().count() == 0


@pytest.mark.parametrize("empty", ["", " \n", "\t"])
def test_an_empty_word_is_refused(by: User, empty: str) -> None:
    registration = sent(by=by)
    with pytest.raises(Refused, match="Say why"):
        reject_registration(registration=registration, reason=empty, by=by, at=NOON)
    with pytest.raises(Refused, match="Say what"):
        query_registration(registration=registration, question=empty, by=by, at=NOON)
    query = query_registration(registration=registration, question="Which pen?", by=by, at=NOON)
    with pytest.raises(Refused, match="Write the answer"):
        answer_registration_query(query=query, answer=empty, by=by, at=NOON)


def test_an_earlier_attempt_is_answered_no_more(by: User) -> None:
    first = reject_registration(registration=sent(by=by), reason="No such service", by=by, at=NOON)
    send(first.enrolment, by, hours=1)
    with pytest.raises(Stale, match="Attempt 2 was sent on 2 March 2026: answer that one"):
        acknowledge_registration(registration=first, by=by, at=NOON + 2 * HOUR)
    assert status_of(first.enrolment) == "REGISTRATION_SENT"


def test_nothing_is_answered_of_somebody_who_withdrew(by: User) -> None:
    registration = sent(by=by)
    withdraw_consent(enrolment=registration.enrolment, withdrawn_on=NOON.date(), by=by, at=NOON, reason="No")
    for deed in (acknowledge_registration, lambda **f: query_registration(question="Which pen?", **f)):
        with pytest.raises(Refused):
            deed(registration=registration, by=by, at=NOON + HOUR)


@pytest.mark.parametrize(
    ("role", "may_send", "may_answer"),
    [
        ("TECHNICIAN", True, True),
        ("HOMECARE_LEAD", True, True),
        ("CLINICAL_PHARMACIST", True, False),
        ("PRESCRIBER", False, False),
        ("SPECIALIST_NURSE", False, False),
        ("ADMINISTRATIVE_SUPPORT", False, False),
        ("CHIEF_PHARMACIST", False, False),
        ("FINANCE", False, False),
        ("AUDITOR", False, False),
    ],
)
def test_who_may(by: User, role: str, may_send: bool, may_answer: bool) -> None:
    somebody, enrolment, other = person(role), ready(by=by), sent(by=by)
    for may, deed in (
        (may_send, lambda: send(enrolment, somebody)),
        (may_answer, lambda: acknowledge_registration(registration=other, by=somebody, at=NOON)),
    ):
        if may:
            deed()
        else:
            with pytest.raises(NotAllowed):
                deed()


def test_a_second_treatment_with_another_provider_has_its_own_attempts(by: User) -> None:
    first = sent(by=by)
    second = sent(by=by, service=live_service())
    assert (first.attempt, second.attempt) == (1, 1)
    assert first.provider_id != second.provider_id


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_one_registration() -> None:
    people = [person(), person()]
    enrolment, barrier, came = ready(by=people[0]), threading.Barrier(2), []

    def press(who: User) -> None:
        barrier.wait()
        try:
            send(enrolment, who)
            came.append("sent")
        except IllegalMove as refusal:
            came.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came)[-1] == "sent"
    assert "recorded this as registration sent at 12:00" in sorted(came)[0]
    assert Registration.objects.count() == 1
