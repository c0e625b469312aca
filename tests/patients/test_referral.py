"""A patient put on record once, and referred once for a medicine; every refusal says what to do."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from patients import actions
from patients.actions.new_patient import AlreadyRegistered, LooksAlike, Speaker
from patients.actions.referral import AlreadyTreated, Previous
from patients.lookalikes import conditions, find_lookalikes
from patients.matching import Identity
from patients.models import Enrolment, Patient, Treatment
from tests.factories import NOON, PatientFactory, synthetic_nhs_number
from tests.patients.referrals import BORN, a_referral, mary, referred, registered, technician

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def by() -> User:
    return technician(first_name="Dilys", last_name="Example")


# -- a new patient ----------------------------------------------------------------------------------------------------


def test_a_new_patient_is_on_record_with_how_to_reach_her(by: User) -> None:
    patient = registered(by)
    assert str(patient.contact_points.get()) == "Mobile +447700900123"
    assert str(patient.addresses.get()) == "1 High Street, Chatham, ME4 4AA"
    assert (patient.recipient.mobile, patient.recipient.display) == ("+447700900123", "T990001")


def test_without_an_nhs_number_its_status_is_missing(by: User) -> None:
    assert registered(by, nhs_number="").nhs_number_status == "MISSING"


@pytest.mark.parametrize(("is_verified", "status"), [(True, "VERIFIED"), (False, "UNVERIFIED")])
def test_the_status_of_an_nhs_number_is_kept(by: User, is_verified: bool, status: str) -> None:
    assert registered(by, nhs_number_is_verified=is_verified).nhs_number_status == status


def test_needs_and_a_representative_are_kept(by: User) -> None:
    patient = registered(by, needs=(("LARGE_PRINT", "18 point"),), speaker=Speaker("Jo Evans", "CARER", "01632960001"))
    assert (patient.accessible_needs.get().identified_on, patient.representatives.get().name) == (TODAY, "Jo Evans")


def test_whom_it_is_not_safe_to_write_to_nobody_writes_to(by: User) -> None:
    assert registered(by, safe_to_message=False).recipient.mobile == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nhs_number": "9992814404"}, "check digit"),
        ({"hospital_number": " "}, "hospital number"),
        ({"date_of_birth": TODAY + dt.timedelta(days=1)}, "date of birth"),
        ({"date_of_birth": dt.date(1890, 1, 1)}, "date of birth"),
        ({"contacts": ()}, "telephone"),
        ({"contacts": (("EMAIL", "mary@example.com"),)}, "telephone"),
    ],
)
def test_a_new_patient_is_refused(by: User, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        registered(by, **changes)
    assert not Patient.objects.exists()


def test_a_representative_s_telephone_will_do(by: User) -> None:
    assert registered(by, contacts=(), speaker=Speaker("Jo Evans", "PARENT", "01632960001")).pk


@pytest.mark.parametrize("role", ["CLINICAL_PHARMACIST", "PRESCRIBER", "CHIEF_PHARMACIST", "FINANCE"])
def test_a_role_that_may_not_change_patients_registers_none(role: str) -> None:
    with pytest.raises(NotAllowed):
        registered(technician(role))


@pytest.mark.parametrize("same", ["nhs_number", "hospital_number"])
def test_a_number_that_is_taken_says_by_whom_and_when(by: User, same: str) -> None:
    first = mary()
    patient = actions.register_patient(person=first, by=by, at=NOON)
    other = mary(hospital_number="T555555", family_name="Patel", given_name="Anil", date_of_birth=dt.date(1980, 1, 1))
    with pytest.raises(AlreadyRegistered, match=r"Dilys Example registered it .*at \d\d:\d\d") as refusal:
        registered(by, **vars(replace(other, **{same: getattr(first, same)})))
    assert refusal.value.patient_id == patient.pk


def test_a_look_alike_stops_a_new_patient_until_somebody_says_they_differ(by: User) -> None:
    first = registered(by)
    twin = mary(hospital_number="T990002", given_name="Martha")
    with pytest.raises(LooksAlike, match="1 patient on record") as refusal:
        actions.register_patient(person=twin, by=by, at=NOON)
    assert [one.patient_id for one in refusal.value.found] == [first.pk]
    actions.register_patient(person=twin, different_from=[first.pk], by=by, at=NOON)
    assert Patient.objects.count() == 2


def test_saying_that_they_differ_does_not_allow_the_same_number(by: User) -> None:
    first = mary()
    patient = actions.register_patient(person=first, by=by, at=NOON)
    with pytest.raises(AlreadyRegistered):
        actions.register_patient(person=first, different_from=[patient.pk], by=by, at=NOON)


# -- looking for somebody ---------------------------------------------------------------------------------------------


def people(*rows: dict[str, Any]) -> list[Patient]:
    with acting(by=User.objects.system("command")):
        return [PatientFactory(**row) for row in rows]


def test_who_shares_a_number_comes_first_then_the_likest() -> None:
    twin, same, _ = people(
        {"family_name": "Evans", "given_name": "Martha", "date_of_birth": BORN},
        {"nhs_number": "9992814403"},
        {"family_name": "Patel", "date_of_birth": dt.date(1940, 1, 1)},
    )
    found = find_lookalikes(Identity("9992814403", "", "Evans", "Mary", BORN))
    assert [one.patient_id for one in found] == [same.pk, twin.pk]


@pytest.mark.parametrize(
    "asked",
    [
        Identity(nhs_number="9992814430"),
        Identity(hospital_number="t-990001"),
        Identity(family_name="EVANS", given_name="Mary", date_of_birth=dt.date(1961, 4, 3)),
        Identity(family_name="Mary", given_name="Evans", date_of_birth=BORN),
        Identity(family_name="Evens", given_name="Marie", date_of_birth=BORN),
    ],
)
def test_a_slip_in_what_is_asked_still_finds_her(asked: Identity) -> None:
    [found] = people({"nhs_number": "9992814403", "hospital_number": "T990001", "family_name": "Evans",
                      "given_name": "Mary", "date_of_birth": BORN})  # fmt: skip
    assert [one.patient_id for one in find_lookalikes(asked)] == [found.pk]


def test_looking_is_one_query_however_many_there_are() -> None:
    people(*({"family_name": f"Evan{n}", "date_of_birth": BORN} for n in range(30)))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find_lookalikes(Identity("9992814403", "T1", "Evans", "Mary", BORN))
    assert len(queries) == 1


def test_looking_reads_no_table_through() -> None:
    rows = Patient.objects.annotate(family=Upper("family_name"), given=Upper("given_name"))
    asked = rows.filter(conditions(Identity("9992814403", "T1", "Evans", "Mary", BORN))).values_list("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table would be read through all the same
        plan = asked.explain()
    assert "Seq Scan" not in plan
    for index in ("nhs_number", "hospital_number", "date_of_birth", "patient_name"):
        assert index in plan


def test_looking_by_nothing_asks_nothing() -> None:
    assert find_lookalikes(Identity()) == []


# -- a referral -------------------------------------------------------------------------------------------------------


def test_a_referral_is_a_treatment_and_an_enrolment_that_is_identified(by: User) -> None:
    enrolment = referred(by)
    assert (enrolment.status, enrolment.referred_on) == ("IDENTIFIED", TODAY)
    assert [(c.event, c.to_status, c.by) for c in enrolment.status_changes.all()] == [("identify", "IDENTIFIED", by)]
    assert enrolment.treatment.brand == "Examplor"


def test_the_clinic_s_consultant_is_taken_where_none_is_named(by: User) -> None:
    referral = a_referral()
    with acting(by=by):
        from homecare.accounts.models import Practitioner

        referral.clinic.consultant = Practitioner.objects.create(name="Dr Example")
        referral.clinic.save()
    enrolment = actions.refer(patient=registered(by), referral=referral, by=by, at=NOON)
    assert str(enrolment.treatment.consultant) == "Dr Example"


def test_what_was_tried_before_is_kept(by: User) -> None:
    known = a_referral()
    previous = (
        Previous("Methotrexate", medicine_id=known.medicine.pk, stop_reason="NO_RESPONSE"),
        Previous("A herb", stopped_on=dt.date(2025, 1, 1)),
    )
    referral = replace(a_referral(), previous=previous, line_of_therapy=3)
    treatment = actions.refer(patient=registered(by), referral=referral, by=by, at=NOON).treatment
    rows = [(one.medicine_id, one.medicine_text) for one in treatment.previous.order_by("pk")]
    assert rows == [(known.medicine.pk, ""), (None, "A herb")]


def test_a_patient_may_have_two_medicines_from_two_providers(by: User) -> None:
    patient = registered(by)
    first, second = (actions.refer(patient=patient, referral=a_referral(), by=by, at=NOON) for _ in range(2))
    assert first.service.provider_id != second.service.provider_id


def refused(by: User, **changes: Any) -> Callable[[], Enrolment]:
    patient = registered(by)
    return lambda: actions.refer(patient=patient, referral=replace(a_referral(), **changes), by=by, at=NOON)


def test_a_second_open_treatment_is_refused_with_the_first(by: User) -> None:
    enrolment = referred(by)
    again = replace(a_referral(), medicine=enrolment.medicine, service=enrolment.service, product=None)
    with pytest.raises(AlreadyTreated, match="Dilys Example recorded this as identified at 12:00") as refusal:
        actions.refer(patient=enrolment.patient, referral=again, by=by, at=NOON)
    assert refusal.value.enrolment_id == enrolment.pk


def test_after_a_decline_the_same_treatment_is_taken_up_again(by: User) -> None:
    enrolment = referred(by)
    with acting(by=by):
        actions.move(enrolment=enrolment, event="decline", by=by, at=NOON)
    again = replace(a_referral(), medicine=enrolment.medicine, service=enrolment.service, product=None)
    second = actions.refer(patient=enrolment.patient, referral=again, by=by, at=NOON)
    assert (second.treatment_id, second.pk != enrolment.pk) == (enrolment.treatment_id, True)


def test_a_deceased_patient_is_refused(by: User) -> None:
    patient = registered(by)
    actions.mark_deceased(patient=patient, died_on=TODAY, by=by, at=NOON)
    with pytest.raises(Refused, match="has died"):
        actions.refer(patient=patient, referral=a_referral(), by=by, at=NOON)


@pytest.mark.parametrize(
    ("missing", "words"), [({"gp_practice": ""}, "GP practice"), ({"address": None}, "address with its postcode")]
)
def test_what_is_missing_is_asked_for_first(by: User, missing: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        actions.refer(patient=registered(by, **missing), referral=a_referral(), by=by, at=NOON)


def test_what_was_missing_is_added(by: User) -> None:
    patient = registered(by, gp_practice="", address=None)
    actions.complete_particulars(
        patient=patient, address=mary().address, gp_practice="The Surgery", telephone=("LANDLINE", "+441632960001"),
        by=by, at=NOON,
    )  # fmt: skip
    assert actions.refer(patient=patient, referral=a_referral(), by=by, at=NOON).pk


@pytest.mark.parametrize("status", ["DRAFT", "RETIRED"])
def test_a_medicine_that_nobody_approved_is_refused(by: User, status: str) -> None:
    with pytest.raises(Refused, match="not approved in the formulary"):
        actions.refer(patient=registered(by), referral=a_referral(medicine={"status": status}), by=by, at=NOON)


@pytest.mark.parametrize("status", ["PROPOSED", "APPROVED", "CLOSED_TO_NEW", "ENDED"])
def test_a_service_that_takes_no_new_patient_is_refused(by: User, status: str) -> None:
    with pytest.raises(Refused, match="Service"):
        actions.refer(patient=registered(by), referral=a_referral(service={"status": status}), by=by, at=NOON)


def test_a_service_that_does_not_supply_it_is_refused(by: User) -> None:
    with pytest.raises(Refused, match="does not supply"):
        refused(by, service=a_referral().service)()


def test_a_biologic_without_its_brand_is_refused(by: User) -> None:
    referral = replace(a_referral(medicine={"prescribed_by_brand": True}), product=None)
    with pytest.raises(Refused, match="prescribed by brand"):
        actions.refer(patient=registered(by), referral=referral, by=by, at=NOON)


def test_another_medicine_s_product_is_refused(by: User) -> None:
    with pytest.raises(Refused, match="is not a product of"):
        refused(by, product=a_referral().product)()


def test_a_referral_of_tomorrow_is_refused(by: User) -> None:
    with pytest.raises(Refused, match="future"):
        refused(by, referred_on=TODAY + dt.timedelta(days=1))()


@pytest.mark.parametrize("role", ["ADMINISTRATIVE_SUPPORT", "PRESCRIBER", "SPECIALIST_NURSE", "CHIEF_PHARMACIST"])
def test_a_role_that_may_not_enrol_refers_nobody(by: User, role: str) -> None:
    patient = registered(by)
    with pytest.raises(NotAllowed):
        actions.refer(patient=patient, referral=a_referral(), by=technician(role), at=NOON)


# -- two at once ------------------------------------------------------------------------------------------------------


def at_once(deed: Callable[[], Any], *, times: int = 4) -> list[BaseException]:
    start, errors = threading.Barrier(times), []

    def run() -> None:
        start.wait()
        try:
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_the_same_number_at_once_is_one_patient_and_the_others_are_told() -> None:
    by = technician(first_name="Dilys", last_name="Example")
    number = synthetic_nhs_number()
    errors = at_once(lambda: actions.register_patient(person=mary(nhs_number=number), by=by, at=NOON))
    assert [type(error) for error in errors] == [AlreadyRegistered] * 3
    assert all("Dilys Example registered it" in str(error) for error in errors)
    assert Patient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_treatment_at_once_is_one_and_the_others_are_told() -> None:
    by = technician(first_name="Dilys", last_name="Example")
    patient, referral = registered(by), a_referral()
    errors = at_once(lambda: actions.refer(patient=patient, referral=referral, by=by, at=NOON))
    assert [type(error) for error in errors] == [AlreadyTreated] * 3
    assert all("Dilys Example recorded this as identified at 12:00" in str(error) for error in errors)
    assert Treatment.objects.count() == Enrolment.objects.count() == 1
