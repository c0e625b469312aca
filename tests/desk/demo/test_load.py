"""What `load_demo` leaves behind holds together: rows, moves, covers, messages, and something in every list."""

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Sum

from deliveries.models import Delivery, DeliveryStatusChange
from deliveries.states import TRANSITIONS as DELIVERY_MOVES
from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from homecare.core.errors import Refused
from homecare.core.states import Transitions
from homecare.desk.demo.actions import Loaded
from homecare.desk.sweep.actions import sweep
from homecare.desk.today import queues
from homecare.desk.today.filters import Filters
from homecare.messaging.figures import day_figures
from homecare.messaging.models import MessageBatch, OutboxEvent, OutboxMessage, Recipient
from homecare.messaging.rules import message_id
from homecare.messaging.states import TRANSITIONS as MESSAGE_MOVES
from medicines.models import MonitoringProtocol
from monitoring.models import LabResult, MonitoringItem, MonitoringItemStatusChange
from monitoring.states import TRANSITIONS as ITEM_MOVES
from patients.actions import pathway
from patients.cover.actions import recompute
from patients.models import (
    BridgingSupply,
    Cover,
    Enrolment,
    EnrolmentStatusChange,
    PathwayClock,
    PathwayStep,
    Patient,
    Registration,
    RemainingSupply,
    SupplyFact,
)
from patients.pathway.milestones import Kind
from patients.pathway.registration_data import sha256
from patients.pathway.stages import PATHS
from patients.registration_words import sections
from patients.states import BEFORE_ACTIVE, ON_TREATMENT, EnrolmentStatus
from patients.states import TRANSITIONS as ENROLMENT_MOVES
from prescriptions import due
from prescriptions.actions.prescription import write_remaining
from prescriptions.models import Prescription, PrescriptionStatusChange, RenewalRequest, RenewalStatusChange
from prescriptions.states import PRESCRIPTION_TRANSITIONS, RENEWAL_TRANSITIONS, PrescriptionStatus, RenewalStatus
from providers.models import HomecareService, Provider
from tests.desk.demo.conftest import AS_AT, AT, load

pytestmark = pytest.mark.usefixtures("hospital")


# -- as many as asked for, and made up --------------------------------------------------------------------------------


def test_as_many_patients_as_were_asked_for(hospital: Loaded) -> None:
    assert hospital.patients == Patient.objects.count() == 200


def test_nobody_could_be_taken_for_somebody_real() -> None:
    for nhs_number, hospital_number in Patient.objects.values_list("nhs_number", "hospital_number"):
        assert re.fullmatch(r"999\d{7}", nhs_number)
        assert re.fullmatch(r"D\d{7}", hospital_number)


@pytest.mark.parametrize(
    ("model", "field", "wanted"),
    [
        ("patients.ContactPoint", "value", r"\+447700900\d{3}|\+441632960\d{3}|\S+@example\.com"),
        ("messaging.Recipient", "mobile", r"|\+447700900\d{3}"),
        ("messaging.Recipient", "email", r"|\S+@example\.com"),
        ("patients.Representative", "telephone", r"\+447700900\d{3}"),
        ("accounts.Clinic", "email", r"\S+@example\.com"),
        ("accounts.User", "email", r"|\S+@example\.com"),
        ("messaging.OutboxMessage", "recipient_snapshot", r"|\+447700900\d{3}|\S+@example\.com"),
        ("messaging.StandInMessage", "sent_to", r"\+447700900\d{3}|\S+@example\.com"),
        ("patients.PatientAddress", "postcode", r"ME\d{1,2} \d[A-Z]{2}"),
    ],
)
def test_every_address_is_nobody_s(model: str, field: str, wanted: str) -> None:
    found = set(apps.get_model(model).objects.values_list(field, flat=True))
    assert found
    assert [value for value in found if not re.fullmatch(wanted, value)] == []


# -- Medway's shape ---------------------------------------------------------------------------------------------------


def test_nine_specialties_and_most_of_all_rheumatology() -> None:
    shares = Counter(Enrolment.objects.values_list("clinic__specialty__name", flat=True))
    assert len(shares) == 9
    assert shares["Rheumatology"] > Enrolment.objects.count() / 2


