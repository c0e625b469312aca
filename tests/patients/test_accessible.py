"""Accessible information: identified, recorded, shared, met and reviewed; what is no longer needed goes."""

import datetime as dt
from typing import Any

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients.actions.accessible import Need, Needs, record_needs
from patients.models import AccessibleNeed, Patient, ProviderNotice
from tests.factories import NOON, enrolment_with_cover
from tests.patients.assessing import TODAY, person, referred

pytestmark = pytest.mark.django_db
NEXT = TODAY + dt.timedelta(days=180)


@pytest.fixture
def technician() -> User:
    return person()


@pytest.fixture
def patient() -> Patient:
    return enrolment_with_cover(as_at=TODAY).patient


def record(patient: Patient, by: User, *kinds: str, **changes: Any) -> list[AccessibleNeed]:
    needs = Needs(
        needs=[Need(kind=kind, detail=changes.pop("detail", ""), how_met="Posted by us") for kind in kinds],
        language=changes.pop("language", ""),
        interpreter_needed=changes.pop("interpreter_needed", False),
    )
    values = {"share": True, "review_on": NEXT} | changes
    return record_needs(patient=patient, needs=needs, by=by, at=NOON, **values)


def test_a_need_is_recorded_with_how_it_is_met_and_its_review(patient: Patient, technician: User) -> None:
    [need] = record(patient, technician, "BRAILLE")
    assert (need.how_met, need.identified_on, need.reviewed_on, need.review_on) == ("Posted by us", TODAY, TODAY, NEXT)
    assert need.shared_with_provider


def test_the_provider_is_told(patient: Patient, technician: User) -> None:
    record(patient, technician, "BRAILLE", "BSL", language="Polish", interpreter_needed=True)
    [notice] = ProviderNotice.objects.filter(patient=patient, kind="ACCESSIBLE_NEED")
    assert notice.detail == "The patient needs: Braille; British Sign Language; an interpreter, Polish."


def test_the_provider_is_told_that_a_need_is_gone(patient: Patient, technician: User) -> None:
    record(patient, technician, "BRAILLE")
    record(patient, technician, review_on=None)
    assert not AccessibleNeed.objects.filter(patient=patient).exists()
    notices = ProviderNotice.objects.filter(patient=patient, kind="ACCESSIBLE_NEED").order_by("pk")
    assert notices.last().detail == "The patient has no accessible information needs now."
    assert AccessibleNeed.history.filter(patient_id=patient.pk).count() >= 2


def test_what_is_not_to_be_shared_is_not(patient: Patient, technician: User) -> None:
    [need] = record(patient, technician, "BRAILLE", share=False)
    assert not need.shared_with_provider
    assert not ProviderNotice.objects.filter(kind="ACCESSIBLE_NEED").exists()


def test_a_provider_that_does_not_know_the_patient_is_not_told(technician: User) -> None:
    record(referred().patient, technician, "BRAILLE")
    assert not ProviderNotice.objects.exists()


def test_a_need_keeps_the_day_it_was_identified(patient: Patient, technician: User) -> None:
    record(patient, technician, "BRAILLE")
    with acting(by=technician):
        AccessibleNeed.objects.update(identified_on=dt.date(2025, 1, 1))
    [need] = record(patient, technician, "BRAILLE")
    assert (need.identified_on, need.reviewed_on) == (dt.date(2025, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("kinds", "changes", "said"),
    [
        (["BRAILLE"], {"review_on": None}, "asked about again"),
        (["BRAILLE"], {"review_on": TODAY}, "comes after today"),
        ([], {"review_on": TODAY}, "comes after today"),
        (["OTHER"], {"detail": " "}, "what the other need is"),
        ([], {"interpreter_needed": True}, "which language"),
        ([], {"interpreter_needed": True, "language": "Polish", "review_on": None}, "asked about again"),
    ],
)
def test_what_is_refused(
    patient: Patient, technician: User, kinds: list[str], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        record(patient, technician, *kinds, **changes)


def test_the_dead_need_nothing(patient: Patient, technician: User) -> None:
    with acting(by=technician):
        Patient.objects.filter(pk=patient.pk).update(deceased=True)
    with pytest.raises(Refused, match="has died"):
        record(patient, technician, "BRAILLE")


def test_who_may_not(patient: Patient) -> None:
    with pytest.raises(NotAllowed):
        record(patient, person("AUDITOR"), "BRAILLE")
