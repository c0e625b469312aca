"""What hangs on a treatment that moves: asked for by exactly one, cancelled at the old provider, carried on once."""

import datetime as dt

import pytest

from deliveries import actions as deliveries
from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.core.errors import Refused
from homecare.desk import deeds as desk
from homecare.desk.deeds.dosing import DoseChange, What
from homecare.desk.moving import deeds
from homecare.desk.sweep.actions import sweep
from medicines.models import MonitoringProtocol, ProtocolPhase, ProtocolTest, TestType
from monitoring import actions as monitoring
from monitoring.models import MonitoringItem, MonitoringPlan
from patients.actions import transfer as transfers
from patients.actions.enrolment import move
from patients.actions.regimen import Doses
from patients.actions.registration import close_registration
from patients.models import Cover, Enrolment, Transfer
from prescriptions import actions as prescriptions
from prescriptions.actions.prescription import SignedPrescription
from prescriptions.models import Prescription, RenewalRequest
from prescriptions.states import RENEWAL_WITH_CLINIC
from tests.desk.pages import person
from tests.factories import NOON, consented, enrolment_with_cover
from tests.patients.transfers import TODAY, bring_to_first_dose, live_service

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def technician() -> User:
    return person("TECHNICIAN")


@pytest.fixture
def old() -> Enrolment:
    return enrolment_with_cover(as_at=TODAY)


def start(old: Enrolment, by: User, *, supplies: bool = True) -> Transfer:
    return deeds.start_transfer(
        enrolment=old, to_service=live_service(old.medicine), by=by, at=NOON, reason="They closed",
        old_provider_supplies=supplies,
    )  # fmt: skip


def finish(transfer: Transfer, by: User) -> None:
    bring_to_first_dose(transfer.to_enrolment, by=by, at=NOON)
    transfers.finish_if_transfer(transfer.to_enrolment, on=TODAY, by=by, at=NOON)


def written(enrolment: Enrolment, by: User) -> Prescription:
    renewal = prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=by, at=NOON)
    signed = SignedPrescription(
        signed_on=TODAY, prescriber=None, prescribed_by=None, artefact="WET_INK_ORIGINAL", deliveries=2, units_each=6,
        interval_days=84,
    )  # fmt: skip
    return prescriptions.record_signed(renewal=renewal, signed=signed, by=by, at=NOON)


def at_provider(enrolment: Enrolment, by: User) -> Prescription:
    prescription = written(enrolment, by)
    prescriptions.screen(prescription=prescription, outcome="APPROVED", by=person("CLINICAL_PHARMACIST"), at=NOON)
    return prescriptions.send(prescription=prescription, by=by, at=NOON)


def sweep_on(day: dt.date) -> int:
    return sweep(by=User.objects.system("sweep"), at=at_local(day, 9)).opened


def statuses(model: type) -> list[str]:
    return list(model.objects.order_by("pk").values_list("status", flat=True))


# Exactly one asks


def test_the_old_enrolment_goes_on_asking(old: Enrolment, technician: User) -> None:
    start(old, technician)
    assert sweep_on(TODAY + 30 * DAY) == 1
    assert RenewalRequest.objects.get().enrolment == old