def test_oncology_grows() -> None:
    registered = Enrolment.objects.filter(clinic__specialty__name="Oncology", status__in=ON_TREATMENT)
    a_year_ago = AS_AT - dt.timedelta(days=365)
    lately = registered.filter(registered_on__gt=a_year_ago).count()
    before = registered.filter(registered_on__range=(a_year_ago - dt.timedelta(days=365), a_year_ago)).count()
    assert lately > before


def test_services_of_all_four_tiers_and_five_providers() -> None:
    enrolled = Enrolment.objects.filter(status__in=ON_TREATMENT)
    assert set(enrolled.values_list("service__tier", flat=True)) == {"LOW", "MID", "HIGH", "COMPLEX"}
    assert enrolled.values("service__provider").distinct().count() == 5


def test_reference_data_is_answered_for_by_the_chief_pharmacist() -> None:
    assert not MonitoringProtocol.objects.drafts().exists()
    assert set(MonitoringProtocol.objects.values_list("approved_by__username", flat=True)) == {"margaret"}
    assert set(HomecareService.objects.values_list("status", flat=True)) == {"LIVE", "ASSESSED"}


def test_one_service_waits_for_the_chief_pharmacist_and_nobody_is_on_it() -> None:
    (waiting,) = HomecareService.objects.filter(status="ASSESSED")
    assert not waiting.enrolments.exists()


def test_every_live_service_has_its_contacts_and_every_provider_says_what_it_can_do() -> None:
    assert not HomecareService.objects.filter(status="LIVE", helpline_telephone="").exists()
    assert not Provider.objects.filter(capabilities=None).exists()


# -- the record holds together ----------------------------------------------------------------------------------------

RECORDS: list[tuple[Any, Any, str, Transitions]] = [
    (Enrolment, EnrolmentStatusChange, "enrolment", ENROLMENT_MOVES),
    (RenewalRequest, RenewalStatusChange, "renewal", RENEWAL_TRANSITIONS),
    (Prescription, PrescriptionStatusChange, "prescription", PRESCRIPTION_TRANSITIONS),
    (Delivery, DeliveryStatusChange, "delivery", DELIVERY_MOVES),
    (MonitoringItem, MonitoringItemStatusChange, "item", ITEM_MOVES),
    (OutboxMessage, OutboxEvent, "message", MESSAGE_MOVES),
]


@pytest.mark.parametrize(("record", "change", "owner", "table"), RECORDS, ids=[row[2] for row in RECORDS])
def test_each_status_is_where_its_moves_lead(record: Any, change: Any, owner: str, table: Transitions) -> None:
    reached: dict[Any, str] = {}
    latest: dict[Any, dt.datetime] = {}
    for row in change.objects.order_by(owner, "pk"):
        pk = getattr(row, f"{owner}_id")
        if row.from_status:
            assert row.from_status == reached.get(pk, "PLANNED")
            assert table.find(row.event, source=row.from_status).target == row.to_status
            assert row.at >= latest.get(pk, row.at)
        reached[pk], latest[pk] = row.to_status, row.at
    assert reached
    for pk, status in record.objects.values_list("pk", "status"):
        assert status == reached.get(pk, "PLANNED"), pk


def test_nothing_happened_in_the_future() -> None:
    for _, change, _, _ in RECORDS:
        assert not change.objects.filter(at__gt=AT + dt.timedelta(hours=16)).exists()


def test_every_reference_holds() -> None:
    connection.check_constraints()


@pytest.mark.parametrize("model", [Patient, Enrolment, Prescription, Delivery, SupplyFact, LabResult])
def test_each_row_has_its_history_by_the_demonstration(model: Any) -> None:
    history = model.history.filter(history_source="APPLICATION", history_user__username="system:demo")
    assert history.count() == model.objects.count()


def test_deliveries_made_are_those_on_record() -> None:
    made = Counter(Delivery.objects.filter(status="DELIVERED_FULL").values_list("prescription_id", flat=True))
    assert made
    for pk, said in Prescription.objects.filter(enrolment__is_assumed=False).values_list("pk", "deliveries_made"):
        assert said == made[pk]


