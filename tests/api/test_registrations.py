"""Registrations as a provider's system sees and answers them: its own, whole, once, and only while it may."""

import datetime as dt
import hashlib
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from patients.actions import mark_deceased, withdraw_consent
from patients.actions.registration import answer_registration_query, send_registration
from patients.models import AccessibleNeed, Enrolment, Registration, RegistrationQuery
from patients.pathway.registration_data import canonical
from providers.models import HomecareService, Provider
from tests.api.conftest import Caller, caller, person, token_for
from tests.patients.registrations import sent

pytestmark = pytest.mark.django_db


def registered_with(who: Caller, **fields: Any) -> Registration:
    """Return a registration that was sent to this provider."""
    with acting(by=User.objects.system("command")):
        HomecareService.objects.filter(pk=who.service.pk).update(status="LIVE")
    who.service.refresh_from_db()
    return sent(by=person("TECHNICIAN"), at=timezone.now(), service=who.service, **fields)


@pytest.fixture
def registration(mine: Caller) -> Registration:
    return registered_with(mine)


def test_one_registration_has_its_form_word_for_word(mine: Caller, registration: Registration) -> None:
    shown = mine.get(f"registrations/{registration.reference}/").json()
    assert shown["form"] == registration.as_sent
    assert hashlib.sha256(canonical(shown["form"])).hexdigest() == shown["sha256"] == registration.sha256
    assert (shown["outcome"], shown["standing"], shown["queries"]) == ("WAITING", "CURRENT", [])


def test_a_look_is_on_record(mine: Caller, registration: Registration) -> None:
    mine.get(f"registrations/{registration.reference}/")
    look = PatientAccess.objects.latest("pk")
    assert (look.user_id, look.patient_ids, look.purpose) == (mine.user.pk, [registration.patient_id], "PROVIDER")


def test_the_list_names_no_patient(mine: Caller, registration: Registration) -> None:
    content = mine.get("registrations/").content.decode()
    assert str(registration.reference) in content
    for word in (registration.patient.family_name, registration.patient.nhs_number, "ME4 1AA", "Imraldi"):
        assert word not in content


def test_the_form_is_given_on_paper_and_its_copy_is_on_record(mine: Caller, registration: Registration) -> None:
    address = mine.get(f"registrations/{registration.reference}/").json()["pdf"]
    answer = mine.get(address.split("/api/v1/")[1])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert PatientAccess.objects.latest("pk").file_sha256 == hashlib.sha256(answer.content).hexdigest()


