"""A renewal carried on to its end: signed, screened, sent, acknowledged, delivered, and the cover moves."""

import datetime as dt

import pytest

from deliveries import actions as deliveries
from homecare.accounts.models import Practitioner, User
from homecare.audit.actions import acting
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from patients import actions as patients
from patients.models import Cover, Enrolment
from prescriptions import actions
from prescriptions.actions.prescription import SignedPrescription
from prescriptions.models import ClinicalScreen, Prescription, RenewalRequest
from prescriptions.states import PrescriptionStatus, RenewalStatus
from tests.factories import NOON, HomecareServiceFactory, UserFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def person(role: str) -> User:
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role)


@pytest.fixture
def enrolment() -> Enrolment:
    return enrolment_with_cover(as_at=TODAY)


@pytest.fixture
def technician() -> User:
    return person("TECHNICIAN")


@pytest.fixture
def pharmacist() -> User:
    return person("CLINICAL_PHARMACIST")


def signed(**changes: object) -> SignedPrescription:
    values: dict[str, object] = {
        "signed_on": TODAY,
        "prescriber": None,
        "prescribed_by": None,
        "artefact": Prescription.Artefact.WET_INK_ORIGINAL,
        "deliveries": 2,
        "units_each": 6,
        "interval_days": 84,
    }
    return SignedPrescription(**(values | changes))  # type: ignore[arg-type]


def submitted(enrolment: Enrolment, by: User) -> Prescription:
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=by, at=NOON)
    return actions.record_signed(renewal=renewal, signed=signed(), by=by, at=NOON)


def approved(enrolment: Enrolment, by: User, pharmacist: User) -> Prescription:
    prescription = submitted(enrolment, by)
    return actions.screen(prescription=prescription, outcome="APPROVED", by=pharmacist, at=NOON).prescription


def test_a_second_asker_joins_the_open_renewal(enrolment: Enrolment, technician: User) -> None:
    first = actions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=technician, at=NOON)
    second = actions.open_renewal(enrolment=enrolment, asked_by="PROVIDER", by=technician, at=NOON)
    assert (first, list(second.asks.values_list("asked_by", flat=True))) == (second, ["CLINIC", "PROVIDER"])


def test_an_ended_enrolment_is_not_renewed(enrolment: Enrolment, technician: User) -> None:
    from homecare.desk import deeds

    deeds.stop_treatment(enrolment=enrolment, ended_on=TODAY, stop_reason="REMISSION", by=technician, at=NOON)
    with pytest.raises(Refused, match="nor on treatment"):
        actions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=technician, at=NOON)


def test_a_signed_prescription_waits_for_screening(enrolment: Enrolment, technician: User) -> None:
    prescription = submitted(enrolment, technician)
    assert list(Prescription.objects.awaiting_screening()) == [prescription]


def test_the_last_legal_day_is_six_months_less_a_day(enrolment: Enrolment, technician: User) -> None:
    assert submitted(enrolment, technician).last_valid_on == dt.date(2026, 9, 1)


def test_a_schedule_two_drug_has_one_delivery(enrolment: Enrolment, technician: User) -> None:
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=technician, at=NOON)
    with acting(by=User.objects.system("command")):
        enrolment.medicine.controlled_drug_schedule = "2"
        enrolment.medicine.save()
    with pytest.raises(Refused, match="not repeatable"):
        actions.record_signed(
            renewal=RenewalRequest.objects.get(pk=renewal.pk), signed=signed(), by=technician, at=NOON
        )


def test_a_signature_in_the_future_is_refused(enrolment: Enrolment, technician: User) -> None:
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=technician, at=NOON)
    with pytest.raises(Refused, match="in the future"):
        actions.record_signed(
            renewal=renewal, signed=signed(signed_on=TODAY + dt.timedelta(days=1)), by=technician, at=NOON
        )


