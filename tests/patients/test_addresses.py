"""Addresses: from a day on, current by themselves, one at a time, told to the provider."""

import datetime as dt

import pytest

from homecare.core.errors import NotAllowed, Refused
from patients import actions as patients
from patients.actions.addresses import delivered_to
from patients.models import Patient, PatientAddress, ProviderNotice
from tests.desk.pages import TODAY, person, treated
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def moved(patient: Patient, line_1: str, *, days: int = 0, use: str = "DELIVERY", now: int = 0, **more: object):
    return patients.change_address(
        patient=patient,
        use=use,
        place=patients.Place(line_1=line_1, postcode="SA1 1AA"),
        starts_on=TODAY + days * DAY,
        by=person("TECHNICIAN"),
        at=NOON + now * DAY,
        **more,
    )


@pytest.fixture
def patient(db: None) -> Patient:
    somebody = treated().patient
    PatientAddress.objects.create(patient=somebody, use="DELIVERY", line_1="Old Street")
    return somebody


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("New", 10)], {0: "Old Street", 9: "Old Street", 10: "New", 99: "New"}),
        ([("New", 0)], {-1: "Old Street", 0: "New"}),
        ([("New", -5)], {-6: "Old Street", -5: "New", 0: "New"}),
        ([("New", 10), ("Newer", 20)], {9: "Old Street", 10: "New", 19: "New", 20: "Newer"}),
        ([("New", 10), ("Newer", 5)], {4: "Old Street", 5: "Newer", 10: "Newer"}),
        ([("New", 10), ("Newer", 10)], {9: "Old Street", 10: "Newer"}),
        ([("Nwe", 0), ("New", 0)], {-1: "Old Street", 0: "New"}),
    ],
)
def test_which_address_holds_when(patient: Patient, moves: list[tuple[str, int]], expected: dict[int, str]) -> None:
    for line, days in moves:
        moved(patient, line, days=days)
    found = {days: delivered_to(patient.pk, on=TODAY + days * DAY).split(",")[0] for days in expected}
    assert found == expected


def test_one_address_holds_on_any_day(patient: Patient) -> None:
    for line, days in (("New", 10), ("Newer", 5), ("Newest", 30), ("Last", 20)):
        moved(patient, line, days=days)
    for days in range(-2, 40):
        assert PatientAddress.objects.filter(patient=patient).on(TODAY + days * DAY).count() == 1


def test_a_day_before_the_present_address_began_is_refused(patient: Patient) -> None:
    moved(patient, "New", days=-5)
    with pytest.raises(Refused, match="began on 25 February 2026"):
        moved(patient, "Newer", days=-6)


def test_medicine_goes_home_where_there_is_no_other_place(patient: Patient) -> None:
    moved(patient, "Home Row", use="HOME", days=-1)
    assert delivered_to(patient.pk, on=TODAY).startswith("Old Street")
    patients.end_delivery_address(patient=patient, ends_on=TODAY, by=person("TECHNICIAN"), at=NOON)
    assert delivered_to(patient.pk, on=TODAY + DAY).startswith("Home Row")


def test_a_delivery_address_does_not_end_where_there_is_no_home(patient: Patient) -> None:
    with pytest.raises(Refused, match="Record the home address first"):
        patients.end_delivery_address(patient=patient, ends_on=TODAY, by=person("TECHNICIAN"), at=NOON)


def test_the_provider_is_told_the_whole_with_the_day(patient: Patient) -> None:
    moved(patient, "New", days=10)
    notice = ProviderNotice.objects.get()
    assert notice.effective_on == TODAY + 10 * DAY
    assert notice.detail == (
        "Delivery address until 11 March 2026: Old Street. Delivery address from 12 March 2026: New, SA1 1AA."
    )


def test_what_is_said_of_a_delivery_under_way_goes_to_its_provider_only(patient: Patient) -> None:
    provider = patient.enrolments.get().service.provider_id
    moved(patient, "New", under_way={provider: "One is booked.", provider + 1: "Not yours."})
    assert ProviderNotice.objects.get().detail.endswith("One is booked.")


@pytest.mark.parametrize(
    ("role", "may"), [("ADMINISTRATIVE_SUPPORT", True), ("TECHNICIAN", True), ("PRESCRIBER", False), ("AUDITOR", False)]
)
def test_who_may_change_an_address(patient: Patient, role: str, may: bool) -> None:
    given = {"patient": patient, "use": "HOME", "place": patients.Place(line_1="X"), "starts_on": TODAY, "at": NOON}
    if may:
        assert patients.change_address(by=person(role), **given).line_1 == "X"
    else:
        with pytest.raises(NotAllowed):
            patients.change_address(by=person(role), **given)


def test_nothing_changes_for_somebody_who_died(patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(deceased=True)
    with pytest.raises(Refused, match="has died"):
        moved(patient, "New")
