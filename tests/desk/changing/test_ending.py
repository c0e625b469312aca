"""The ends of homecare: what each ends in every app, whoever may do it, and what goes out afterwards."""

import datetime as dt
from typing import Any

import pytest

from deliveries import actions as deliveries
from deliveries.models import Delivery
from homecare.core.errors import NotAllowed, Refused
from homecare.desk import deeds
from homecare.messaging.models import Recipient
from monitoring.models import MonitoringItem
from patients import actions as patients
from patients.models import BulkTransfer, BulkTransferRow, Collection, Enrolment, Patient, ProviderNotice, Treatment
from prescriptions.models import Prescription
from tests.desk.changing.ends import DAY, Everything, booked, everything
from tests.desk.pages import TODAY, enrolled, person, treated
from tests.factories import NOON, TreatmentFactory
from tests.prescriptions.test_actions import approved

pytestmark = pytest.mark.django_db


def died(one: Everything, *, by: str = "TECHNICIAN") -> Patient:
    return deeds.record_death(
        patient=one.enrolment.patient, died_on=TODAY, by=person(by), at=NOON, reason="The GP rang"
    )


def stopped(one: Everything, *, by: str = "TECHNICIAN") -> Enrolment:
    return deeds.stop_treatment(
        enrolment=one.enrolment, ended_on=TODAY, stop_reason="REMISSION", by=person(by), at=NOON
    )


def left(one: Everything, *, by: str = "TECHNICIAN") -> Enrolment:
    return deeds.leave_homecare(
        enrolment=one.enrolment, ended_on=TODAY, by=person(by), at=NOON, reason="They prefer the hospital"
    )


ENDS = pytest.mark.parametrize("end", [died, stopped, left])


@pytest.mark.parametrize(
    ("end", "what", "becomes"),
    [
        *((end, "renewal", {"status": "STOPPED"}) for end in (died, stopped, left)),
        *((end, "sent", {"status": "CANCELLED"}) for end in (died, stopped, left)),
        *((end, "delivery", {"status": "CANCELLED"}) for end in (died, stopped, left)),
        *((end, "visit", {"status": "CANCELLED"}) for end in (died, stopped, left)),
        *((end, "wishes", {"ended_on": TODAY}) for end in (died, stopped, left)),
        (died, "clock", {"ended_on": TODAY, "end_reason": "DECEASED"}),
        (stopped, "clock", {"ended_on": TODAY, "end_reason": "STOPPED"}),
        (died, "enrolment", {"status": "DECEASED"}),
        (stopped, "enrolment", {"status": "STOPPED"}),
        (left, "enrolment", {"status": "STOPPED"}),
        (died, "funding", {"status": "WITHDRAWN"}),
        (stopped, "funding", {"status": "WITHDRAWN"}),
        (left, "funding", {"status": "REQUESTED"}),
        (died, "fridge", {"collected_on": None}),
    ],
)
def test_what_each_end_does(end: Any, what: str, becomes: dict[str, object]) -> None:
    one = everything()
    end(one)
    record = getattr(one, what)
    record.refresh_from_db()
    assert {name: getattr(record, name) for name in becomes} == becomes


@ENDS
def test_the_tests_end(end: Any) -> None:
    end(everything())
    assert not MonitoringItem.objects.waiting().exists()


@pytest.mark.parametrize(
    ("end", "ended", "reason", "route"),
    [(died, True, "DEATH", "HOMECARE"), (stopped, True, "REMISSION", "HOMECARE"), (left, False, "", "HOSPITAL")],
)
def test_what_becomes_of_the_treatment(end: Any, ended: bool, reason: str, route: str) -> None:
    one = everything()
    end(one)
    treatment = Treatment.objects.get(pk=one.enrolment.treatment_id)
    assert (treatment.is_ended, treatment.stop_reason, treatment.supply_route) == (ended, reason, route)


