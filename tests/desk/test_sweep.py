"""The sweep: what is due is opened and planned once, whatever is held is counted with its reason."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.clock import at_local
from homecare.core.errors import Refused
from homecare.desk import deeds
from homecare.desk.sweep.actions import SweepResult, mark_import, sweep
from homecare.messaging import actions as messaging
from homecare.messaging.models import OutboxMessage
from medicines.models import MonitoringProtocol, ProtocolPhase, ProtocolTest, TestType
from monitoring import actions as monitoring
from patients import actions as patients
from patients.models import Cover, Enrolment
from prescriptions import due
from prescriptions.models import RenewalRequest
from tests.factories import UserFactory, enrolment_with_cover

pytestmark = pytest.mark.django_db
COUNTED_ON = dt.date(2026, 2, 28)
PROMPT_ON = dt.date(2026, 3, 4)  # the worked example of docs/cover.md


def sweep_on(day: dt.date) -> SweepResult:
    return sweep(by=User.objects.system("sweep"), at=at_local(day, 9))


@pytest.fixture
def technician() -> User:
    with acting(by=User.objects.system("command")):
        return UserFactory()


def test_nothing_is_opened_before_the_prompt_is_due() -> None:
    enrolment_with_cover(as_at=COUNTED_ON)
    assert sweep_on(PROMPT_ON - dt.timedelta(days=1)).opened == 0


def test_a_renewal_is_opened_on_the_day_its_prompt_is_due() -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    sweep_on(PROMPT_ON)
    renewal = RenewalRequest.objects.get(enrolment=enrolment)
    assert (renewal.asked_by, renewal.prescription_needed_by_on) == ("SWEEP", dt.date(2026, 3, 18))


def test_a_missed_night_heals_itself() -> None:
    enrolment_with_cover(as_at=COUNTED_ON)
    assert sweep_on(PROMPT_ON + dt.timedelta(days=5)).opened == 1


def test_a_second_sweep_of_the_day_opens_and_plans_nothing() -> None:
    enrolment_with_cover(as_at=COUNTED_ON)
    first, second = sweep_on(PROMPT_ON), sweep_on(PROMPT_ON)
    assert (first.opened, second.opened) == (1, 0)
    assert second.planned == 0


def test_one_digest_for_each_clinic() -> None:
    first = enrolment_with_cover(as_at=COUNTED_ON)
    enrolment_with_cover(as_at=COUNTED_ON, treatment__clinic=first.clinic)
    enrolment_with_cover(as_at=COUNTED_ON)
    sweep_on(PROMPT_ON)
    assert OutboxMessage.objects.filter(purpose="PRESCRIPTION_PROMPT").count() == 2


def test_each_renewal_keeps_the_move_that_opened_it() -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    sweep_on(PROMPT_ON)
    change = RenewalRequest.objects.get(enrolment=enrolment).status_changes.get()
    assert (change.event, change.to_status, change.by.username) == ("open", "REQUESTED", "system:sweep")


def test_the_database_names_the_sweep_in_the_renewals_history() -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    sweep_on(PROMPT_ON)
    row = RenewalRequest.objects.get(enrolment=enrolment).history.get()
    assert (row.history_user.username, row.history_source) == ("system:sweep", "APPLICATION")


def _without_consent() -> Enrolment:
    return enrolment_with_cover(as_at=COUNTED_ON, consent=False)


def _without_stock() -> Enrolment:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    with acting(by=User.objects.system("command")):
        enrolment.supply_facts.update(withdrawn_at=at_local(COUNTED_ON, 12))
        from patients.cover import actions as cover

        cover.recompute([enrolment.pk], on=COUNTED_ON)
    return enrolment


def _with_draft_protocol() -> Enrolment:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    by = User.objects.system("command")
    with acting(by=by):
        protocol = MonitoringProtocol.objects.create(medicine=enrolment.medicine, source="a test")
        phase = ProtocolPhase.objects.create(protocol=protocol, order=1, interval_days=84)
        ProtocolTest.objects.create(phase=phase, test_type=TestType.objects.create(code="FBC", name="F", source="t"))
    monitoring.start_plan(
        enrolment=enrolment, protocol=protocol, started_on=COUNTED_ON, by=by, at=at_local(COUNTED_ON, 12)
    )
    return enrolment


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_without_consent, "CONSENT_MISSING"),
        (_without_stock, "STOCK_UNKNOWN"),
        (_with_draft_protocol, "PROTOCOL_UNAPPROVED"),
    ],
)
def test_what_is_held_is_counted_with_its_reason(make, reason: str) -> None:
    make()
    assert sweep_on(PROMPT_ON).opened == 0
    counts = due.classes(day=PROMPT_ON)
    assert counts["held_because"] == {reason: 1}
    assert counts["enrolments"] == {"NOT_YET_DUE": 0, "RENEWAL_OPEN": 0, "SUSPENDED": 0, "HELD": 1}


def test_a_suspended_enrolment_is_not_prompted(technician: User) -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    patients.suspend(
        enrolment=enrolment,
        starts_on=PROMPT_ON,
        suspension_reason="INFECTION",
        by=technician,
        at=at_local(PROMPT_ON, 8),
    )
    assert sweep_on(PROMPT_ON).opened == 0
    assert due.classes(day=PROMPT_ON)["enrolments"]["SUSPENDED"] == 1


def test_the_doses_before_a_pause_to_come_are_asked_for(technician: User) -> None:
    patients.suspend(
        enrolment=enrolment_with_cover(as_at=COUNTED_ON),
        starts_on=PROMPT_ON + dt.timedelta(days=90),
        suspension_reason="SURGERY",
        by=technician,
        at=at_local(PROMPT_ON, 8),
    )
    assert due.classes(day=PROMPT_ON)["enrolments"]["SUSPENDED"] == 0
    assert sweep_on(PROMPT_ON).opened == 1


def test_the_dose_on_the_day_of_restart_is_asked_for_before_it(technician: User) -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    patients.suspend(
        enrolment=enrolment, starts_on=PROMPT_ON, suspension_reason="HOLIDAY", by=technician, at=at_local(PROMPT_ON, 8)
    )
    restarts_on = PROMPT_ON + dt.timedelta(days=60)
    patients.resume(enrolment=enrolment, restarts_on=restarts_on, by=technician, at=at_local(PROMPT_ON, 9))
    due_on = Cover.objects.get(pk=enrolment.pk).prompt_due_on
    assert due_on is not None
    assert due_on < restarts_on
    assert sweep_on(due_on).opened == 1


def test_a_declined_renewal_is_not_opened_again_for_the_same_need(technician: User) -> None:
    from prescriptions import actions

    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    sweep_on(PROMPT_ON)
    renewal = RenewalRequest.objects.get(enrolment=enrolment)
    actions.answer(renewal=renewal, event="decline", by=technician, at=at_local(PROMPT_ON, 10), reason="Not seen")
    assert sweep_on(PROMPT_ON + dt.timedelta(days=1)).opened == 0
    assert due.classes(day=PROMPT_ON)["held_because"] == {"RENEWAL_DECLINED": 1}


def test_nobody_is_swept_after_death(technician: User) -> None:
    enrolment = enrolment_with_cover(as_at=COUNTED_ON)
    deeds.record_death(patient=enrolment.patient, died_on=COUNTED_ON, by=technician, at=at_local(COUNTED_ON, 12))
    assert sweep_on(PROMPT_ON).opened == 0
    assert sum(due.classes(day=PROMPT_ON)["enrolments"].values()) == 0


def test_who_brought_the_register_in_cannot_release_its_first_batch() -> None:
    enrolment_with_cover(as_at=COUNTED_ON)
    with acting(by=User.objects.system("command")):
        lead, other = UserFactory(role="HOMECARE_LEAD"), UserFactory(role="HOMECARE_LEAD")
    mark_import(by=lead, at=at_local(COUNTED_ON, 12))
    batch = sweep_on(PROMPT_ON).plans["PRESCRIPTION_PROMPT"].batch_id
    assert batch is not None
    with pytest.raises(Refused, match="Somebody else"):
        messaging.release_batch(batch_id=batch, by=lead, at=at_local(PROMPT_ON, 10))
    assert messaging.release_batch(batch_id=batch, by=other, at=at_local(PROMPT_ON, 10)) == 1


def test_the_first_batch_of_each_rule_after_an_import_is_held() -> None:
    enrolment_with_cover(as_at=COUNTED_ON)
    by = User.objects.system("register_import")
    mark_import(by=by, at=at_local(COUNTED_ON, 12))
    first = sweep_on(PROMPT_ON)
    enrolment_with_cover(as_at=COUNTED_ON)
    second = sweep_on(PROMPT_ON)
    assert (first.held, second.held, second.planned) == (1, 0, 1)