def test_each_delivered_line_is_a_fact_of_the_same_units() -> None:
    facts = SupplyFact.objects.filter(kind="DELIVERY", delivery_line__isnull=False)
    delivered = Delivery.objects.filter(status="DELIVERED_FULL").aggregate(
        units=Sum("lines__units"), lines=Count("lines")
    )
    assert (facts.aggregate(units=Sum("units"))["units"], facts.count()) == (delivered["units"], delivered["lines"])


# -- cover and renewals -----------------------------------------------------------------------------------------------


def rows(model: Any) -> list[dict[str, Any]]:
    """Return every row of a model."""
    return list(model.objects.order_by("pk").values())


def test_computing_every_cover_again_changes_nothing(undone: Loaded) -> None:
    before = rows(Cover)
    recompute([row["enrolment_id"] for row in before], on=AS_AT)
    assert rows(Cover) == before


def test_what_prescriptions_still_give_is_what_their_deeds_write(undone: Loaded) -> None:
    before = rows(RemainingSupply)
    with acting(by=User.objects.system("command")):
        for pk in Enrolment.objects.filter(status__in=ON_TREATMENT).values_list("pk", flat=True):
            write_remaining(pk, on=AS_AT)
    assert rows(RemainingSupply) == before


def test_everybody_on_treatment_is_in_exactly_one_class_and_every_class_has_somebody() -> None:
    found = due.classes(day=AS_AT)
    assert sum(found["enrolments"].values()) == Enrolment.objects.on_treatment().count()
    assert all(found["enrolments"].values())
    assert set(found["held_because"]) == {"CONSENT_MISSING", "STOCK_UNKNOWN", "RENEWAL_DECLINED"}


def test_two_are_out_and_five_will_be_in_a_week() -> None:
    first = Cover.objects.filter(is_live=True).values_list("first_uncovered_dose_on", flat=True)
    days = [(day - AS_AT).days for day in first if day is not None and day < AS_AT + dt.timedelta(days=7)]
    assert sum(day <= 0 for day in days) == 2
    assert sum(day > 0 for day in days) == 5


@pytest.mark.parametrize("status", sorted(set(EnrolmentStatus)))
def test_enrolments_are_in_every_state(status: str) -> None:
    assert Enrolment.objects.filter(status=status).exists()


@pytest.mark.parametrize(
    "status", sorted(set(PrescriptionStatus) - {PrescriptionStatus.DRAFT, PrescriptionStatus.WRITTEN, "SIGNED"})
)
def test_prescriptions_are_in_every_state_that_somebody_sees(status: str) -> None:
    assert Prescription.objects.filter(status=status).exists()


@pytest.mark.parametrize(
    "status",
    ["REQUESTED", "AWAITING_CLINIC", "APPROVED_TO_PRESCRIBE", "BLOODS_REQUIRED", "PRESCRIBED", "CLOSED", "DECLINED"],
)
def test_renewals_are_in_every_common_state(status: str) -> None:
    assert RenewalRequest.objects.filter(status=RenewalStatus(status)).exists()


@pytest.mark.parametrize("status", ["PLANNED", "BOOKED", "DISPATCHED", "FAILED", "UNABLE_TO_CONTACT", "CANCELLED"])
def test_deliveries_are_on_their_way_in_every_common_state(status: str) -> None:
    assert Delivery.objects.filter(status=status).exists()


def test_some_renewals_were_asked_for_late() -> None:
    assert RenewalRequest.objects.filter(opened_on__gt=F("prompt_due_on")).exists()


# -- lists and messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queue", queues.QUEUES, ids=lambda queue: queue.name)
def test_every_queue_of_today_has_something_in_it(queue: queues.Queue) -> None:
    lead = User.objects.get(username="grace")
    assert queue.page(queues.Asked(lead, AT, Filters()), None, 50).rows


@pytest.mark.parametrize("status", ["DELIVERED", "FAILED_PERMANENT", "UNCERTAIN", "HELD", "SUPPRESSED"])
def test_messages_came_to_every_kind_of_end(status: str) -> None:
    assert OutboxMessage.objects.filter(status=status).exists()