@pytest.mark.parametrize(
    ("end", "role"),
    [
        *((died, role) for role in ("TECHNICIAN", "CLINICAL_PHARMACIST", "PRESCRIBER", "SPECIALIST_NURSE")),
        (stopped, "CLINICAL_PHARMACIST"),
        (left, "CLINICAL_PHARMACIST"),
        (stopped, "HOMECARE_LEAD"),
    ],
)
def test_who_may_end_is_not_refused_half_way(end: Any, role: str) -> None:
    one = everything()
    end(one, by=role)
    assert Prescription.objects.get(pk=one.sent.pk).status == "CANCELLED"


@pytest.mark.parametrize(
    ("end", "role"),
    [
        (died, "ADMINISTRATIVE_SUPPORT"),
        (died, "AUDITOR"),
        (stopped, "PRESCRIBER"),
        (stopped, "ADMINISTRATIVE_SUPPORT"),
        (left, "FINANCE"),
    ],
)
def test_who_may_not_end_changes_nothing(end: Any, role: str) -> None:
    one = everything()
    with pytest.raises(NotAllowed):
        end(one, by=role)
    assert Prescription.objects.get(pk=one.sent.pk).status == "SENT"


@pytest.mark.parametrize(
    ("end", "kinds", "gentle"),
    [
        (died, {"EQUIPMENT", "SHARPS", "MEDICINE"}, True),
        (stopped, {"EQUIPMENT", "SHARPS"}, False),
        (left, {"EQUIPMENT", "SHARPS"}, False),
    ],
)
def test_what_is_left_at_home_is_to_be_collected(end: Any, kinds: set[str], gentle: bool) -> None:
    one = everything()
    end(one)
    asked = Collection.objects.filter(enrolment=one.enrolment)
    assert set(asked.values_list("kind", "is_gentle")) == {(kind, gentle) for kind in kinds}