def test_it_does_not_ask_while_the_new_ones_prescription_is_under_way(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    written(transfer.to_enrolment, technician)
    assert sweep_on(TODAY + 30 * DAY) == 0


def test_it_does_not_ask_once_the_new_provider_has_enough_to_give(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    consented(transfer.to_enrolment)
    at_provider(transfer.to_enrolment, technician)
    assert sweep_on(TODAY + 30 * DAY) == 0


def test_every_enrolment_on_treatment_is_in_one_class_meanwhile(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    written(transfer.to_enrolment, technician)
    report = sweep(by=User.objects.system("sweep"), at=at_local(TODAY + 30 * DAY, 9)).as_report()
    assert report["enrolments"] == {"NOT_YET_DUE": 0, "RENEWAL_OPEN": 1, "SUSPENDED": 0, "HELD": 0}


def test_after_the_transfer_the_new_one_asks(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    finish(transfer, technician)
    assert sweep_on(TODAY + 30 * DAY) == 1
    assert RenewalRequest.objects.get().enrolment_id == transfer.to_enrolment_id


# A provider that supplies nothing more


def test_what_a_failed_provider_holds_is_cancelled_and_asked_for_anew(old: Enrolment, technician: User) -> None:
    prescription = at_provider(old, technician)
    deliveries.plan_next(prescription=prescription, by=technician, at=NOON)
    start(old, technician, supplies=False)
    assert (statuses(Prescription), statuses(Delivery)) == (["CANCELLED"], ["CANCELLED"])
    renewal = RenewalRequest.objects.open().get()
    assert renewal.enrolment == old  # in its place among those who run out
    assert renewal.first_uncovered_dose_on == Cover.objects.get(pk=old.pk).first_uncovered_dose_on


@pytest.mark.parametrize("asked", ["old", "new"])
def test_what_is_signed_then_is_for_the_new_provider(old: Enrolment, technician: User, asked: str) -> None:
    transfer = start(old, technician, supplies=False)
    prescription = written(old if asked == "old" else transfer.to_enrolment, technician)
    assert RenewalRequest.objects.open().get().enrolment == old
    assert (prescription.enrolment, prescription.provider) == (
        transfer.to_enrolment, transfer.to_enrolment.service.provider,
    )  # fmt: skip


def test_an_open_request_stays_and_is_joined(old: Enrolment, technician: User) -> None:
    renewal = prescriptions.open_renewal(enrolment=old, asked_by="CLINIC", by=technician, at=NOON)
    start(old, technician, supplies=False)
    assert RenewalRequest.objects.open().get() == renewal


def test_a_request_that_was_answered_for_the_old_provider_is_asked_again(old: Enrolment, technician: User) -> None:
    written(old, technician)
    start(old, technician, supplies=False)
    assert (statuses(RenewalRequest), statuses(Prescription)) == (["STOPPED", "REQUESTED"], ["CANCELLED"])


def test_nothing_more_is_sent_to_a_failed_provider(old: Enrolment, technician: User) -> None:
    prescription = written(old, technician)
    prescriptions.screen(prescription=prescription, outcome="APPROVED", by=person("CLINICAL_PHARMACIST"), at=NOON)
    transfers.start_transfer(
        enrolment=old, to_service=live_service(old.medicine), by=technician, at=NOON, reason="They closed",
        old_provider_supplies=False,
    )  # fmt: skip
    with pytest.raises(Refused, match="supplies nothing more"):
        prescriptions.send(prescription=prescription, by=technician, at=NOON)


def test_called_off_the_prescription_is_asked_for_again(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician, supplies=False)
    written(old, technician)
    deeds.cancel_transfer(transfer=transfer, by=technician, at=NOON, reason="They can supply after all")
    assert (statuses(RenewalRequest), statuses(Prescription)) == (["STOPPED"], ["CANCELLED"])
    assert sweep_on(TODAY + 30 * DAY) == 1


def test_a_prescription_waits_for_consent_to_share(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    prescription = written(transfer.to_enrolment, technician)
    prescriptions.screen(prescription=prescription, outcome="APPROVED", by=person("CLINICAL_PHARMACIST"), at=NOON)
    with pytest.raises(Refused, match="has not consented yet"):
        prescriptions.send(prescription=prescription, by=technician, at=NOON)


# The end


def test_the_old_provider_gives_nothing_after_the_first_dose(old: Enrolment, technician: User) -> None:
    prescription = at_provider(old, technician)
    deliveries.plan_next(prescription=prescription, by=technician, at=NOON)
    transfer = start(old, technician)
    assert statuses(Prescription) == ["SENT"]
    finish(transfer, technician)
    assert (statuses(Prescription), statuses(Delivery)) == (["CANCELLED"], ["CANCELLED"])


def test_whoever_tells_of_the_first_dose_the_transfer_is_finished(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    bring_to_first_dose(transfer.to_enrolment, by=technician, at=NOON)
    nurse = person("SPECIALIST_NURSE")  # may not cancel a prescription, but may say that a dose was taken
    finished = transfers.finish_if_transfer(transfer.to_enrolment, on=TODAY, by=nurse, at=NOON)
    assert finished is not None
    change = finished.from_enrolment.status_changes.get(event="finish_transfer")
    assert change.by.username == "system:transfers"


def test_an_enrolment_that_no_transfer_made_is_left_alone(old: Enrolment, technician: User) -> None:
    assert transfers.finish_if_transfer(old, on=TODAY, by=technician, at=NOON) is None


def test_a_parcel_on_its_way_arrives_on_the_old_prescription(old: Enrolment, technician: User) -> None:
    prescription = at_provider(old, technician)
    delivery = deliveries.plan_next(prescription=prescription, by=technician, at=NOON)
    for event in ("book", "dispatch"):
        deliveries.move(delivery=delivery, event=event, by=technician, at=NOON)
    transfer = start(old, technician)
    finish(transfer, technician)
    before = Cover.objects.get(pk=transfer.to_enrolment_id).first_uncovered_dose_on
    deliveries.record_delivered(
        delivery=Delivery.objects.get(), delivered_on=TODAY + DAY, lines=[deliveries.Line(units=2)], by=technician,
        at=NOON + DAY,
    )  # fmt: skip
    assert Cover.objects.get(pk=transfer.to_enrolment_id).first_uncovered_dose_on == before + 28 * DAY


def test_blood_tests_go_on_with_the_new_enrolment(old: Enrolment, technician: User) -> None:
    monitored(old, technician)
    transfer = start(old, technician)
    finish(transfer, technician)
    plan = MonitoringPlan.objects.get()
    assert (plan.enrolment_id, plan.ended_on) == (transfer.to_enrolment_id, None)
    assert MonitoringItem.objects.waiting().count() == 1


def test_of_two_plans_nothing_due_is_lost_and_nothing_doubled(old: Enrolment, technician: User) -> None:
    protocol = monitored(old, technician)
    transfer = start(old, technician)
    monitoring.start_plan(
        enrolment=transfer.to_enrolment, protocol=protocol, started_on=TODAY + 20 * DAY, by=technician, at=NOON
    )
    due_on = MonitoringItem.objects.order_by("pk").first().due_on
    finish(transfer, technician)
    item = MonitoringItem.objects.waiting().get()
    assert (item.plan.enrolment_id, item.due_on) == (transfer.to_enrolment_id, due_on)


def monitored(enrolment: Enrolment, by: User) -> MonitoringProtocol:
    protocol = MonitoringProtocol.objects.create(medicine=enrolment.medicine, source="a test")
    phase = ProtocolPhase.objects.create(protocol=protocol, order=1, interval_days=28)
    ProtocolTest.objects.create(phase=phase, test_type=TestType.objects.create(code="FBC", name="Full blood count"))
    monitoring.start_plan(enrolment=enrolment, protocol=protocol, started_on=TODAY, by=by, at=NOON)
    return protocol


# Calling it off, and other ends


def test_called_off_what_was_asked_for_the_new_provider_ends(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    written(transfer.to_enrolment, technician)
    deeds.cancel_transfer(transfer=transfer, by=technician, at=NOON, reason="They can supply after all")
    assert (statuses(Prescription), statuses(RenewalRequest)) == (["CANCELLED"], ["STOPPED"])
    assert sweep_on(TODAY + 30 * DAY) == 1


def test_a_treatment_that_stops_ends_what_was_asked_for_the_new_provider(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    written(transfer.to_enrolment, technician)
    desk.stop_treatment(enrolment=old, ended_on=TODAY, stop_reason="REMISSION", by=technician, at=NOON)
    assert (statuses(Prescription), statuses(Enrolment)) == (["CANCELLED"], ["STOPPED", "WITHDRAWN"])


def test_a_death_ends_it_all(old: Enrolment, technician: User) -> None:
    transfer = start(old, technician)
    written(transfer.to_enrolment, technician)
    desk.record_death(patient=old.patient, died_on=TODAY, by=technician, at=NOON)
    assert (statuses(Prescription), set(statuses(Enrolment))) == (["CANCELLED"], {"DECEASED"})


def give_up(new: Enrolment, how: str, by: User) -> None:
    """End the enrolment that a transfer made, by one of the deeds that end a start."""
    if how in {"find_not_suitable", "decline"}:
        move(enrolment=new, event=how, by=person("SPECIALIST_NURSE"), at=NOON, reason="Not there")
        return
    consented(new, given_on=TODAY)
    move(enrolment=new, event="consent", by=by, at=NOON)
    if how == "withdraw_consent":
        desk.withdraw_consent(enrolment=new, withdrawn_on=TODAY, by=by, at=NOON, reason="Changed their mind")
        return
    for event in ("send_registration", "reject_registration"):
        move(enrolment=new, event=event, by=by, at=NOON)
    close_registration(enrolment=new, by=by, at=NOON, reason="They take nobody")


@pytest.mark.parametrize("supplies", [True, False])
@pytest.mark.parametrize("how", ["find_not_suitable", "decline", "withdraw_consent", "close"])
def test_however_the_new_one_ends_the_old_one_is_asked_for_again(
    old: Enrolment, technician: User, how: str, supplies: bool
) -> None:
    transfer = start(old, technician, supplies=supplies)
    written(transfer.to_enrolment, technician)
    give_up(transfer.to_enrolment, how, technician)
    assert (Enrolment.objects.get(pk=old.pk).status, statuses(Prescription)) == ("ACTIVE", ["CANCELLED"])
    sweep_on(TODAY + 30 * DAY)
    asked = RenewalRequest.objects.open().get()
    assert (asked.enrolment == old, asked.status in RENEWAL_WITH_CLINIC) == (True, True)


@pytest.mark.parametrize(("supplies", "asked"), [(True, ["old", "new"]), (False, ["old"])])
def test_another_dose_cancels_what_the_new_provider_holds_of_the_old(
    old: Enrolment, technician: User, supplies: bool, asked: list[str]
) -> None:
    transfer = start(old, technician, supplies=supplies)
    consented(transfer.to_enrolment)
    at_provider(transfer.to_enrolment, technician)
    doses = Doses(starts_on=TODAY + DAY, units_per_dose=2, pattern="EVERY_DAYS", every_days=14)
    desk.change_dose(
        enrolment=old, change=DoseChange(what=What.DOSE, doses=doses), by=person("CLINICAL_PHARMACIST"), at=NOON
    )
    open_ones = RenewalRequest.objects.open().order_by("enrolment_id").values_list("enrolment_id", flat=True)
    named = {old.pk: "old", transfer.to_enrolment_id: "new"}
    assert (statuses(Prescription), [named[pk] for pk in open_ones]) == (["CANCELLED"], asked)
    assert transfer.to_enrolment.phases.get(starts_on=TODAY + DAY).units_per_dose == 2


def test_the_regimen_stays_while_a_prescription_for_it_is_live(old: Enrolment, technician: User) -> None:
    new, pharmacist = start(old, technician).to_enrolment, person("CLINICAL_PHARMACIST")
    prescription = written(new, technician)
    doses = Doses(starts_on=TODAY + DAY, units_per_dose=3, pattern="EVERY_DAYS", every_days=14)
    with pytest.raises(Refused, match="Cancel it first"):
        desk.record_regimen(enrolment=new, doses=doses, by=pharmacist, at=NOON)
    prescriptions.cancel(prescription=prescription, by=technician, at=NOON, reason="Another dose")
    assert desk.record_regimen(enrolment=new, doses=doses, by=pharmacist, at=NOON).units_per_dose == 3


def test_nothing_is_stopped_on_a_day_to_come(old: Enrolment, technician: User) -> None:
    with pytest.raises(Refused, match="today or an earlier day"):
        desk.stop_treatment(enrolment=old, ended_on=TODAY + DAY, stop_reason="REMISSION", by=technician, at=NOON)