def test_a_technician_may_not_screen(enrolment: Enrolment, technician: User) -> None:
    prescription = submitted(enrolment, technician)
    with pytest.raises(NotAllowed):
        actions.screen(prescription=prescription, outcome="APPROVED", by=technician, at=NOON)


@pytest.mark.parametrize("how", ["prescribed_by", "prescriber"])
def test_nobody_screens_what_they_prescribed(
    enrolment: Enrolment, technician: User, pharmacist: User, how: str
) -> None:
    prescription = submitted(enrolment, technician)
    with acting(by=technician):
        if how == "prescribed_by":
            prescription.prescribed_by = pharmacist
        else:
            prescription.prescriber = Practitioner.objects.create(name="P", user=pharmacist)
        prescription.save()
    with pytest.raises(Refused, match="Another pharmacist"):
        actions.screen(prescription=prescription, outcome="APPROVED", by=pharmacist, at=NOON)


def test_nobody_screens_what_they_signed_in_an_earlier_role(enrolment: Enrolment, pharmacist: User) -> None:
    renewal = actions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=pharmacist, at=NOON)
    prescriber = person("PRESCRIBER")
    prescription = actions.record_signed(renewal=renewal, signed=signed(), by=prescriber, at=NOON)
    with acting(by=User.objects.system("command")):
        prescriber.role = "CLINICAL_PHARMACIST"
        prescriber.save()
    with pytest.raises(Refused, match="Another pharmacist"):
        actions.screen(prescription=prescription, outcome="APPROVED", by=prescriber, at=NOON)


@pytest.mark.parametrize("outcome", ["QUERIED", "REJECTED"])
def test_a_query_or_a_rejection_says_why(
    enrolment: Enrolment, technician: User, pharmacist: User, outcome: str
) -> None:
    with pytest.raises(Refused, match="Say what"):
        actions.screen(prescription=submitted(enrolment, technician), outcome=outcome, by=pharmacist, at=NOON)


def test_a_rejected_prescription_sends_its_renewal_back_to_the_clinic(
    enrolment: Enrolment, technician: User, pharmacist: User
) -> None:
    prescription = submitted(enrolment, technician)
    actions.screen(prescription=prescription, outcome="REJECTED", by=pharmacist, at=NOON, reason="Wrong strength")
    assert RenewalRequest.objects.get(enrolment=enrolment).status == RenewalStatus.AWAITING_CLINIC


def test_a_prescription_cancelled_in_the_pharmacy_is_asked_for_again(enrolment: Enrolment, technician: User) -> None:
    prescription = submitted(enrolment, technician)
    actions.cancel(prescription=prescription, by=technician, at=NOON, reason="Wrong patient's form")
    assert RenewalRequest.objects.get(enrolment=enrolment).status == RenewalStatus.AWAITING_CLINIC


def test_an_answered_query_goes_back_to_screening(enrolment: Enrolment, technician: User, pharmacist: User) -> None:
    prescription = submitted(enrolment, technician)
    actions.screen(prescription=prescription, outcome="QUERIED", by=pharmacist, at=NOON, reason="Weight?")
    actions.answer_query(prescription=prescription, by=technician, at=NOON, reason="72 kg")
    screen = actions.screen(prescription=prescription, outcome="APPROVED", by=pharmacist, at=NOON)
    assert screen.prescription.status == PrescriptionStatus.APPROVED


def test_an_unscreened_prescription_cannot_be_sent(enrolment: Enrolment, technician: User) -> None:
    with pytest.raises(IllegalMove):
        actions.send(prescription=submitted(enrolment, technician), by=technician, at=NOON)


def test_an_expired_prescription_cannot_be_sent(enrolment: Enrolment, technician: User, pharmacist: User) -> None:
    prescription = approved(enrolment, technician, pharmacist)
    with pytest.raises(Refused, match="last valid"):
        actions.send(prescription=prescription, by=technician, at=NOON + dt.timedelta(days=200))


