"""A treatment moves from one provider to another: what goes along, and that nothing is counted twice."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from patients.actions import resume, stop, suspend, transfer
from patients.actions.enrolment import move
from patients.actions.people import mark_deceased
from patients.cover import actions as cover
from patients.models import (
    Consent,
    Cover,
    DeliveryPreference,
    Enrolment,
    Equipment,
    PathwayClock,
    ProviderNotice,
    Registration,
    SupplyFact,
    Transfer,
)
from providers.actions import move_service
from providers.models import HomecareService
from tests.factories import NOON, UserFactory, enrolment_with_cover
from tests.patients.transfers import TODAY, bring_to_first_dose, live_service

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def by() -> Iterator[User]:
    user = UserFactory(role="HOMECARE_LEAD")
    with acting(by=user):
        yield user


@pytest.fixture
def old(by: User) -> Enrolment:
    """Two pens counted today, the first dose tomorrow, one a fortnight."""
    return enrolment_with_cover(as_at=TODAY)


@pytest.fixture
def service(old: Enrolment) -> HomecareService:
    return live_service(old.medicine)


def start(old: Enrolment, service: HomecareService, by: User, **said: Any) -> Transfer:
    given = {"reason": "The contract ended", "at": NOON} | said
    return transfer.start_transfer(enrolment=old, to_service=service, by=by, **given)


def finish(moving: Transfer, by: User, *, at: dt.datetime = NOON) -> Transfer:
    bring_to_first_dose(moving.to_enrolment, by=by, at=at)
    return transfer.finish_transfer(transfer=moving, on=at.date(), by=by, at=at)


# Who may be transferred, and where to


@pytest.mark.parametrize("event", ["close_to_new", "end"])
def test_a_closed_service_takes_nobody(old: Enrolment, service: HomecareService, by: User, event: str) -> None:
    move_service(service=service, event=event, by=UserFactory(role="CHIEF_PHARMACIST"), at=NOON, reason="Full")
    with pytest.raises(Refused, match=r"closed to new|has ended"):
        start(old, service, by)


def test_a_service_that_is_not_live_takes_nobody(old: Enrolment, by: User) -> None:
    with pytest.raises(Refused, match="not yet live"):
        start(old, live_service(old.medicine, status="PROPOSED"), by)


def test_a_service_without_the_medicine_is_refused_and_nothing_is_left(old: Enrolment, by: User) -> None:
    with pytest.raises(Refused, match="does not supply"):
        start(old, live_service(), by)
    assert Enrolment.objects.get().status == "ACTIVE"


def test_the_same_provider_is_refused(old: Enrolment, by: User) -> None:
    with pytest.raises(Refused, match="already"):
        start(old, live_service(old.medicine, provider=old.service.provider), by)


def test_a_reason_is_asked_for(old: Enrolment, service: HomecareService, by: User) -> None:
    with pytest.raises(Refused, match="Say why"):
        start(old, service, by, reason="  ")


def test_a_second_transfer_at_once_is_told_who_was_first(old: Enrolment, service: HomecareService, by: User) -> None:
    start(old, service, by)
    with pytest.raises(IllegalMove, match=f"{by} recorded this as transferring"):
        start(old, live_service(old.medicine), by)
    assert Transfer.objects.count() == 1


def test_who_may_not_change_enrolments_may_not_transfer(old: Enrolment, service: HomecareService) -> None:
    with pytest.raises(NotAllowed):
        start(old, service, UserFactory(role="FINANCE"))


# What a transfer begins


def test_the_new_enrolment_is_suitable_and_says_from_where(old: Enrolment, service: HomecareService, by: User) -> None:
    new = start(old, service, by).to_enrolment
    change = new.status_changes.get()
    assert (new.status, new.service, new.treatment_id) == ("SUITABLE", service, old.treatment_id)
    assert str(old.service.provider) in change.reason


def test_consent_to_share_with_the_new_provider_is_missing(old: Enrolment, service: HomecareService, by: User) -> None:
    new = start(old, service, by).to_enrolment
    assert not Consent.objects.filter(enrolment=new).exists()
    assert PathwayClock.objects.get(enrolment=new).stage == "AWAITING_CONSENT"
    with pytest.raises(IllegalMove):
        move(enrolment=new, event="send_registration", by=by, at=NOON)


def test_a_clock_runs_to_the_next_dose(old: Enrolment, service: HomecareService, by: User) -> None:
    new = start(old, service, by).to_enrolment
    assert PathwayClock.objects.get(enrolment=new).kind == "TRANSFER"


def test_the_old_provider_is_told(old: Enrolment, service: HomecareService, by: User) -> None:
    start(old, service, by)
    notice = ProviderNotice.objects.get()
    assert (notice.kind, notice.provider) == ("TRANSFER", old.service.provider)


def test_the_new_provider_is_told_nothing_before_consent(old: Enrolment, service: HomecareService, by: User) -> None:
    start(old, service, by)
    assert not ProviderNotice.objects.filter(provider=service.provider).exists()


def test_wishes_and_regimen_go_along(old: Enrolment, service: HomecareService, by: User) -> None:
    DeliveryPreference.objects.create(enrolment=old, weekdays=[2], place="WORK", asked_on=TODAY, answer="HONOURED")
    new = start(old, service, by).to_enrolment
    wishes = new.delivery_preferences.get()
    assert (wishes.weekdays, wishes.place, wishes.answer) == ([2], "WORK", "WAITING")
    assert [p.starts_on for p in new.phases.all()] == [p.starts_on for p in old.phases.all()]


# Cover while it runs: one home, one answer


def test_the_old_enrolment_keeps_the_cover(old: Enrolment, service: HomecareService, by: User) -> None:
    before = Cover.objects.get(pk=old.pk).first_uncovered_dose_on
    start(old, service, by)
    cover.recompute([old.pk], on=TODAY)
    kept = Cover.objects.get(pk=old.pk)
    assert (kept.is_live, kept.first_uncovered_dose_on) == (True, before)


def test_what_the_new_provider_gives_counts_for_the_old_cover(
    old: Enrolment, service: HomecareService, by: User
) -> None:
    moving = start(old, service, by)
    before = Cover.objects.get(pk=old.pk).first_uncovered_dose_on
    deliver(moving.to_enrolment, 3, by, on=TODAY + DAY)
    cover.recompute([moving.to_enrolment_id], on=TODAY + DAY)
    assert Cover.objects.get(pk=old.pk).first_uncovered_dose_on == before + 3 * 14 * DAY
    assert [c.pk for c in Cover.objects.filter(is_live=True)] == [old.pk]


def test_what_the_new_provider_has_still_to_give_counts_too(old: Enrolment, service: HomecareService, by: User) -> None:
    new = start(old, service, by).to_enrolment
    supply = cover.Supply(remaining=6, units_each=2, last_valid_on=TODAY + 180 * DAY)
    cover.set_remaining_supply(enrolment_id=new.pk, supply=supply, on=TODAY)
    assert Cover.objects.get(pk=old.pk).script_cover_ends_on > TODAY + 100 * DAY


def deliver(enrolment: Enrolment, units: int, by: User, *, on: dt.date = TODAY) -> None:
    cover.add_delivery(enrolment_id=enrolment.pk, on=on, units=units, expires_on=None, delivery_line=1, by=by, at=NOON)


# The end of it


def test_the_first_dose_ends_the_old_enrolment(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = finish(start(old, service, by), by)
    old.refresh_from_db()
    assert (old.status, moving.finished_on) == ("TRANSFERRED", TODAY)
    assert Cover.objects.get(pk=old.pk).is_live is False


def test_it_is_not_finished_before_the_first_dose(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    with pytest.raises(Refused, match="first dose"):
        transfer.finish_transfer(transfer=moving, on=TODAY, by=by, at=NOON)


def test_overlapping_stock_is_counted_once(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    deliver(moving.to_enrolment, 3, by, on=TODAY + DAY)
    finish(moving, by, at=NOON + DAY)  # two and three, less tomorrow's dose
    new = Cover.objects.get(pk=moving.to_enrolment_id)
    assert (new.is_live, new.first_uncovered_dose_on) == (True, TODAY + DAY + 5 * 14 * DAY)
    count = SupplyFact.objects.get(enrolment=moving.to_enrolment, kind="COUNT")
    assert (count.units, count.on, count.is_assumed) == (4, TODAY + DAY, False)


def test_stock_that_rests_on_an_assumption_stays_assumed(old: Enrolment, service: HomecareService, by: User) -> None:
    SupplyFact.objects.filter(enrolment=old).update(is_assumed=True)
    moving = finish(start(old, service, by), by)
    assert SupplyFact.objects.get(enrolment=moving.to_enrolment, kind="COUNT").is_assumed is True


def test_stock_that_nobody_knows_is_not_made_up(old: Enrolment, service: HomecareService, by: User) -> None:
    SupplyFact.objects.filter(enrolment=old).update(withdrawn_at=NOON)
    moving = finish(start(old, service, by), by)
    assert not SupplyFact.objects.filter(enrolment=moving.to_enrolment).exists()


def test_a_parcel_that_comes_afterwards_counts_where_the_patient_is(
    old: Enrolment, service: HomecareService, by: User
) -> None:
    moving = finish(start(old, service, by), by)
    before = Cover.objects.get(pk=moving.to_enrolment_id).first_uncovered_dose_on
    deliver(old, 2, by, on=TODAY + DAY)
    cover.recompute([moving.to_enrolment_id], on=TODAY + DAY)
    assert Cover.objects.get(pk=moving.to_enrolment_id).first_uncovered_dose_on == before + 2 * 14 * DAY


def test_a_dose_changed_meanwhile_is_the_dose_afterwards(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    old.phases.update(units_per_dose=2)
    finish(moving, by)
    assert moving.to_enrolment.phases.get().units_per_dose == 2


@pytest.mark.parametrize(("owner", "goes_along"), [("TRUST", True), ("PATIENT", True), ("PROVIDER", False)])
def test_equipment_goes_along_unless_it_is_the_providers(
    old: Enrolment, service: HomecareService, by: User, owner: str, goes_along: bool
) -> None:
    item = Equipment.objects.create(enrolment=old, kind="FRIDGE", serial_number="F1", owner=owner, delivered_on=TODAY)
    moving = finish(start(old, service, by), by)
    item.refresh_from_db()
    assert (item.enrolment_id == moving.to_enrolment_id) is goes_along
    assert old.collections.filter(equipment=item).exists() is not goes_along


def test_a_clock_ends_with_the_dose(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = finish(start(old, service, by), by)
    assert Transfer.objects.under_way().count() == 0
    assert moving.from_enrolment.status_changes.filter(event="finish_transfer").exists()


# Calling it off


def test_called_off_all_is_as_before(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    before = Cover.objects.get(pk=old.pk).first_uncovered_dose_on
    called_off = transfer.cancel_transfer(transfer=moving, by=by, at=NOON, reason="They can supply after all")
    assert called_off.cancelled_on == TODAY
    assert [e.status for e in Enrolment.objects.order_by("pk")] == ["ACTIVE", "WITHDRAWN"]
    assert Cover.objects.get(pk=old.pk).first_uncovered_dose_on == before


def test_after_it_was_called_off_another_may_begin(old: Enrolment, service: HomecareService, by: User) -> None:
    transfer.cancel_transfer(transfer=start(old, service, by), by=by, at=NOON, reason="A mistake")
    start(old, live_service(old.medicine), by)
    assert Transfer.objects.under_way().count() == 1


def test_it_is_called_off_once(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    transfer.cancel_transfer(transfer=moving, by=by, at=NOON, reason="A mistake")
    with pytest.raises(Refused, match="was called off on 2 March 2026"):
        transfer.cancel_transfer(transfer=moving, by=by, at=NOON, reason="A mistake")


def test_what_the_new_provider_has_is_not_called_off(old: Enrolment, service: HomecareService, by: User) -> None:
    moving = start(old, service, by)
    new = moving.to_enrolment
    Registration.objects.create(
        enrolment=new, patient=new.patient, provider=service.provider, reference=uuid.uuid4(), attempt=1,
        channel="EMAIL", sent_at=NOON, sent_by=by, as_sent={}, sha256="0" * 64,
    )  # fmt: skip
    with pytest.raises(Refused, match="has the patient's registration already"):
        transfer.cancel_transfer(transfer=moving, by=by, at=NOON, reason="A mistake")


def test_a_new_enrolment_that_is_withdrawn_gives_the_patient_back(
    old: Enrolment, service: HomecareService, by: User
) -> None:
    moving = start(old, service, by)
    move(enrolment=moving.to_enrolment, event="withdraw", by=by, at=NOON, reason="They cannot take the patient")
    old.refresh_from_db()
    assert old.status == "ACTIVE"
    assert Transfer.objects.under_way().count() == 0


def test_a_treatment_that_stops_takes_the_new_enrolment_with_it(
    old: Enrolment, service: HomecareService, by: User
) -> None:
    start(old, service, by)
    stop(enrolment=old, ended_on=TODAY, stop_reason="REMISSION", by=by, at=NOON)
    assert [e.status for e in Enrolment.objects.order_by("pk")] == ["STOPPED", "WITHDRAWN"]


def test_a_death_ends_both(old: Enrolment, service: HomecareService, by: User) -> None:
    start(old, service, by)
    mark_deceased(patient=old.patient, died_on=TODAY, by=by, at=NOON)
    assert {e.status for e in Enrolment.objects.all()} == {"DECEASED"}
    assert Transfer.objects.under_way().count() == 0


# Pauses


def pause(enrolment: Enrolment, by: User, *, starts_on: dt.date = TODAY) -> None:
    suspend(enrolment=enrolment, starts_on=starts_on, suspension_reason="INFECTION", by=by, at=NOON)


def test_a_paused_patient_moves_paused_and_comes_back_paused(
    old: Enrolment, service: HomecareService, by: User
) -> None:
    pause(old, by)
    moving = start(old, service, by)
    transfer.cancel_transfer(transfer=moving, by=by, at=NOON, reason="A mistake")
    old.refresh_from_db()
    assert old.status == "SUSPENDED"


def test_somebody_who_moves_may_be_paused_and_resumed(old: Enrolment, service: HomecareService, by: User) -> None:
    start(old, service, by)
    old.refresh_from_db()
    pause(old, by)
    with pytest.raises(Refused, match="paused from 2 March 2026 already"):
        pause(old, by)
    resume(enrolment=old, restarts_on=TODAY + 7 * DAY, by=by, at=NOON)
    old.refresh_from_db()
    assert old.status == "TRANSFERRING"
    assert old.suspensions.get().ends_on == TODAY + 6 * DAY


def test_the_first_dose_ends_the_pause(old: Enrolment, service: HomecareService, by: User) -> None:
    pause(old, by, starts_on=TODAY - 3 * DAY)
    finish(start(old, service, by), by)
    assert old.suspensions.get().ends_on == TODAY - DAY


def test_a_pause_to_come_goes_along(old: Enrolment, service: HomecareService, by: User) -> None:
    pause(old, by, starts_on=TODAY + 10 * DAY)
    moving = finish(start(old, service, by), by)
    new = Enrolment.objects.get(pk=moving.to_enrolment_id)
    assert (new.status, new.suspensions.get().starts_on) == ("SUSPENDED", TODAY + 10 * DAY)


def test_a_treatment_moves_on_from_where_it_moved_to(old: Enrolment, service: HomecareService, by: User) -> None:
    first = finish(start(old, service, by), by)
    new = Enrolment.objects.get(pk=first.to_enrolment_id)
    second = start(new, live_service(old.medicine), by)
    assert second.from_enrolment_id == first.to_enrolment_id
