"""What a provider reports is done once, moves the cover, and is refused in words when it cannot be."""

import pytest

from deliveries.models import Delivery, DeliveryLine
from patients.models import Cover
from prescriptions.models import Prescription, PrescriptionStatusChange
from providers.models import ApiRequest
from tests.api.conftest import Caller, delivered, sent_to

pytestmark = pytest.mark.django_db
FAILED = {"outcome": "FAILED", "on": delivered()["on"], "cause": "COURIER", "note": "Van broke down"}


@pytest.fixture
def path(sent: Prescription) -> str:
    return f"prescriptions/{sent.reference}/deliveries/"


def test_an_acknowledgement_is_on_record_in_the_client_s_name(mine: Caller, sent: Prescription) -> None:
    answer = mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {"provider_reference": "SO-17"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ACKNOWLEDGED")
    change = PrescriptionStatusChange.objects.get(prescription=sent, event="acknowledge")
    assert change.by == mine.user
    sent.refresh_from_db()
    assert sent.provider_reference == "SO-17"


def test_a_delivery_moves_the_cover_and_keeps_its_batch(mine: Caller, sent: Prescription, path: str) -> None:
    before = Cover.objects.get(enrolment=sent.enrolment).first_uncovered_dose_on
    assert mine.post(path, delivered()).status_code == 201
    after = Cover.objects.get(enrolment=sent.enrolment).first_uncovered_dose_on
    assert before is not None
    assert after is not None
    assert after > before
    line = DeliveryLine.objects.get()
    assert (line.units, line.batch_number, line.expires_on.isoformat()) == (6, "A123", "2099-01-31")


def test_several_batches_are_several_lines(mine: Caller, path: str) -> None:
    lines = [{"units": n, "batch_number": f"B{n}", "expires_on": "2099-01-31"} for n in (2, 4)]
    mine.post(path, delivered(lines=lines))
    assert sorted(DeliveryLine.objects.values_list("units", "batch_number")) == [(2, "B2"), (4, "B4")]


def test_a_failed_delivery_has_its_cause_and_is_still_to_be_made(mine: Caller, path: str) -> None:
    assert mine.post(path, FAILED).json()["status"] == "FAILED"
    assert mine.post(path, delivered()).json()["status"] == "DELIVERED_FULL"
    delivery = Delivery.objects.get()
    assert (delivery.failure_cause, delivery.failure_note) == ("COURIER", "Van broke down")


def test_the_deliveries_of_a_prescription_are_listed(mine: Caller, path: str) -> None:
    mine.post(path, delivered())
    assert [row["status"] for row in mine.get(path).json()["results"]] == ["DELIVERED_FULL"]


def test_the_same_key_again_does_nothing_again_and_answers_the_same(mine: Caller, path: str) -> None:
    first = mine.post(path, delivered(), key="delivery-0001")
    again = mine.post(path, delivered(), key="delivery-0001")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Delivery.objects.count() == 1


def test_the_same_fields_in_another_order_are_the_same_request(mine: Caller, path: str) -> None:
    body = delivered()
    mine.post(path, body, key="delivery-0001")
    assert mine.post(path, dict(reversed(body.items())), key="delivery-0001").status_code == 201
    assert Delivery.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(mine: Caller, path: str) -> None:
    mine.post(path, delivered(), key="delivery-0001")
    answer = mine.post(path, FAILED, key="delivery-0001")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Delivery.objects.count() == 1


def test_the_same_key_at_another_address_is_refused(mine: Caller, sent: Prescription, path: str) -> None:
    mine.post(path, delivered(), key="delivery-0001")
    assert mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {}, key="delivery-0001").status_code == 422


def test_a_refused_request_leaves_its_key_free(mine: Caller, path: str) -> None:
    assert mine.post(path, delivered(on="2099-01-01"), key="delivery-0001").status_code == 422
    assert not ApiRequest.objects.exists()
    assert mine.post(path, delivered(), key="delivery-0001").status_code == 201


@pytest.mark.parametrize("key", [None, "short", "x" * 129, "has blanks in it"])
def test_a_change_needs_a_key(mine: Caller, path: str, key: str | None) -> None:
    answer = mine.post(path, delivered(), key=key)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert not Delivery.objects.exists()