@pytest.mark.parametrize(
    ("end", "kinds"),
    [(died, ["DEATH", "COLLECTION"]), (stopped, ["STOP", "COLLECTION"]), (left, ["STOP", "COLLECTION"])],
)
def test_the_provider_gets_one_notice_that_says_all(end: Any, kinds: list[str]) -> None:
    end(everything())
    assert list(ProviderNotice.objects.untold().order_by("pk").values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize(
    ("status", "becomes", "is_named"),
    [("BOOKED", "CANCELLED", False), ("PREPARING", "CANCELLED", False), ("DISPATCHED", "DISPATCHED", True)],
)
@ENDS
def test_a_delivery_on_the_road_is_left_to_the_telephone(end: Any, status: str, becomes: str, is_named: bool) -> None:
    one = everything(status=status)
    end(one)
    assert Delivery.objects.get(pk=one.delivery.pk).status == becomes
    said = ProviderNotice.objects.filter(kind__in=["DEATH", "STOP"]).get().detail
    assert ("Stop it now and ring us." in said) is is_named


@ENDS
def test_what_arrives_all_the_same_is_on_record_and_fetched_again(end: Any) -> None:
    one = everything(status="DISPATCHED")
    end(one)
    line = deliveries.Line(units=6, batch_number="B1")
    arrived = Delivery.objects.get(pk=one.delivery.pk)
    deliveries.record_delivered(delivery=arrived, delivered_on=TODAY, lines=[line], by=person("TECHNICIAN"), at=NOON)
    assert Collection.objects.filter(enrolment=one.enrolment, kind="MEDICINE", done_on=None).exists()
    assert Prescription.objects.get(pk=one.sent.pk).status == "CANCELLED"


@pytest.mark.parametrize(
    ("status", "becomes"),
    [("IDENTIFIED", "WITHDRAWN"), ("CONSENTED", "WITHDRAWN"), ("REGISTERED", "WITHDRAWN"), ("ACTIVE", "STOPPED")],
)
@pytest.mark.parametrize("end", [stopped, left])
def test_an_enrolment_ends_as_its_status_allows(end: Any, status: str, becomes: str) -> None:
    enrolment = enrolled(status=status)
    if end is stopped:
        deeds.stop_treatment(
            enrolment=enrolment, ended_on=TODAY, stop_reason="OTHER", by=person("TECHNICIAN"), at=NOON, reason="X"
        )
    else:
        deeds.leave_homecare(enrolment=enrolment, ended_on=TODAY, by=person("TECHNICIAN"), at=NOON, reason="X")
    assert Enrolment.objects.get(pk=enrolment.pk).status == becomes
    assert ProviderNotice.objects.exists() is (status in {"REGISTERED", "ACTIVE"})


def test_what_the_provider_need_not_hear_any_more_is_withdrawn() -> None:
    one = everything()
    stopped(one)
    wishes = ProviderNotice.objects.get(kind="PREFERENCE")
    assert wishes.withdrawn_because == "The treatment was stopped."


def test_a_new_number_is_still_told_where_the_provider_supplies_something_else() -> None:
    first = treated()
    enrolled(treatment=TreatmentFactory(patient=first.patient), service=first.service)
    patients.change_contact(
        patient=first.patient, kind="MOBILE", value="+447700900999", is_usable=True, safe_to_message=True,
        by=person("TECHNICIAN"), at=NOON,
    )  # fmt: skip
    deeds.stop_treatment(enrolment=first, ended_on=TODAY, stop_reason="REMISSION", by=person("TECHNICIAN"), at=NOON)
    assert ProviderNotice.objects.untold().filter(kind="CONTACT").exists()


# -- death ------------------------------------------------------------------------------------------------------------


def test_a_death_ends_every_treatment_and_a_row_of_a_bulk_transfer() -> None:
    one = everything()
    other = enrolled(treatment=TreatmentFactory(patient=one.enrolment.patient))
    bulk = BulkTransfer.objects.create(
        from_provider=one.enrolment.service.provider, reason="x", planned_by=person("HOMECARE_LEAD"), planned_at=NOON
    )
    row = BulkTransferRow.objects.create(bulk=bulk, enrolment=one.enrolment, place=1)
    died(one)
    row.refresh_from_db()
    assert (row.status, row.message) == ("REFUSED", "The GP rang")
    assert Enrolment.objects.get(pk=other.pk).status == "DECEASED"
    assert set(ProviderNotice.objects.filter(kind="DEATH").values_list("provider_id", flat=True)) == {
        one.enrolment.service.provider_id,
        other.service.provider_id,
    }


def test_nobody_is_written_to_after_a_death() -> None:
    one = everything()
    patient = died(one)
    assert Recipient.objects.get(pk=patient.recipient_id).silenced_reason == "DECEASED"


@pytest.mark.parametrize("kind", ["ADDRESS", "CONTACT", "PREFERENCE", "STOP", "DOSE_CHANGE", "SUSPENSION"])
def test_no_notice_but_of_the_death_and_collections_follows_it(kind: str) -> None:
    one = everything()
    died(one)
    found = patients.raise_notice(
        enrolment=one.enrolment, kind=kind, detail="x", effective_on=TODAY, by=person("TECHNICIAN"), at=NOON
    )
    assert found is None


def test_a_collection_asked_for_before_becomes_gentle() -> None:
    one = everything()
    asked = patients.ask_collection(enrolment=one.enrolment, kind="SHARPS", by=person("TECHNICIAN"), at=NOON)
    died(one)
    asked.refresh_from_db()
    assert asked.is_gentle
    assert Collection.objects.filter(kind="SHARPS").count() == 1


def test_a_second_telling_says_who_was_first() -> None:
    one = everything()
    died(one)
    with pytest.raises(Refused, match=r"entered by .* on 2 March 2026"):
        died(one)


@pytest.mark.parametrize(
    ("died_on", "words"), [(TODAY + DAY, "in the future"), (dt.date(1900, 1, 1), "before the date of birth")]
)
def test_a_day_of_death_that_cannot_be_is_refused_whole(died_on: dt.date, words: str) -> None:
    one = everything()
    with pytest.raises(Refused, match=words):
        deeds.record_death(patient=one.enrolment.patient, died_on=died_on, by=person("TECHNICIAN"), at=NOON)
    assert Prescription.objects.get(pk=one.sent.pk).status == "SENT"


def test_a_death_on_an_unknown_day_is_recorded() -> None:
    one = everything()
    patient = deeds.record_death(patient=one.enrolment.patient, died_on=None, by=person("TECHNICIAN"), at=NOON)
    assert (patient.deceased, patient.died_on) == (True, None)


# -- a death that was none --------------------------------------------------------------------------------------------


def mistaken(patient: Patient, *, by: str = "HOMECARE_LEAD", reason: str = "The son rang") -> Patient:
    return deeds.record_death_mistaken(patient=patient, by=person(by), at=NOON, reason=reason)


def test_a_mistaken_death_is_taken_back_and_nothing_starts_by_itself() -> None:
    one = everything()
    alive = mistaken(died(one))
    recipient = Recipient.objects.get(pk=alive.recipient_id)
    treatment = Treatment.objects.get(pk=one.enrolment.treatment_id)
    assert (alive.deceased, alive.died_on, recipient.silenced_at) == (False, None, None)
    assert (treatment.is_ended, treatment.supply_route) == (False, "HOSPITAL")
    assert Enrolment.objects.get(pk=one.enrolment.pk).status == "DECEASED"
    assert not Collection.objects.filter(is_gentle=True).exists()


@pytest.mark.parametrize(("is_told", "kinds"), [(False, []), (True, ["DEATH", "STOP"])])
def test_only_a_provider_that_heard_of_it_hears_that_they_live(is_told: bool, kinds: list[str]) -> None:
    one = everything()
    patient = died(one)
    death = ProviderNotice.objects.get(kind="DEATH")
    if is_told:
        patients.tell(notices=[death.pk], how="TELEPHONE", by=person("TECHNICIAN"), at=NOON)
    mistaken(patient)
    left_over = ProviderNotice.objects.unanswered().exclude(kind="COLLECTION").order_by("pk")
    assert list(left_over.values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize(
    ("role", "may"), [("HOMECARE_LEAD", True), ("CHIEF_PHARMACIST", True), ("TECHNICIAN", False), ("PRESCRIBER", False)]
)
def test_who_may_take_a_death_back(role: str, may: bool) -> None:
    patient = died(everything())
    if may:
        assert not mistaken(patient, by=role).deceased
    else:
        with pytest.raises(NotAllowed):
            mistaken(patient, by=role)


def test_a_death_is_not_taken_back_without_a_reason_or_twice() -> None:
    patient = died(everything())
    with pytest.raises(Refused, match="Say how you know"):
        mistaken(patient, reason=" ")
    mistaken(patient)
    with pytest.raises(Refused, match="No death is on record"):
        mistaken(patient)


# -- under way --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["BOOKED", "PREPARING", "DISPATCHED"])
def test_a_delivery_under_way_keeps_the_address_it_was_booked_to(status: str) -> None:
    enrolment, technician = treated(), person("TECHNICIAN")
    given = {"patient": enrolment.patient, "use": "HOME", "by": technician, "at": NOON}
    deeds.change_address(place=patients.Place(line_1="Old Street"), starts_on=TODAY - DAY, **given)
    from prescriptions import actions as prescriptions

    sent = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    delivery = booked(sent, status=status)
    deeds.change_address(place=patients.Place(line_1="New Street"), starts_on=TODAY, **given)
    delivery.refresh_from_db()
    assert delivery.address_text == "Old Street"
    said = ProviderNotice.objects.untold().get(kind="ADDRESS").detail
    assert said.startswith("Home address: New Street. Under way: a delivery of")
    assert "please telephone the patient" in said


def test_a_pause_tells_the_provider_of_what_is_booked() -> None:
    one = everything()
    deeds.suspend(
        enrolment=one.enrolment, starts_on=TODAY, suspension_reason="INFECTION", by=person("SPECIALIST_NURSE"), at=NOON
    )
    assert "booked for 2 March 2026. Hold it back" in ProviderNotice.objects.get(kind="SUSPENSION").detail
