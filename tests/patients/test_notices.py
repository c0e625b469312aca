"""Notices to providers: raised by the deeds, told once, acknowledged by somebody, never to who should not hear."""

import datetime as dt

import pytest

from homecare.core.errors import NotAllowed, Refused
from patients import actions as patients
from patients.actions import notices
from patients.models import Enrolment, Patient, ProviderNotice
from prescriptions import actions as prescriptions
from tests.desk.pages import TODAY, enrolled, person, treated
from tests.factories import NOON, TreatmentFactory
from tests.prescriptions.test_actions import approved

pytestmark = pytest.mark.django_db


def raised(enrolment: Enrolment, kind: str = "CONTACT", *, effective_on: dt.date = TODAY) -> ProviderNotice | None:
    return patients.raise_notice(
        enrolment=enrolment, kind=kind, detail="Words", effective_on=effective_on, by=person("TECHNICIAN"), at=NOON
    )


def kinds_of(enrolment: Enrolment) -> list[str]:
    return list(
        ProviderNotice.objects.filter(patient=enrolment.patient_id).order_by("pk").values_list("kind", flat=True)
    )


@pytest.mark.parametrize(
    ("status", "is_told"),
    [
        ("IDENTIFIED", False),
        ("SUITABLE", False),
        ("CONSENTED", False),
        ("DECLINED", False),
        ("REGISTRATION_SENT", True),
        ("REGISTRATION_REJECTED", True),
        ("REGISTERED", True),
        ("AWAITING_TRAINING", True),
        ("ACTIVE", True),
        ("SUSPENDED", True),
    ],
)
def test_a_provider_hears_only_of_those_sent_to_it(status: str, is_told: bool) -> None:
    assert (raised(enrolled(status=status)) is not None) is is_told


def test_a_provider_still_hears_of_those_it_had() -> None:
    enrolment = treated()
    patients.stop(enrolment=enrolment, ended_on=TODAY, stop_reason="REMISSION", by=person("TECHNICIAN"), at=NOON)
    enrolment.refresh_from_db()
    assert raised(enrolment, "COLLECTION") is not None


def test_one_notice_for_each_provider_however_many_treatments() -> None:
    first = treated()
    enrolled(treatment=TreatmentFactory(patient=first.patient), service=first.service)
    other = enrolled(treatment=TreatmentFactory(patient=first.patient))
    found = patients.raise_for_patient(
        patient=first.patient, kind="CONTACT", detail="W", effective_on=TODAY, by=person("TECHNICIAN"), at=NOON
    )
    assert [notice.provider_id for notice in found] == [first.service.provider_id, other.service.provider_id]


@pytest.mark.parametrize(("kind", "is_withdrawn"), [("ADDRESS", True), ("PREFERENCE", True), ("DOSE_CHANGE", False)])
def test_a_later_notice_that_says_the_whole_takes_the_place_of_one_not_told(kind: str, is_withdrawn: bool) -> None:
    enrolment = treated()
    first = raised(enrolment, kind)
    raised(enrolment, kind)
    first.refresh_from_db()
    assert (first.withdrawn_at is not None) is is_withdrawn


def test_one_that_was_told_stays() -> None:
    enrolment = treated()
    first = raised(enrolment, "ADDRESS")
    patients.tell(notices=[first.pk], how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)
    raised(enrolment, "ADDRESS")
    first.refresh_from_db()
    assert first.withdrawn_at is None


# -- the deeds that raise them ----------------------------------------------------------------------------------------


def test_a_pause_and_its_end_are_told_without_the_reason() -> None:
    enrolment, nurse = treated(), person("SPECIALIST_NURSE")
    patients.suspend(
        enrolment=enrolment, starts_on=TODAY, suspension_reason="PREGNANCY", by=nurse, at=NOON, reason="Private words",
        expected_restart_on=dt.date(2026, 4, 1),
    )  # fmt: skip
    patients.resume(enrolment=enrolment, restarts_on=dt.date(2026, 3, 20), by=nurse, at=NOON)
    said = " ".join(ProviderNotice.objects.values_list("detail", flat=True))
    assert kinds_of(enrolment) == ["SUSPENSION", "RESUMPTION"]
    assert "1 April 2026" in said
    assert "regnan" not in said
    assert "Private" not in said


def test_a_new_number_is_told() -> None:
    enrolment = treated()
    patients.change_contact(
        patient=enrolment.patient, kind="MOBILE", value="+447700900999", is_usable=True, safe_to_message=True,
        by=person("ADMINISTRATIVE_SUPPORT"), at=NOON,
    )  # fmt: skip
    assert ProviderNotice.objects.get().detail == "Reach the patient by: Mobile +447700900999."


