"""Another provider's prescription looks like none, whatever is asked and however."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import local_day
from patients import actions as patients
from patients.actions.enrolment import move
from patients.models import Consent, Enrolment
from prescriptions import actions
from prescriptions.models import Prescription
from providers.models import Provider
from tests.api.conftest import Caller, delivered, person, sent_to
from tests.factories import NOON, ProviderFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
Ends = Callable[[Prescription], None]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "prescriptions/{}/", None),
        ("get", "prescriptions/{}/deliveries/", None),
        ("post", "prescriptions/{}/acknowledgement/", {}),
        ("post", "prescriptions/{}/deliveries/", delivered()),
        ("post", "prescriptions/{}/deliveries/", {"outcome": "FAILED", "on": "2026-01-05", "cause": "COURIER"}),
    ],
)
def test_another_s_reference_answers_exactly_as_one_that_does_not_exist(
    mine: Caller, theirs: Caller, method: str, path: str, body: object
) -> None:
    other, none = sent_to(theirs).reference, uuid.uuid4()
    answers = [getattr(mine, method)(path.format(ref), *([body] if body is not None else [])) for ref in (other, none)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("query", ["", "?status=SENT", "?limit=200", "?status=ACKNOWLEDGED"])
def test_a_list_holds_my_own_only(mine: Caller, theirs: Caller, sent: Prescription, query: str) -> None:
    other = sent_to(theirs)
    answer = mine.get(f"prescriptions/{query}")
    assert answer.status_code == 200
    for secret in (str(other.reference), other.patient.nhs_number, other.patient.family_name):
        assert secret not in answer.content.decode()


def test_another_s_reference_is_no_position_in_a_list(mine: Caller, theirs: Caller) -> None:
    other, none = sent_to(theirs).reference, uuid.uuid4()
    answers = [mine.get(f"prescriptions/?after={reference}") for reference in (other, none)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_what_was_not_sent_is_not_seen(mine: Caller) -> None:
    technician = person("TECHNICIAN")
    enrolment = enrolment_with_cover(as_at=NOON.date(), service=mine.service)
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=technician, at=NOON)
    from prescriptions.actions.prescription import SignedPrescription

    signed = SignedPrescription(
        signed_on=NOON.date(),
        prescriber=None,
        prescribed_by=None,
        artefact="WET_INK_ORIGINAL",
        deliveries=1,
        units_each=2,
        interval_days=28,
    )
    unsent = actions.record_signed(renewal=renewal, signed=signed, by=technician, at=NOON)
    assert mine.get("prescriptions/").json()["results"] == []
    assert mine.get(f"prescriptions/{unsent.reference}/").status_code == 404


def test_a_key_of_another_client_is_not_mine(mine: Caller, theirs: Caller, sent: Prescription) -> None:
    other = sent_to(theirs)
    assert theirs.post(f"prescriptions/{other.reference}/acknowledgement/", {}, key="the-same-key").status_code == 200
    answer = mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {}, key="the-same-key")
    assert (answer.status_code, answer.json()["reference"]) == (200, str(sent.reference))


def test_needs_that_were_not_shared_stay_with_the_hospital(mine: Caller, sent: Prescription) -> None:
    shown = mine.get(f"prescriptions/{sent.reference}/").json()["patient"]["accessible_needs"]
    assert [need["kind"] for need in shown] == ["BRAILLE"]


def test_a_provider_that_is_no_longer_active_reads_nothing(mine: Caller, sent: Prescription) -> None:
    with acting(by=User.objects.system("command")):
        Provider.objects.filter(pk=mine.service.provider_id).update(active=False)
    assert mine.get(f"prescriptions/{sent.reference}/").status_code == 404
    assert mine.get("prescriptions/").json()["results"] == []


def withdrawn(prescription: Prescription) -> None:
    at = timezone.now()
    patients.withdraw_consent(
        enrolment=prescription.enrolment, withdrawn_on=local_day(at), by=person("TECHNICIAN"), at=at, reason="Asked to"
    )


def transferred(prescription: Prescription) -> None:
    lead, at = person("HOMECARE_LEAD"), timezone.now()
    with acting(by=lead):
        for event in ("start_transfer", "finish_transfer"):
            move(enrolment=prescription.enrolment, event=event, by=lead, at=at)


def given_to_another(prescription: Prescription) -> None:
    with acting(by=User.objects.system("command")):
        Consent.objects.filter(enrolment=prescription.enrolment).update(sharing_with=ProviderFactory())


def left_early(prescription: Prescription) -> None:
    technician = person("TECHNICIAN")
    with acting(by=User.objects.system("command")):
        Enrolment.objects.filter(pk=prescription.enrolment_id).update(status="REGISTERED")
    with acting(by=technician):
        move(enrolment=prescription.enrolment, event="withdraw", by=technician, at=timezone.now())


SHARING_ENDS = pytest.mark.parametrize("ends", [withdrawn, transferred, given_to_another, left_early])


@SHARING_ENDS
def test_what_was_not_acknowledged_is_gone_once_sharing_ends(mine: Caller, sent: Prescription, ends: Ends) -> None:
    ends(sent)
    none = mine.get(f"prescriptions/{uuid.uuid4()}/")
    for path in ("prescriptions/{}/", "prescriptions/{}/deliveries/"):
        answer = mine.get(path.format(sent.reference))
        assert (answer.status_code, answer.content) == (404, none.content)
    assert mine.get("prescriptions/").json()["results"] == []
    assert mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {}).status_code == 404
    assert mine.post(f"prescriptions/{sent.reference}/deliveries/", delivered()).status_code == 404
    assert not Delivery.objects.exists()


@SHARING_ENDS
def test_what_was_acknowledged_stays_for_the_handover_without_new_data(
    mine: Caller, sent: Prescription, ends: Ends
) -> None:
    assert mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {}).status_code == 200
    before = mine.get(f"prescriptions/{sent.reference}/").json()
    ends(sent)
    after = mine.get(f"prescriptions/{sent.reference}/").json()
    assert (before["sharing_ended"], after["sharing_ended"]) == (False, True)
    assert before["patient"]["telephones"] == ["+447700900123"]
    gone = {"delivery_address": None, "telephones": [], "accessible_needs": []}
    assert {name: after["patient"][name] for name in gone} == gone
    assert len(mine.get("prescriptions/").json()["results"]) == 1


def test_a_new_consent_shares_again(mine: Caller, sent: Prescription) -> None:
    withdrawn(sent)
    with acting(by=User.objects.system("command")):
        Consent.objects.create(
            enrolment=sent.enrolment, version="2", method="TELEPHONE", given_on=NOON.date(), sharing_with=sent.provider
        )
    assert mine.get(f"prescriptions/{sent.reference}/").json()["sharing_ended"] is False


def test_sharing_that_ends_for_one_patient_ends_for_no_other(mine: Caller, sent: Prescription) -> None:
    other = sent_to(mine)
    withdrawn(sent)
    shown = [row["reference"] for row in mine.get("prescriptions/").json()["results"]]
    assert shown == [str(other.reference)]
