"""Starts for tests: an enrolment as far on its way as is asked for, reached by the deeds that lead there."""

import datetime as dt

from deliveries import actions as deliveries
from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions import equipment, funding, move, plans, regimen, visits
from patients.actions.equipment import Thing
from patients.actions.regimen import Doses
from patients.models import Enrolment, RegimenPhase, Visit
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription
from providers.models import ServiceActivity
from tests.factories import NOON, EnrolmentFactory, UserFactory, consented
from tests.prescriptions.test_actions import signed

TODAY = NOON.date()
TO_REGISTERED = ("find_suitable", "consent", "send_registration", "acknowledge_registration")


def registered(*activities: str, upto: str = "acknowledge_registration", **fields: object) -> Enrolment:
    """Return an enrolment that its provider has registered, of a service with these activities."""
    with acting(by=User.objects.system("demo")):
        enrolment = EnrolmentFactory(status="IDENTIFIED", referred_on=TODAY - dt.timedelta(days=20), **fields)
        for activity in activities:
            ServiceActivity.objects.create(service=enrolment.service, activity=activity)
        consented(enrolment)
    by = somebody()
    with acting(by=by):
        for event in TO_REGISTERED:
            enrolment = move(enrolment=enrolment, event=event, by=by, at=NOON)
            if event == upto:
                break
    return enrolment


def somebody(role: str = "TECHNICIAN") -> User:
    """Return the one person in this role who does the deeds of a test."""
    username = f"starts_{role.lower()}"
    found = User.objects.filter(username=username).first()
    if found is None:
        with acting(by=User.objects.system("command")):
            found = UserFactory(role=role, username=username)
    return found


def fortnightly(enrolment: Enrolment, *, starts_on: dt.date = TODAY, units: int = 1) -> RegimenPhase:
    """Record the plainest regimen."""
    doses = Doses(starts_on=starts_on, units_per_dose=units, pattern="EVERY_DAYS", every_days=14, dose_text="40 mg")
    return regimen.record_regimen(enrolment=enrolment, doses=doses, by=somebody("CLINICAL_PHARMACIST"), at=NOON)


def sent(enrolment: Enrolment, *, at: dt.datetime = NOON) -> Prescription:
    """Ask for the first prescription, and have it signed, screened and sent."""
    technician = somebody()
    renewal = prescriptions.open_renewal(enrolment=enrolment, asked_by="PHARMACY", by=technician, at=at)
    prescription = prescriptions.record_signed(
        renewal=renewal, signed=signed(signed_on=at.date()), by=technician, at=at
    )
    prescriptions.screen(prescription=prescription, outcome="APPROVED", by=somebody("CLINICAL_PHARMACIST"), at=at)
    return prescriptions.send(prescription=prescription, by=technician, at=at)


def delivered(prescription: Prescription, *, at: dt.datetime = NOON, units: int = 6, by: User | None = None) -> None:
    """Record that a delivery came."""
    by = by or somebody()
    delivery = deliveries.plan_next(prescription=prescription, by=by, at=at)
    deliveries.record_delivered(
        delivery=delivery,
        delivered_on=at.date(),
        lines=[deliveries.Line(units=units, batch_number="B1")],
        by=by,
        at=at,
    )


def trained(enrolment: Enrolment, *, outcome: str = "COMPETENT", at: dt.datetime = NOON) -> Visit:
    """Record a training visit that was made."""
    nurse = somebody("SPECIALIST_NURSE")
    visit = visits.plan_visit(enrolment=enrolment, kind=Visit.Kind.TRAINING, by=nurse, at=at)
    return visits.record_training(
        visit=visit,
        done_on=at.date(),
        outcome=outcome,
        competency_signed_on=at.date() if outcome == "COMPETENT" else None,
        by=nurse,
        at=at,
    )


def days(number: int) -> dt.datetime:
    """Return noon, some days later."""
    return NOON + dt.timedelta(days=number)


def status_of(enrolment: Enrolment) -> str:
    """Return where the enrolment is now."""
    return Enrolment.objects.get(pk=enrolment.pk).status


def one_of_everything(enrolment: Enrolment, *, by: User, at: dt.datetime = NOON) -> dict[str, str]:
    """Give an enrolment one record of each kind; return their ids by the names that addresses have for them."""
    day = at.date()
    funded = funding.request_funding(
        enrolment=enrolment, system="BLUETEQ", purpose="INITIATION", requested_on=day, by=by, at=at
    )
    visit = visits.plan_visit(enrolment=enrolment, kind=Visit.Kind.TRAINING, by=by, at=at)
    plan = plans.write_care_plan(enrolment=enrolment, text="As agreed", by=by, at=at)
    protocol = plans.agree_protocol(
        enrolment=enrolment,
        name="Home infusion",
        version="1",
        contact_name="On-call registrar",
        contact_telephone="01632 960123",
        agreed_on=day,
        by=by,
        at=at,
    )
    work = plans.plan_adaptation(enrolment=enrolment, kind="ADAPTATION", description="Basin", by=by, at=at)
    thing = Thing(kind="PUMP", owner="PROVIDER", serial_number=f"P-{enrolment.pk}", delivered_on=day)
    pump = equipment.record_equipment(enrolment=enrolment, thing=thing, by=by, at=at)
    phase = RegimenPhase.objects.filter(enrolment=enrolment).first()
    return {
        "<int:approval_id>": str(funded.pk),
        "<int:visit_id>": str(visit.pk),
        "<int:plan_id>": str(plan.pk),
        "<int:protocol_id>": str(protocol.pk),
        "<int:adaptation_id>": str(work.pk),
        "<int:equipment_id>": str(pump.pk),
        "<int:phase_id>": str(phase.pk if phase else 1),
    }
