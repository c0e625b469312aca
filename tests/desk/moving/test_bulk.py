"""A whole list moves off a provider: ranked, in small steps, stopped and started again, each patient exactly once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connections

from homecare.accounts.models import User
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from homecare.desk.moving import deeds, running, tasks
from homecare.desk.moving.planning import NO_SERVICE, Whom, medicines_to_move, plan_bulk_transfer
from patients.models import BulkTransfer, BulkTransferRow, Enrolment, Transfer
from providers.actions import move_service
from tests.desk.moving.lists import failing, planned
from tests.desk.pages import person
from tests.factories import NOON, MedicineFactory, enrolment_with_cover
from tests.patients.transfers import TODAY, live_service

pytestmark = pytest.mark.django_db


def now() -> Any:
    return NOON


def started(bulk: BulkTransfer, by: User) -> BulkTransfer:
    return running.start_bulk_transfer(bulk=bulk, by=by, at=NOON)


def run(bulk: BulkTransfer, *, seconds: float = 60) -> bool:
    return running.run_for(bulk_id=bulk.pk, seconds=seconds, now=now)


def statuses(bulk: BulkTransfer) -> list[str]:
    return list(BulkTransferRow.objects.filter(bulk=bulk).order_by("place").values_list("status", flat=True))


# Planning


def test_who_runs_out_first_is_first() -> None:
    at = failing(4)
    rows = BulkTransferRow.objects.filter(bulk=planned(at)).order_by("place")
    assert list(rows.values_list("enrolment_id", "place")) == [(e.pk, n) for n, e in enumerate(at.enrolments, 1)]


def test_whom_nobody_knows_of_comes_before_those_who_have_plenty() -> None:
    at = failing(2)
    unknown = enrolment_with_cover(as_at=TODAY, service=at.enrolments[0].service, treatment__medicine=at.medicine)
    unknown.cover.__class__.objects.filter(pk=unknown.pk).update(stock_known=False, first_uncovered_dose_on=None)
    plenty = at.enrolments[0]
    plenty.cover.__class__.objects.filter(pk=plenty.pk).update(first_uncovered_dose_on=None)
    rows = BulkTransferRow.objects.filter(bulk=planned(at)).order_by("place")
    assert list(rows.values_list("enrolment_id", flat=True)) == [at.enrolments[1].pk, unknown.pk, plenty.pk]


def test_planning_moves_nobody() -> None:
    at = failing(2)
    planned(at)
    assert Transfer.objects.count() == 0
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"ACTIVE"}


def test_a_medicine_without_a_service_is_listed_and_not_moved() -> None:
    at = failing(1)
    other = enrolment_with_cover(
        as_at=TODAY, service=at.enrolments[0].service, treatment__medicine=MedicineFactory(name="Rare")
    )
    row = BulkTransferRow.objects.get(bulk=planned(at), enrolment=other)
    assert (row.status, row.message, row.to_service) == ("REFUSED", NO_SERVICE, None)


def test_only_services_that_take_them_are_offered() -> None:
    at = failing(1)
    live_service(at.medicine, status="CLOSED_TO_NEW")
    live_service(at.medicine, provider=at.provider)
    live_service(MedicineFactory())
    (medicine,) = medicines_to_move(at.provider, Whom())
    assert (medicine.patients, medicine.services) == (1, (at.target,))


def test_the_list_may_be_of_one_specialty_or_one_medicine() -> None:
    at = failing(2)
    other = MedicineFactory(name="Other")
    enrolment_with_cover(as_at=TODAY, service=at.enrolments[0].service, treatment__medicine=other)
    assert [m.name for m in medicines_to_move(at.provider, Whom(medicine_id=other.pk))] == ["Other"]
    specialty = at.enrolments[0].clinic.specialty_id
    assert sum(m.patients for m in medicines_to_move(at.provider, Whom(specialty_id=specialty))) == 3
    assert medicines_to_move(at.provider, Whom(specialty_id=0)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"to_services": {}}, "nobody to move"),
        ({"to_services": "closed"}, "takes no new patients"),
    ],
)
def test_a_plan_that_leads_nowhere_is_refused(change: dict[str, Any], words: str) -> None:
    at = failing(1)
    given = {"reason": "They closed", "to_services": {at.medicine.pk: at.target.pk}} | change
    if given["to_services"] == "closed":
        given["to_services"] = {at.medicine.pk: live_service(at.medicine, status="CLOSED_TO_NEW").pk}
    with pytest.raises(Refused, match=words):
        plan_bulk_transfer(provider=at.provider, whom=Whom(), old_provider_supplies=True, by=at.lead, at=NOON, **given)
    assert BulkTransfer.objects.count() == 0


def test_only_a_lead_moves_a_list() -> None:
    at = failing(1)
    with pytest.raises(NotAllowed):
        plan_bulk_transfer(
            provider=at.provider, whom=Whom(), to_services={at.medicine.pk: at.target.pk}, reason="x",
            old_provider_supplies=True, by=person("TECHNICIAN"), at=NOON,
        )  # fmt: skip


# Running


def test_everybody_is_moved_once_and_the_list_is_done() -> None:
    at = failing(3)
    bulk = started(planned(at), at.lead)
    assert run(bulk) is False
    bulk.refresh_from_db()
    assert (bulk.status, bulk.finished_at, statuses(bulk)) == ("DONE", NOON, ["DONE"] * 3)
    assert sorted(Transfer.objects.values_list("from_enrolment_id", flat=True)) == sorted(
        enrolment.pk for enrolment in at.enrolments
    )
    assert {t.bulk_id for t in Transfer.objects.all()} == {bulk.pk}


def test_each_is_the_deed_of_whoever_started_it() -> None:
    at = failing(1)
    another = person("HOMECARE_LEAD")
    run(started(planned(at), another))
    assert at.enrolments[0].status_changes.get(event="start_transfer").by == another


def test_who_cannot_be_moved_is_said_why_and_does_not_hold_up_the_others() -> None:
    at = failing(3)
    bulk = planned(at)
    first = at.enrolments[0]
    deeds.start_transfer(enrolment=first, to_service=at.target, by=at.lead, at=NOON, reason="By hand")
    run(started(bulk, at.lead))
    assert statuses(bulk) == ["REFUSED", "DONE", "DONE"]
    assert "cannot “start transfer”" in BulkTransferRow.objects.get(enrolment=first).message


def test_a_service_that_closes_meanwhile_refuses_the_rest_in_words() -> None:
    at = failing(2)
    bulk = started(planned(at), at.lead)
    running.move_next(bulk_id=bulk.pk, at=NOON)
    move_service(service=at.target, event="close_to_new", by=person("CHIEF_PHARMACIST"), at=NOON, reason="Full")
    run(bulk)
    assert statuses(bulk) == ["DONE", "REFUSED"]
    assert "closed to new patients" in BulkTransferRow.objects.get(status="REFUSED").message


def test_a_fault_of_ours_is_written_down_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    at = failing(2)
    bulk = started(planned(at), at.lead)
    real: Callable[..., Transfer] = deeds.start_transfer

    def faulty(**given: Any) -> Transfer:
        if given["enrolment"] == at.enrolments[0]:
            raise ZeroDivisionError
        return real(**given)

    monkeypatch.setattr(deeds, "start_transfer", faulty)
    run(bulk)
    assert statuses(bulk) == ["REFUSED", "DONE"]
    assert "by hand" in BulkTransferRow.objects.get(status="REFUSED").message


def test_a_database_that_is_lost_leaves_the_row_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    at = failing(1)
    bulk = started(planned(at), at.lead)

    def lost(**given: Any) -> Transfer:
        raise OperationalError("gone")

    monkeypatch.setattr(deeds, "start_transfer", lost)
    with pytest.raises(OperationalError):
        run(bulk)
    assert statuses(bulk) == ["WAITING"]


# Stopped and started again


def test_a_stopped_list_moves_nobody_until_it_is_started_again() -> None:
    at = failing(3)
    bulk = started(planned(at), at.lead)
    running.move_next(bulk_id=bulk.pk, at=NOON)
    running.stop_bulk_transfer(bulk=bulk, by=at.lead, at=NOON)
    assert running.move_next(bulk_id=bulk.pk, at=NOON) is False
    assert (run(bulk), statuses(bulk)) == (False, ["DONE", "WAITING", "WAITING"])
    run(started(bulk, at.lead))
    assert statuses(bulk) == ["DONE"] * 3


def test_a_list_is_started_once() -> None:
    at = failing(1)
    bulk = started(planned(at), at.lead)
    with pytest.raises(IllegalMove):
        started(bulk, at.lead)


def test_a_discarded_list_is_not_started() -> None:
    at = failing(1)
    bulk = running.discard_bulk_transfer(bulk=planned(at), by=at.lead, at=NOON)
    with pytest.raises(IllegalMove):
        started(bulk, at.lead)


def test_a_list_of_somebody_who_may_no_longer_is_stopped() -> None:
    at = failing(1)
    bulk = started(planned(at), at.lead)
    User.objects.filter(pk=at.lead.pk).update(role="TECHNICIAN")
    assert run(bulk) is False
    bulk.refresh_from_db()
    assert (bulk.status, statuses(bulk)) == ("STOPPED", ["WAITING"])


def test_what_is_left_after_a_step_goes_on_with_the_next() -> None:
    at = failing(2)
    bulk = started(planned(at), at.lead)
    assert run(bulk, seconds=0) is True
    assert run(bulk) is False


@pytest.mark.django_db(transaction=True)
def test_only_one_is_at_it() -> None:
    at = failing(1)
    bulk = started(planned(at), at.lead)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({running._KEY})", [bulk.pk])
        assert (run(bulk), statuses(bulk)) == (False, ["WAITING"])
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")  # a closed session lets go a moment later
        other.close()
    run(bulk)
    assert statuses(bulk) == ["DONE"]


def test_beat_wakes_a_worker_for_each_list_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    at = failing(1)
    bulk = started(planned(at), at.lead)
    woken: list[Any] = []
    monkeypatch.setattr(tasks.jobs, "start", lambda name, **given: woken.append((name, given)))
    tasks.wake_bulk_transfers()
    assert woken == [("desk.run_bulk_transfer", {"bulk_id": bulk.pk})]