def test_an_acknowledgement_registers_the_patient(mine: Caller, registration: Registration) -> None:
    answer = mine.post(f"registrations/{registration.reference}/acknowledgement/", {"provider_reference": "HN-77"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "ACKNOWLEDGED")
    enrolment = Enrolment.objects.get()
    assert (enrolment.status, enrolment.provider_reference) == ("REGISTERED", "HN-77")
    assert enrolment.status_changes.latest("pk").by_id == mine.user.pk


def test_a_query_is_answered_with_the_next_attempt(mine: Caller, registration: Registration) -> None:
    answer = mine.post(f"registrations/{registration.reference}/queries/", {"question": "Which pen?"})
    assert (answer.status_code, answer.json()["answered_at"]) == (201, None)
    technician, at = person("TECHNICIAN"), timezone.now()
    answer_registration_query(query=RegistrationQuery.objects.get(), answer="The blue one", by=technician, at=at)
    second = send_registration(enrolment=registration.enrolment, channel="API", by=technician, at=at)
    assert mine.get(f"registrations/{registration.reference}/").json()["standing"] == "SUPERSEDED"
    form = mine.get(f"registrations/{second.reference}/").json()["form"]
    assert form["registration"]["answers"] == [{"question": "Which pen?", "answer": "The blue one"}]


def test_the_answer_is_read_under_its_query(mine: Caller, registration: Registration) -> None:
    mine.post(f"registrations/{registration.reference}/queries/", {"question": "Which pen?"})
    answer_registration_query(
        query=RegistrationQuery.objects.get(), answer="The blue one", by=person("TECHNICIAN"), at=timezone.now()
    )
    queries = mine.get(f"registrations/{registration.reference}/").json()["queries"]
    assert [(query["question"], query["answer"]) for query in queries] == [("Which pen?", "The blue one")]


def test_a_rejection_says_why(mine: Caller, registration: Registration) -> None:
    answer = mine.post(f"registrations/{registration.reference}/rejection/", {"reason": "No such service"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "REJECTED")
    assert Registration.objects.get().reason == "No such service"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("queries", {}, "/question"),
        ("queries", {"question": ""}, "/question"),
        ("queries", {"question": "x" * 2001}, "/question"),
        ("queries", {"question": "a\u0000b"}, "/question"),
        ("queries", {"question": "Which?", "patient": 1}, "/patient"),
        ("rejection", {}, "/reason"),
        ("rejection", {"reason": " "}, "/reason"),
        ("acknowledgement", {"provider_reference": "x" * 61}, "/provider_reference"),
        ("acknowledgement", {"provider_referense": "x"}, "/provider_referense"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_is_wrong(
    mine: Caller, registration: Registration, path: str, body: Any, pointer: str
) -> None:
    answer = mine.post(f"registrations/{registration.reference}/{path}/", body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert Registration.objects.get().outcome == "WAITING"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("acknowledgement", {"provider_reference": "HN-77"}),
        ("queries", {"question": "Which pen?"}),
        ("rejection", {"reason": "No such service"}),
    ],
)
def test_a_repeat_gets_the_same_to_the_byte_and_is_done_once(
    mine: Caller, registration: Registration, path: str, body: Any
) -> None:
    address = f"registrations/{registration.reference}/{path}/"
    first, second = (mine.post(address, body, key="the-same-key") for _ in range(2))
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert registration.enrolment.status_changes.filter(by=mine.user).count() == 1


def test_a_second_answer_is_a_conflict_and_names_none_of_our_people(mine: Caller, registration: Registration) -> None:
    address = f"registrations/{registration.reference}"
    mine.post(f"{address}/rejection/", {"reason": "No such service"})
    answer = mine.post(f"{address}/acknowledgement/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert "recorded this" not in answer.json()["detail"]


def test_an_earlier_attempt_is_answered_no_more(mine: Caller, registration: Registration) -> None:
    mine.post(f"registrations/{registration.reference}/rejection/", {"reason": "No such service"})
    send_registration(enrolment=registration.enrolment, channel="API", by=person("TECHNICIAN"), at=timezone.now())
    answer = mine.post(f"registrations/{registration.reference}/acknowledgement/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def withdraw(registration: Registration) -> None:
    at = timezone.now()
    withdraw_consent(
        enrolment=registration.enrolment, withdrawn_on=at.date(), by=person("TECHNICIAN"), at=at, reason="No"
    )


def die(registration: Registration) -> None:
    mark_deceased(patient=registration.patient, died_on=None, by=person("TECHNICIAN"), at=timezone.now())


@pytest.mark.parametrize(("deed", "standing"), [(withdraw, "SHARING_ENDED"), (die, "DECEASED")])
def test_once_they_may_not_be_shared_no_data_is_given(
    mine: Caller, registration: Registration, deed: Any, standing: str
) -> None:
    mine.post(f"registrations/{registration.reference}/acknowledgement/", {})
    deed(registration)
    answer = mine.get(f"registrations/{registration.reference}/")
    shown = answer.json()
    assert (shown["standing"], shown["form"], shown["pdf"], shown["queries"]) == (standing, None, None, [])
    assert registration.patient.nhs_number not in answer.content.decode()
    assert mine.get(f"registrations/{registration.reference}/form.pdf").status_code == 404


@pytest.mark.parametrize("deed", [withdraw, die])
def test_nor_is_one_answered_that_was_not(mine: Caller, registration: Registration, deed: Any) -> None:
    deed(registration)
    assert mine.post(f"registrations/{registration.reference}/acknowledgement/", {}).status_code in {404, 409}
    assert Registration.objects.get().outcome == "WAITING"


def test_one_that_was_withdrawn_unanswered_is_as_one_that_never_was(mine: Caller, registration: Registration) -> None:
    withdraw(registration)
    answers = [mine.get(f"registrations/{reference}/") for reference in (registration.reference, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_only_what_was_shared_and_nothing_internal_leaves(mine: Caller) -> None:
    registration = registered_with(mine)
    with acting(by=User.objects.system("command")):
        AccessibleNeed.objects.create(patient=registration.patient, kind="BSL", detail="Deaf")
    content = mine.get(f"registrations/{registration.reference}/").content.decode()
    for word in ("BSL", "Deaf", "suitab", "funding", "notes", "ethnicity"):
        assert word not in content


# -- isolation --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "registrations/{}/", None),
        ("get", "registrations/{}/form.pdf", None),
        ("post", "registrations/{}/acknowledgement/", {}),
        ("post", "registrations/{}/queries/", {"question": "Who?"}),
        ("post", "registrations/{}/rejection/", {"reason": "No"}),
    ],
)
def test_another_s_reference_answers_exactly_as_one_that_does_not_exist(
    mine: Caller, theirs: Caller, method: str, path: str, body: object
) -> None:
    other, none = registered_with(theirs).reference, uuid.uuid4()
    answers = [getattr(mine, method)(path.format(ref), *([body] if body is not None else [])) for ref in (other, none)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0]["Content-Type"] == answers[1]["Content-Type"] == "application/problem+json"
    assert Registration.objects.get().outcome == "WAITING"


def test_a_list_holds_my_own_only(mine: Caller, theirs: Caller, registration: Registration) -> None:
    registered_with(theirs)
    found = mine.get("registrations/").json()["results"]
    assert [row["reference"] for row in found] == [str(registration.reference)]


def test_another_s_reference_is_no_position_in_a_list(mine: Caller, theirs: Caller) -> None:
    other, none = registered_with(theirs).reference, uuid.uuid4()
    answers = [mine.get(f"registrations/?after={reference}") for reference in (other, none)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_a_provider_that_is_no_longer_active_reads_nothing(mine: Caller, registration: Registration) -> None:
    with acting(by=User.objects.system("command")):
        Provider.objects.filter(pk=mine.service.provider_id).update(active=False)
    assert mine.get(f"registrations/{registration.reference}/").status_code == 404
    assert mine.get("registrations/").json()["results"] == []


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        ("registrations:read", "get", "registrations/{}/", 200),
        ("registrations:read", "post", "registrations/{}/acknowledgement/", 403),
        ("registrations:answer", "get", "registrations/{}/", 403),
        ("registrations:answer", "get", "registrations/{}/form.pdf", 403),
        ("prescriptions:read", "get", "registrations/", 403),
    ],
)
def test_each_address_needs_its_scope(
    mine: Caller, registration: Registration, scopes: str, method: str, path: str, status: int
) -> None:
    narrow = Caller(service=mine.service, user=mine.user, token=token_for(mine.user, scopes=scopes))
    address = path.format(registration.reference)
    answer = narrow.get(address) if method == "get" else narrow.post(address, {})
    assert answer.status_code == status


# -- pages ------------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_to_the_last_without_gap_or_repeat(mine: Caller) -> None:
    made = [str(registered_with(mine).reference) for _ in range(5)]
    seen: list[str] = []
    path: Any = "registrations/?limit=2&outcome=WAITING"
    while path:
        page = mine.get(path).json()
        seen += [row["reference"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1/")[1]
    assert seen == made


def test_the_list_takes_the_same_queries_for_one_as_for_many(mine: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert mine.get("registrations/").status_code == 200
        return len(captured)

    registered_with(mine)
    mine.get("registrations/")
    one = queries()
    for _ in range(3):
        registered_with(mine)
    assert queries() == one
    assert one <= 6


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=201", "?outcome=SENT", "?after=1", "?provider=2", "?limit=1&limit=2"]
)
def test_a_query_that_cannot_be_meant_is_refused(mine: Caller, query: str) -> None:
    assert mine.get(f"registrations/{query}").status_code == 400


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_acknowledgement_four_times_at_once_is_one() -> None:
    mine = caller()
    registration = registered_with(mine)
    path, barrier, answers = f"registrations/{registration.reference}/acknowledgement/", threading.Barrier(4), []

    def press() -> None:
        barrier.wait()
        answer = mine.post(path, {"provider_reference": "HN-77"}, key="at-once-0001")
        answers.append((answer.status_code, answer.content))
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 200
    assert registration.enrolment.status_changes.filter(event="acknowledge_registration").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_provider_and_a_technician_answer_at_once_and_one_wins() -> None:
    from homecare.core.errors import IllegalMove
    from patients.actions.registration import reject_registration

    mine, technician = caller(), person("TECHNICIAN")
    registration, barrier, came = registered_with(mine), threading.Barrier(2), []

    def by_api() -> None:
        barrier.wait()
        came.append(mine.post(f"registrations/{registration.reference}/acknowledgement/", {}).status_code == 200)
        connections.close_all()

    def by_hand() -> None:
        barrier.wait()
        try:
            at = timezone.now() + dt.timedelta(seconds=1)
            reject_registration(registration=registration, reason="No such service", by=technician, at=at)
            came.append(True)
        except IllegalMove:
            came.append(False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=by_api), threading.Thread(target=by_hand)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [False, True]
