"""What a registration lacked is put on record, and the journey passes "complete" as soon as nothing lacks."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from homecare.accounts.models import Practitioner, User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients.actions import mark_deceased
from patients.actions.registration_details import PatientDetails, TreatmentDetails, mend_patient, mend_treatment
from patients.actions.representatives import Authority, add_representative
from patients.actions.young import record_weight
from patients.models import Consent, Enrolment, PathwayClock, Patient, Treatment
from tests.factories import NOON, ProductFactory
from tests.patients.registrations import person, ready, sent

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def by(db: None) -> User:
    return person()


def details(**changes: Any) -> PatientDetails:
    known: dict[str, Any] = {
        "gp_practice": "Mill Road Surgery",
        "sex": "FEMALE",
        "preferred_contact": "PHONE",
        "nhs_number_checked": True,
    }
    return PatientDetails(**known | changes)


def treatment_details(enrolment: Enrolment, **changes: Any) -> TreatmentDetails:
    known = Treatment.objects.get(pk=enrolment.treatment_id)
    said: dict[str, Any] = {
        "product": known.product,
        "indication": known.indication,
        "consultant": known.consultant,
        "prescriber": known.initiating_prescriber,
    }
    return TreatmentDetails(**said | changes)


def milestones(enrolment: Enrolment) -> list[str]:
    clock = PathwayClock.objects.get(enrolment=enrolment)
    return list(clock.steps.exclude(milestone="").order_by("pk").values_list("milestone", flat=True))


def written(by: User, make: Callable[[], Any]) -> Any:
    with acting(by=by):
        return make()


def test_details_are_put_on_record(by: User) -> None:
    enrolment = ready(by=by, gp_practice="", nhs_number_status="UNVERIFIED")
    mend_patient(enrolment=enrolment, details=details(), by=by, at=NOON)
    patient = Patient.objects.get(pk=enrolment.patient_id)
    assert (patient.gp_practice, patient.nhs_number_status) == ("Mill Road Surgery", "VERIFIED")
    assert patient.recipient.preferred_channel == "PHONE"


def test_a_journey_is_complete_as_soon_as_nothing_lacks(by: User) -> None:
    enrolment = ready(by=by, gp_practice="")
    assert "REGISTRATION_COMPLETE" not in milestones(enrolment)
    mend_patient(enrolment=enrolment, details=details(), by=by, at=NOON + HOUR)
    assert milestones(enrolment)[-1] == "REGISTRATION_COMPLETE"
    assert PathwayClock.objects.get(enrolment=enrolment).stage == "REGISTRATION_TO_SEND"


def test_a_parent_and_a_weight_put_on_record_complete_it_too(by: User) -> None:
    child = ready(by=by, date_of_birth=dt.date(2015, 5, 5), gp_practice="")
    mother = Authority(kind="PARENT", name="Jo Example", telephone="+447700900124", has_parental_responsibility=True)
    parent = add_representative(patient=child.patient, authority=mother, by=by, at=NOON)
    consents = Consent.objects.filter(enrolment=child)
    written(by, lambda: consents.update(given_as="PARENT", representative=parent))
    mend_patient(enrolment=child, details=details(), by=by, at=NOON)
    assert "REGISTRATION_COMPLETE" not in milestones(child)
    record_weight(patient=child.patient, weight_kg=Decimal(30), weighed_on=NOON.date(), by=by, at=NOON)
    assert milestones(child)[-1] == "REGISTRATION_COMPLETE"


def test_it_is_so_once(by: User) -> None:
    enrolment = ready(by=by)
    for hours in (1, 2):
        mend_patient(enrolment=enrolment, details=details(), by=by, at=NOON + hours * HOUR)
    assert milestones(enrolment).count("REGISTRATION_COMPLETE") == 1


def test_nobody_changes_who_has_died(by: User) -> None:
    enrolment = ready(by=by)
    mark_deceased(patient=enrolment.patient, died_on=NOON.date(), by=by, at=NOON)
    with pytest.raises(Refused, match="died"):
        mend_patient(enrolment=enrolment, details=details(), by=by, at=NOON + HOUR)


def test_a_number_that_was_never_there_is_not_verified(by: User) -> None:
    enrolment = ready(by=by, nhs_number=None, nhs_number_status="MISSING")
    mend_patient(enrolment=enrolment, details=details(), by=by, at=NOON)
    assert Patient.objects.get(pk=enrolment.patient_id).nhs_number_status == "MISSING"


def test_a_treatment_s_details_are_put_on_record(by: User) -> None:
    enrolment = ready(by=by)
    pen = written(by, lambda: ProductFactory(medicine=enrolment.medicine, brand="Hyrimoz", strength_value=80))
    mend_treatment(
        enrolment=enrolment,
        details=treatment_details(enrolment, product=pen, indication=" Psoriasis "),
        by=by,
        at=NOON,
    )
    treatment = Treatment.objects.get(pk=enrolment.treatment_id)
    assert (treatment.product_id, treatment.brand, treatment.indication) == (pen.pk, "Hyrimoz", "Psoriasis")


def test_a_product_of_another_medicine_is_refused(by: User) -> None:
    enrolment = ready(by=by)
    other = written(by, ProductFactory)
    with pytest.raises(Refused, match="is not a product of"):
        mend_treatment(enrolment=enrolment, details=treatment_details(enrolment, product=other), by=by, at=NOON)


def test_what_the_provider_has_is_changed_by_another_deed(by: User) -> None:
    enrolment = sent(by=by).enrolment
    with pytest.raises(Refused) as refused:
        mend_treatment(enrolment=enrolment, details=treatment_details(enrolment), by=by, at=NOON)
    assert refused.value.code == "already_sent"


def test_a_number_is_written_where_there_is_none(by: User) -> None:
    enrolment = ready(by=by)
    prescriber = written(by, lambda: Practitioner.objects.create(name="Dr New"))
    given = treatment_details(enrolment, prescriber=prescriber, register="GMC", number=" 7654321 ")
    mend_treatment(enrolment=enrolment, details=given, by=by, at=NOON)
    prescriber.refresh_from_db()
    assert (prescriber.registration_body, prescriber.registration_number) == ("GMC", "7654321")


@pytest.mark.parametrize(
    ("register", "number", "words"),
    [("", "7654321", "which register"), ("GMC", "1234567", "This number is Dr Example's")],
)
def test_a_number_that_cannot_be_is_refused(by: User, register: str, number: str, words: str) -> None:
    enrolment = ready(by=by)
    prescriber = written(by, lambda: Practitioner.objects.create(name="Dr New"))
    given = treatment_details(enrolment, prescriber=prescriber, register=register, number=number)
    with pytest.raises(Refused, match=words):
        mend_treatment(enrolment=enrolment, details=given, by=by, at=NOON)


def test_a_number_on_record_is_not_overwritten(by: User) -> None:
    enrolment = ready(by=by)
    with pytest.raises(Refused, match="on record with the number 1234567"):
        mend_treatment(
            enrolment=enrolment, details=treatment_details(enrolment, register="GMC", number="9"), by=by, at=NOON
        )


@pytest.mark.parametrize(
    ("role", "may_patient", "may_treatment"),
    [("TECHNICIAN", True, True), ("CLINICAL_PHARMACIST", False, True), ("ADMINISTRATIVE_SUPPORT", True, False),
     ("PRESCRIBER", False, False), ("AUDITOR", False, False)],
)  # fmt: skip
def test_who_may(by: User, role: str, may_patient: bool, may_treatment: bool) -> None:
    enrolment, somebody = ready(by=by), person(role)
    given = treatment_details(enrolment)
    for may, deed in (
        (may_patient, lambda: mend_patient(enrolment=enrolment, details=details(), by=somebody, at=NOON)),
        (may_treatment, lambda: mend_treatment(enrolment=enrolment, details=given, by=somebody, at=NOON)),
    ):
        if may:
            deed()
        else:
            with pytest.raises(NotAllowed):
                deed()