def test_nothing_is_sent_of_somebody_who_withdrew_consent(
    enrolment: Enrolment, technician: User, pharmacist: User
) -> None:
    prescription = approved(enrolment, technician, pharmacist)
    patients.withdraw_consent(enrolment=enrolment, withdrawn_on=TODAY, by=technician, at=NOON, reason="Asked to stop")
    with pytest.raises(Refused, match="withdrawn consent"):
        actions.send(prescription=prescription, by=technician, at=NOON)


def test_a_consent_given_again_lets_it_be_sent(enrolment: Enrolment, technician: User, pharmacist: User) -> None:
    prescription = approved(enrolment, technician, pharmacist)
    patients.withdraw_consent(enrolment=enrolment, withdrawn_on=TODAY, by=technician, at=NOON, reason="Asked to stop")
    patients.record_consent(
        enrolment=enrolment, version="2", method="VERBAL", given_on=TODAY, taken_by="", by=technician, at=NOON
    )
    assert actions.send(prescription=prescription, by=technician, at=NOON).status == PrescriptionStatus.SENT


def test_nothing_is_sent_to_a_provider_whom_the_patient_has_left(
    enrolment: Enrolment, technician: User, pharmacist: User
) -> None:
    prescription = approved(enrolment, technician, pharmacist)
    with acting(by=technician):
        enrolment.service = HomecareServiceFactory()
        enrolment.save()
    with pytest.raises(Refused, match="the patient is with"):
        actions.send(prescription=prescription, by=technician, at=NOON)


def test_sending_closes_the_renewal_and_moves_the_prompt(
    enrolment: Enrolment, technician: User, pharmacist: User
) -> None:
    before = Cover.objects.get(pk=enrolment.pk).prompt_due_on
    actions.send(prescription=approved(enrolment, technician, pharmacist), by=technician, at=NOON)
    after = Cover.objects.get(pk=enrolment.pk).prompt_due_on
    assert before is not None
    assert after is not None
    assert after > before
    assert RenewalRequest.objects.get(enrolment=enrolment).status == RenewalStatus.CLOSED


def test_a_delivery_moves_the_first_uncovered_dose(technician: User, pharmacist: User) -> None:
    enrolment = enrolment_with_cover(as_at=TODAY - dt.timedelta(days=1))
    prescription = actions.send(prescription=approved(enrolment, technician, pharmacist), by=technician, at=NOON)
    actions.acknowledge(prescription=prescription, by=technician, at=NOON)
    delivery = deliveries.plan_next(prescription=prescription, by=technician, at=NOON)
    deliveries.record_delivered(
        delivery=delivery,
        delivered_on=TODAY,
        lines=[deliveries.Line(units=6, batch_number="B1")],
        by=technician,
        at=NOON,
    )
    assert Cover.objects.get(pk=enrolment.pk).first_uncovered_dose_on == TODAY + dt.timedelta(days=8 * 14)


def test_the_last_delivery_exhausts_the_prescription(enrolment: Enrolment, technician: User, pharmacist: User) -> None:
    prescription = actions.send(prescription=approved(enrolment, technician, pharmacist), by=technician, at=NOON)
    for days in (0, 84):
        at = NOON + dt.timedelta(days=days)
        delivery = deliveries.plan_next(prescription=prescription, by=technician, at=at)
        deliveries.record_delivered(
            delivery=delivery, delivered_on=at.date(), lines=[deliveries.Line(units=6)], by=technician, at=at
        )
    prescription.refresh_from_db()
    assert prescription.status == PrescriptionStatus.EXHAUSTED
    with pytest.raises(Refused, match="exhausted"):
        deliveries.plan_next(prescription=prescription, by=technician, at=NOON)


def test_each_screen_keeps_who_and_when(enrolment: Enrolment, technician: User, pharmacist: User) -> None:
    approved(enrolment, technician, pharmacist)
    assert list(ClinicalScreen.objects.values_list("screened_by", "screened_at")) == [(pharmacist.pk, NOON)]