def test_withdrawn_consent_is_told_and_then_nothing_but_ends() -> None:
    enrolment, technician = treated(), person("TECHNICIAN")
    patients.withdraw_consent(enrolment=enrolment, withdrawn_on=TODAY, by=technician, at=NOON, reason="Private words")
    patients.change_contact(
        patient=enrolment.patient, kind="MOBILE", value="+447700900999", is_usable=True, safe_to_message=True,
        by=technician, at=NOON,
    )  # fmt: skip
    assert kinds_of(enrolment) == ["CONSENT_WITHDRAWN"]
    assert "Private" not in ProviderNotice.objects.get().detail


def test_a_cancelled_prescription_is_told_to_who_has_it() -> None:
    technician, pharmacist = person("TECHNICIAN"), person("CLINICAL_PHARMACIST")
    here, there = treated(), treated()
    prescriptions.cancel(prescription=approved(here, technician, pharmacist), by=technician, at=NOON, reason="Wrong")
    sent = prescriptions.send(prescription=approved(there, technician, pharmacist), by=technician, at=NOON)
    prescriptions.cancel(prescription=sent, by=technician, at=NOON, reason="Wrong")
    assert (kinds_of(here), kinds_of(there)) == ([], ["CANCELLATION"])


# -- told, and known --------------------------------------------------------------------------------------------------


def test_telling_records_who_how_and_when() -> None:
    notice, dilys = raised(treated()), person("TECHNICIAN")
    assert patients.tell(notices=[notice.pk], how="EMAIL", by=dilys, at=NOON) == 1
    notice.refresh_from_db()
    assert (notice.how, notice.told_at, notice.told_by) == ("EMAIL", NOON, dilys)


@pytest.mark.parametrize(
    ("how", "chosen", "words"),
    [
        ("TELEPHONE", 0, "Choose at least one"),
        ("NOT_YET", 1, "Say how"),
        ("API", 1, "Say how"),
        ("", 1, "Say how"),
    ],
)
def test_telling_is_refused_in_words(how: str, chosen: int, words: str) -> None:
    ids = [raised(treated()).pk][:chosen]
    with pytest.raises(Refused, match=words):
        patients.tell(notices=ids, how=how, by=person("TECHNICIAN"), at=NOON)


def test_what_somebody_told_already_is_not_told_twice() -> None:
    both = [raised(treated()).pk, raised(treated()).pk]
    patients.tell(notices=both[:1], how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)
    with pytest.raises(Refused, match="told the provider of one of these already"):
        patients.tell(notices=both, how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)
    assert ProviderNotice.objects.get(pk=both[1]).told_at is None


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(Refused, match="at most 200"):
        patients.tell(notices=range(1, 300), how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)


def test_an_acknowledgement_names_somebody_and_implies_that_it_was_told() -> None:
    notice, dilys = raised(treated()), person("TECHNICIAN")
    with pytest.raises(Refused, match="Say who"):
        patients.acknowledge_notice(notice=notice, acknowledged_by=" ", by=dilys, at=NOON)
    known = patients.acknowledge_notice(notice=notice, acknowledged_by="Jo at the desk", by=dilys, at=NOON)
    assert (known.how, known.acknowledged_by) == ("TELEPHONE", "Jo at the desk")
    with pytest.raises(Refused, match="Jo at the desk acknowledged this already"):
        patients.acknowledge_notice(notice=notice, acknowledged_by="Sam", by=dilys, at=NOON)


@pytest.mark.parametrize(
    ("role", "may"),
    [("TECHNICIAN", True), ("ADMINISTRATIVE_SUPPORT", True), ("CLINICAL_PHARMACIST", True), ("SPECIALIST_NURSE", True),
     ("PRESCRIBER", False), ("FINANCE", False), ("AUDITOR", False)],
)  # fmt: skip
def test_who_may_tell(role: str, may: bool) -> None:
    notice = raised(treated())
    if may:
        assert patients.tell(notices=[notice.pk], how="TELEPHONE", by=person(role), at=NOON) == 1
    else:
        with pytest.raises(NotAllowed):
            patients.tell(notices=[notice.pk], how="TELEPHONE", by=person(role), at=NOON)


def test_what_was_not_told_is_withdrawn_when_the_enrolment_ends() -> None:
    enrolment = treated()
    moot, told = raised(enrolment, "CONTACT"), raised(enrolment, "DOSE_CHANGE")
    patients.tell(notices=[told.pk], how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)
    collection = raised(enrolment, "COLLECTION")
    assert notices.withdraw_untold(enrolment=enrolment, because="Homecare ended.", at=NOON) == 1
    assert list(ProviderNotice.objects.unanswered().order_by("pk")) == [told, collection]
    assert moot.pk not in ProviderNotice.objects.untold().values_list("pk", flat=True)


def test_nobody_is_told_of_the_living_after_a_death() -> None:
    enrolment = treated()
    Patient.objects.filter(pk=enrolment.patient_id).update(deceased=True)
    assert raised(enrolment, "CONTACT") is None
    assert raised(enrolment, "DEATH") is not None
