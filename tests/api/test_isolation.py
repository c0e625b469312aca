"""Another provider's prescription looks like none, whatever is asked and however."""

import uuid

import pytest

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.audit.actions import acting
from prescriptions import actions
from prescriptions.models import Prescription
from providers.models import Provider
from tests.api.conftest import Caller, delivered, person, sent_to
from tests.factories import NOON, enrolment_with_cover

pytestmark = pytest.mark.django_db


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
