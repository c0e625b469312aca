"""What of a registration is sent: the same to the byte for the same form, and no more than the provider needs."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from patients.pathway.registration_data import Attempt, as_data, canonical, flat, sha256
from patients.pathway.registration_form import Address, Need, Suitability, Wishes
from tests.patients.pathway.forms import CHILD, FRIEND, form, service

ATTEMPT = Attempt(
    reference="5f1d1f0a-0000-4000-8000-000000000001",
    number=1,
    sent_at="2026-03-02T12:00:00+00:00",
    trust="Demonstration Hospital",
    call="01634 000000",
    email="team@example.com",
)


def data(**changes: Any) -> dict[str, Any]:
    return as_data(form(**changes), ATTEMPT)


def test_the_same_form_is_the_same_to_the_byte() -> None:
    assert canonical(data()) == canonical(data())
    assert sha256(data()) == sha256(data())


def test_the_order_of_the_keys_does_not_matter() -> None:
    turned = dict(reversed(list(data().items())))
    assert canonical(turned) == canonical(data())


def test_what_a_database_gives_back_has_the_same_fingerprint() -> None:
    given_back = json.loads(json.dumps(data()))
    assert sha256(given_back) == sha256(data())


@pytest.mark.parametrize("changes", [{"given_name": "Alix"}, {"indication": "Crohn’s"}, {"telephones": ()}])
def test_another_form_has_another_fingerprint(changes: dict[str, Any]) -> None:
    assert sha256(data(**changes)) != sha256(data())


def test_a_new_attempt_has_another_fingerprint() -> None:
    assert sha256(as_data(form(), replace(ATTEMPT, number=2))) != sha256(data())


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "</script><script>alert(1)", '#read("/etc/passwd")', "Zoë 🦄 \u202eabc", "'; --"]
)
def test_hostile_values_stay_values(name: str) -> None:
    sent = json.loads(canonical(data(given_name=name)))
    assert sent["patient"]["given_name"] == name


def test_what_is_checked_only_is_not_sent() -> None:
    text = canonical(
        data(
            suitability=Suitability(outcome="SUITABLE_WITH_ADJUSTMENTS", review_due_on=dt.date(2031, 1, 1)),
            service=service(needs_funding=True),
            funding_in_force=True,
        )
    ).decode()
    for word in ("SUITABLE", "2031-01-01", "funding", "ethnicity", "notes"):
        assert word not in text


def test_a_need_that_was_not_shared_stays_here() -> None:
    needs = (Need(kind="BRAILLE", is_shared=True), Need(kind="BSL", detail="Deaf since birth"))
    assert data(needs=needs)["contact"]["accessible_needs"] == [{"kind": "BRAILLE", "detail": ""}]


def test_who_is_not_to_be_contacted_is_reached_by_somebody_else() -> None:
    sent = data(do_not_contact=True, email="alex@example.com", representatives=(FRIEND,))["contact"]
    assert (sent["telephones"], sent["email"], sent["contact_representative_only"]) == ([], None, True)
    assert [who["name"] for who in sent["representatives"]] == ["Sam Friend"]


def test_a_representative_who_may_not_be_contacted_is_not_named() -> None:
    sent = data(representatives=(replace(FRIEND, may_be_contacted=False),))
    assert sent["contact"]["representatives"] == []


def test_a_weight_goes_with_a_child_only() -> None:
    child, adult = data(**CHILD)["patient"], data(weight=CHILD["weight"])["patient"]
    assert (child["weight_kg"], child["weighed_on"], child["is_under_16"]) == ("38.5", "2026-02-27", True)
    assert "weight_kg" not in adult


@pytest.mark.parametrize("has_delivery_address", [True, False])
def test_the_medicine_goes_to_the_delivery_address_else_home(has_delivery_address: bool) -> None:
    work = Address(line_1="Works", postcode="ME4 2BB") if has_delivery_address else None
    assert data(delivery=work)["delivery"]["address"]["line_1"] == ("Works" if has_delivery_address else "1 Mill Road")


def test_wishes_are_said_in_words() -> None:
    sent = data(wishes=Wishes(weekdays=(1, 5), slot="MORNING"))["delivery"]
    assert (sent["weekdays"], sent["slot"]) == (["Monday", "Friday"], "MORNING")


def test_a_nurse_is_needed_by_the_service_or_by_choice() -> None:
    chosen = replace(form().choice or CHILD["choice"], administration="NURSE")
    assert data()["service"]["nurse_visits_needed"] is False
    assert data(choice=chosen)["service"]["nurse_visits_needed"] is True
    assert data(service=service(needs_nurse=True))["service"]["nurse_visits_needed"] is True


def test_rows_for_a_spreadsheet_hold_every_value() -> None:
    rows = dict(flat(data(representatives=(FRIEND,))))
    assert rows["patient.nhs_number"] == "9990000018"
    assert rows["contact.telephones.1"] == "+447700900123"
    assert rows["contact.representatives.1.name"] == "Sam Friend"
    assert rows["contact.interpreter_needed"] == "no"
    assert rows["contact.email"] == ""