def test_more_deliveries_than_the_prescription_has_are_refused(mine: Caller) -> None:
    path = f"prescriptions/{sent_to(mine, deliveries=1).reference}/deliveries/"
    first, second = mine.post(path, delivered()), mine.post(path, delivered())
    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 409, "prescription_not_at_provider")


def test_one_delivery_told_twice_is_counted_once(mine: Caller, sent: Prescription, path: str) -> None:
    assert mine.post(path, delivered()).status_code == 201
    before = Cover.objects.get(enrolment=sent.enrolment).first_uncovered_dose_on
    again = mine.post(path, delivered())  # with a key of its own, as after a restart of the provider's system
    assert (again.status_code, again.json()["code"]) == (409, "already_recorded")
    assert Delivery.objects.count() == 1
    assert Cover.objects.get(enrolment=sent.enrolment).first_uncovered_dose_on == before


def test_a_cancelled_prescription_takes_no_acknowledgement(mine: Caller, sent: Prescription) -> None:
    from django.utils import timezone

    from prescriptions import actions
    from tests.api.conftest import person

    actions.cancel(prescription=sent, by=person("CLINICAL_PHARMACIST"), at=timezone.now(), reason="Stopped")
    answer = mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert "cancelled" in answer.json()["detail"]


LINE = delivered()["lines"][0]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/outcome", "/on"}),
        (delivered(outcome="LOST"), {"/outcome"}),
        (delivered(on="yesterday"), {"/on"}),
        (delivered(on=None), {"/on"}),
        (delivered(lines=[]), {"/lines"}),
        (delivered(lines={}), {"/lines"}),
        (delivered(lines=[LINE] * 51), {"/lines"}),
        (delivered(lines=[LINE | {"units": 0}]), {"/lines/0/units"}),
        (delivered(lines=[LINE, LINE | {"units": 10**30}]), {"/lines/1/units"}),
        (delivered(lines=[LINE | {"units": True}]), {"/lines/0/units"}),
        (delivered(lines=[LINE | {"units": 1.5}]), {"/lines/0/units"}),
        (delivered(lines=[LINE | {"batch_number": ""}]), {"/lines/0/batch_number"}),
        (delivered(lines=[LINE | {"batch_number": "A\x00"}]), {"/lines/0/batch_number"}),
        (delivered(lines=[LINE | {"batch": "A"}]), {"/lines/0/batch"}),
        (delivered(lines=["x"]), {"/lines/0"}),
        (delivered(patient="x"), {"/patient"}),
        (delivered(**{"a/b": 1}), {"/a~1b"}),
        (delivered(cause="COURIER"), {"/cause"}),
        (delivered(recipient_name="x" * 121), {"/recipient_name"}),
        ({"outcome": "FAILED", "on": "2026-01-05"}, {"/cause"}),
        (FAILED | {"lines": [LINE]}, {"/lines"}),
        (FAILED | {"cause": "GREMLINS"}, {"/cause"}),
    ],
)
def test_a_report_that_cannot_be_meant_is_refused_where_it_is_wrong(
    mine: Caller, path: str, body: dict[str, object], pointers: set[str]
) -> None:
    import json

    answer = mine.post(path, json.dumps(body).encode())
    assert answer.status_code == 400, answer.content
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"{", 400),
        (b'{"on": NaN}', 400),
        (b'{"outcome": "\xff"}', 400),
        (b'{"outcome": "\\ud800"}', 400),
        (b'{"note": "' + b"x" * 70_000 + b'"}', 413),
        (b"[" * 30_000, 400),
    ],
)
def test_a_body_that_is_not_a_small_json_object_is_refused(
    mine: Caller, path: str, content: bytes, status: int
) -> None:
    assert mine.post(path, content).status_code == status


def test_another_kind_of_content_is_refused(mine: Caller, path: str) -> None:
    from django.test import Client

    answer = Client().post(
        f"/api/v1/{path}",
        "a=b",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {mine.token}"},
    )
    assert answer.status_code == 415
