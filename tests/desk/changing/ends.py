"""Somebody with one of everything that an end of homecare must end."""

import datetime as dt
from dataclasses import dataclass

from deliveries import actions as deliveries
from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.audit.actions import acting
from medicines.models import MonitoringProtocol, ProtocolPhase, ProtocolTest, TestType
from monitoring import actions as monitoring
from patients import actions as patients
from patients.models import (
    DeliveryPreference,
    Enrolment,
    Equipment,
    FundingApproval,
    FundingApprovalStatusChange,
    PathwayClock,
    Visit,
    VisitStatusChange,
)
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from tests.desk.pages import TODAY, person, treated
from tests.factories import NOON, UserFactory
from tests.prescriptions.test_actions import approved

DAY = dt.timedelta(days=1)


@dataclass
class Everything:
    """One of everything."""

    enrolment: Enrolment
    renewal: RenewalRequest
    sent: Prescription
    delivery: Delivery
    visit: Visit
    fridge: Equipment
    funding: FundingApproval
    wishes: DeliveryPreference
    clock: PathwayClock


def everything(*, status: str = "BOOKED", name: str = "Everything") -> Everything:
    """Return somebody on treatment with a renewal, a prescription, a delivery under way, a visit and the rest."""
    technician, pharmacist = person("TECHNICIAN"), person("CLINICAL_PHARMACIST")
    enrolment = treated(name)
    sent = prescriptions.send(prescription=approved(enrolment, technician, pharmacist), by=technician, at=NOON)
    delivery = booked(sent, status=status)
    renewal = prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=technician, at=NOON)
    with acting(by=User.objects.system("command")):
        visit = Visit.objects.create(enrolment=enrolment, patient_id=enrolment.patient_id, kind="TRAINING")
        VisitStatusChange.objects.create(visit=visit, event="plan", to_status="PLANNED", at=NOON, by=technician)
        fridge = Equipment.objects.create(
            enrolment=enrolment, kind="FRIDGE", serial_number="F1", owner="PROVIDER", delivered_on=TODAY - 9 * DAY
        )
        funding = FundingApproval.objects.create(
            treatment=enrolment.treatment, patient_id=enrolment.patient_id, system="BLUETEQ", purpose="INITIATION",
            requested_on=TODAY,
        )  # fmt: skip
        FundingApprovalStatusChange.objects.create(
            approval=funding, event="request", to_status="REQUESTED", at=NOON, by=technician
        )
        monitoring.start_plan(
            enrolment=enrolment, protocol=_protocol(enrolment), started_on=TODAY, by=technician, at=NOON
        )
        clock = PathwayClock.objects.create(
            enrolment=enrolment, patient_id=enrolment.patient_id, kind="DOSE_CHANGE", began_on=TODAY,
            stage="AWAITING_FIRST_DELIVERY", stage_since_on=TODAY, whose="PROVIDER",
        )  # fmt: skip
    wishes = patients.record_preference(
        enrolment=enrolment, wishes=patients.Wishes(weekdays=[1]), by=technician, at=NOON
    )
    return Everything(enrolment, renewal, sent, delivery, visit, fridge, funding, wishes, clock)


def booked(sent: Prescription, *, status: str = "BOOKED", on: dt.date = TODAY) -> Delivery:
    """Return a delivery of a prescription that is booked, or further on its way."""
    technician = person("TECHNICIAN")
    delivery = deliveries.plan_next(prescription=sent, by=technician, at=NOON)
    delivery = deliveries.book(delivery=delivery, booked_on=on, by=technician, at=NOON)
    for event, reached in (("prepare", "PREPARING"), ("dispatch", "DISPATCHED")):
        if delivery.status != status:
            with acting(by=technician):
                delivery = deliveries.move(delivery=delivery, event=event, by=technician, at=NOON)
            assert delivery.status == reached
    return delivery


def _protocol(enrolment: Enrolment) -> MonitoringProtocol:
    protocol = MonitoringProtocol.objects.create(
        medicine=enrolment.medicine,
        source="a test",
        status="APPROVED",
        approved_by=UserFactory(role="CHIEF_PHARMACIST"),
        approved_at=NOON,
    )
    phase = ProtocolPhase.objects.create(protocol=protocol, order=1, interval_days=28)
    test = TestType.objects.get_or_create(code="FBC", defaults={"name": "F", "source": "a test"})[0]
    ProtocolTest.objects.create(phase=phase, test_type=test)
    return protocol