def test_a_batch_waits_for_a_second_person() -> None:
    assert MessageBatch.objects.held().exists()


def test_what_was_planned_adds_up_on_every_day() -> None:
    figures = [one for days in range(60) for one in day_figures(AS_AT - dt.timedelta(days=days))]
    assert figures
    assert all(one.adds_up for one in figures)


def test_each_message_has_the_id_of_its_meaning() -> None:
    for message in OutboxMessage.objects.all():
        assert message.id == message_id(
            recipient_id=message.recipient_id, purpose=message.purpose, episode=message.episode, due_on=message.due_on
        )


def test_nobody_who_died_may_be_written_to() -> None:
    assert Patient.objects.filter(deceased=True).exists()
    assert not Recipient.objects.filter(patient__deceased=True, silenced_at__isnull=True).exists()


def test_the_sweep_of_the_day_finds_only_what_is_new_on_it(undone: Loaded) -> None:
    result = sweep(by=User.objects.system("sweep"), at=at_local(AS_AT, 9))
    opened = RenewalRequest.objects.filter(opened_on=AS_AT)
    assert result.covers_recomputed == 0
    assert set(opened.values_list("prompt_due_on", flat=True)) <= {AS_AT}
    planned = OutboxMessage.objects.filter(planned_at=at_local(AS_AT, 9), purpose="BLOOD_TEST_DUE")
    assert all((AS_AT - message.due_on).days in {0, 14, 28} for message in planned)


# -- once, and the same again -----------------------------------------------------------------------------------------


def test_a_second_load_is_refused() -> None:
    with pytest.raises(CommandError, match="There are patients already"):
        call_command("load_demo", patients=5)


def test_more_are_loaded_beside_them_when_asked(undone: Loaded) -> None:
    load(20, add=True)
    assert Patient.objects.count() == 220


def test_nothing_is_loaded_outside_the_demonstration(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Refused, match="DEMO=1"):
        load(5)


@pytest.mark.parametrize("patients", [0, 700_001])
def test_an_impossible_number_is_refused(patients: int) -> None:
    with pytest.raises(Refused, match="Choose from 1 to"):
        load(patients)


# -- how they came here, or where they are stuck ----------------------------------------------------------------------


def test_a_clock_shows_what_the_records_say(undone: Loaded) -> None:
    clocks = {clock.pk: (clock.stage, clock.whose, clock.ended_on) for clock in PathwayClock.objects.all()}
    demo = User.objects.system("demo")
    with acting(by=demo):
        for clock in PathwayClock.objects.running().select_related("enrolment"):
            pathway.refresh(clock.enrolment, by=demo, at=AT)
    again = {clock.pk: (clock.stage, clock.whose, clock.ended_on) for clock in PathwayClock.objects.all()}
    assert again == clocks


def test_everybody_who_has_not_begun_has_a_clock() -> None:
    waiting = Enrolment.objects.filter(status__in=[str(s) for s in BEFORE_ACTIVE])
    clocks = PathwayClock.objects.running().values_list("enrolment_id", flat=True)
    assert set(waiting.values_list("pk", flat=True)) == set(clocks)


def test_people_wait_at_every_stage_of_a_start(hospital: Loaded) -> None:
    waited_at = set(PathwayStep.objects.values_list("stage", flat=True))
    assert {str(code) for code in PATHS[Kind.START]} - waited_at <= {"REGISTRATION_TO_SEND"}  # it is left at once


def test_some_are_stuck_some_stopped_and_some_bridged() -> None:
    running = PathwayClock.objects.running()
    assert running.filter(stage_since_on__lt=AS_AT - dt.timedelta(days=28)).exists()
    assert running.filter(is_stopped=True).exists()
    assert BridgingSupply.objects.exists()


def test_every_registration_can_be_read_as_it_was_sent() -> None:
    for registration in Registration.objects.all():
        said = {name: value for section in sections(registration.as_sent) for name, value in section.rows}
        assert said["Hospital number"] == registration.patient.hospital_number
        assert said["Indication"] == registration.enrolment.treatment.indication
        assert sha256(registration.as_sent) == registration.sha256
