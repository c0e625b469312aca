"""What a provider reads, page by page, at the same number of queries however many there are."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from homecare.core.clock import local_day
from homecare.desk import deeds
from patients import actions as patients
from prescriptions.models import Prescription
from tests.api.conftest import Caller, sent_to
from tests.desk.pages import person

pytestmark = pytest.mark.django_db


def queries(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert caller.get(path).status_code == 200
    return len(captured)


def test_one_prescription_says_what_to_supply_to_whom_and_where(mine: Caller, sent: Prescription) -> None:
    shown = mine.get(f"prescriptions/{sent.reference}/").json()
    patient = sent.patient
    assert shown["patient"]["nhs_number"] == patient.nhs_number
    assert shown["patient"]["delivery_address"]["postcode"] == "ME4 1AA"
    assert shown["patient"]["telephones"] == ["+447700900123"]
    assert shown["product"]["medicine"] == sent.enrolment.medicine.name
    assert (shown["deliveries"], shown["units_each"], shown["status"]) == (2, 6, "SENT")


def test_no_clinical_note_or_indication_leaves_the_hospital(mine: Caller, sent: Prescription) -> None:
    content = mine.get(f"prescriptions/{sent.reference}/").content.decode()
    for word in ("indication", "notes", "result", "clinic"):
        assert word not in content


def test_pages_follow_each_other_to_the_last_without_gap_or_repeat(mine: Caller) -> None:
    sent = [str(sent_to(mine).reference) for _ in range(5)]
    seen: list[str] = []
    path: Any = "prescriptions/?limit=2"
    while path:
        page = mine.get(path).json()
        seen += [row["reference"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1/")[1]
    assert seen == sent


def test_a_page_keeps_its_filter(mine: Caller) -> None:
    for _ in range(3):
        sent_to(mine)
    following = mine.get("prescriptions/?limit=2&status=SENT").json()["next"]
    assert "status=SENT" in following
    assert "limit=2" in following


def test_what_was_acknowledged_leaves_the_list_of_sent(mine: Caller, sent: Prescription) -> None:
    mine.post(f"prescriptions/{sent.reference}/acknowledgement/", {})
    assert mine.get("prescriptions/?status=SENT").json()["results"] == []
    assert len(mine.get("prescriptions/?status=ACKNOWLEDGED").json()["results"]) == 1


def test_the_list_takes_the_same_queries_for_one_as_for_many(mine: Caller) -> None:
    sent_to(mine)
    mine.get("prescriptions/")
    one = queries(mine, "prescriptions/")
    for _ in range(4):
        sent_to(mine)
    assert queries(mine, "prescriptions/") == one
    assert one <= 6


def test_a_further_page_compares_rows_by_the_provider_s_index(mine: Caller) -> None:
    first = sent_to(mine)
    with CaptureQueriesContext(connection) as captured:
        mine.get(f"prescriptions/?after={first.reference}")
    assert any(
        '("prescriptions_prescription"."provider_id", "prescriptions_prescription"."id") >' in q["sql"]
        for q in captured
    )


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?limit=0", "/limit"),
        ("?limit=201", "/limit"),
        ("?limit=99999999999999999999999999", "/limit"),
        ("?limit=x", "/limit"),
        ("?status=APPROVED", "/status"),
        ("?status=sent", "/status"),
        ("?after=1", "/after"),
        ("?after=%00", "/after"),
        ("?provider=2", "/provider"),
        ("?limit=1&limit=2", "/limit"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_where_it_is_wrong(mine: Caller, query: str, pointer: str) -> None:
    answer = mine.get(f"prescriptions/{query}")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("path", ["prescriptions/1/", "prescriptions/nonsense/", "prescriptions/%00/"])
def test_a_reference_that_is_none_is_not_found(mine: Caller, path: str) -> None:
    assert mine.get(path).status_code == 404


def test_the_method_is_refused_as_a_problem(mine: Caller) -> None:
    answer = mine.post("prescriptions/", {})
    assert (answer.status_code, answer["Content-Type"]) in {
        (403, "application/problem+json"),
        (405, "application/problem+json"),
    }


def test_after_a_death_nobody_is_given_a_number_to_ring(mine: Caller, sent: Prescription) -> None:
    deeds.record_death(patient=sent.patient, died_on=None, by=person("TECHNICIAN"), at=timezone.now())
    shown = mine.get(f"prescriptions/{sent.reference}/").json()
    assert (shown["status"], shown["patient"]["deceased"]) == ("CANCELLED", True)
    assert (shown["patient"]["telephones"], shown["patient"]["accessible_needs"]) == ([], [])


def test_an_address_still_to_come_is_not_given_yet(mine: Caller, sent: Prescription) -> None:
    today = local_day(timezone.now())
    patients.change_address(
        patient=sent.patient, use="DELIVERY", place=patients.Place(line_1="2 New Row"),
        starts_on=today + dt.timedelta(days=1), by=person("TECHNICIAN"), at=timezone.now(),
    )  # fmt: skip
    shown = mine.get(f"prescriptions/{sent.reference}/").json()
    assert shown["patient"]["delivery_address"]["line_1"] == "1 Mill Road"
