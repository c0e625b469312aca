"""From registered to active: the first prescription, delivery, training and dose, in order and refused out of it."""

import datetime as dt

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import IllegalMove, NotAllowed, Refused
from patients.actions import first_dose, move, plans, regimen, visits
from patients.actions.regimen import Doses
from patients.actions.transfer import start_transfer
from patients.cover import actions as cover
from patients.models import (
    BridgingSupply,
    Cover,
    Enrolment,
    PathwayClock,
    RegimenPhase,
    RemainingSupply,
    SupplyFact,
    Visit,
)
from prescriptions import actions as prescriptions
from prescriptions.due import open_due_renewals
from prescriptions.models import RenewalRequest
from tests.factories import NOON, UserFactory, consented, enrolment_with_cover
from tests.patients.starts import TODAY, days, delivered, fortnightly, registered, sent, somebody, status_of, trained
from tests.patients.transfers import live_service

pytestmark = pytest.mark.django_db
TRAINING = "TRAINING_AND_COMPETENCY"
LAST = dt.date(2026, 9, 1)


def take(enrolment: Enrolment, *, on: dt.date = TODAY, at: dt.datetime = NOON, role: str = "TECHNICIAN") -> Enrolment:
    return first_dose.record_first_dose(enrolment=enrolment, taken_on=on, by=somebody(role), at=at)


def milestones(enrolment: Enrolment) -> dict[str, dt.date]:
    steps = PathwayClock.objects.get(enrolment=enrolment).steps.exclude(milestone="").order_by("pk")
    return dict(steps.values_list("milestone", "reached_on"))


def bridged(enrolment: Enrolment, *, on: dt.date = TODAY) -> None:
    with acting(by=somebody()):
        BridgingSupply.objects.create(
            enrolment=enrolment,
            supplied_on=on,
            units=2,
            cause="BEFORE_START",
            cause_party="PROVIDER",
            recorded_by=somebody(),
        )


# The way, step by step


def test_the_first_prescription_moves_a_registered_enrolment() -> None:
    enrolment = registered()
    sent(enrolment)
    assert status_of(enrolment) == "AWAITING_FIRST_DELIVERY"
    assert milestones(enrolment)["FIRST_PRESCRIPTION_SENT"] == TODAY


@pytest.mark.parametrize(
    ("activities", "status", "stage"),
    [((), "AWAITING_FIRST_DELIVERY", "AWAITING_FIRST_DOSE"), ((TRAINING,), "AWAITING_TRAINING", "AWAITING_TRAINING")],
)
def test_the_first_delivery_leads_to_training_where_it_is_required(
    activities: tuple[str, ...], status: str, stage: str
) -> None:
    enrolment = registered(*activities)
    delivered(sent(enrolment))
    assert status_of(enrolment) == status
    assert milestones(enrolment)["FIRST_DELIVERY"] == TODAY
    assert PathwayClock.objects.get(enrolment=enrolment).stage == stage


def test_somebody_trained_before_the_delivery_waits_for_the_dose() -> None:
    enrolment = registered(TRAINING)
    prescription = sent(enrolment)
    trained(enrolment)
    delivered(prescription)
    assert status_of(enrolment) == "AWAITING_FIRST_DELIVERY"
    assert PathwayClock.objects.get(enrolment=enrolment).stage == "AWAITING_FIRST_DOSE"


def test_training_reaches_its_milestone() -> None:
    enrolment = registered(TRAINING)
    delivered(sent(enrolment))
    trained(enrolment, at=days(3))
    assert milestones(enrolment)["TRAINED"] == days(3).date()
    assert PathwayClock.objects.get(enrolment=enrolment).stage == "AWAITING_FIRST_DOSE"


def test_the_first_dose_activates_and_closes_the_clock() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment))
    take(enrolment, on=days(2).date(), at=days(3))
    enrolment = Enrolment.objects.select_related("treatment").get(pk=enrolment.pk)
    clock = PathwayClock.objects.get(enrolment=enrolment)
    assert (enrolment.status, enrolment.treatment.started_on) == ("ACTIVE", days(2).date())
    assert (clock.ended_on, clock.end_reason) == (days(2).date(), "FIRST_DOSE")


def test_a_provider_may_report_the_first_delivery() -> None:
    enrolment = registered(TRAINING)
    prescription = sent(enrolment)
    with acting(by=User.objects.system("command")):
        provider = UserFactory(role="PROVIDER_CLIENT", kind="PROVIDER_CLIENT")
    delivered(prescription, by=provider)
    assert status_of(enrolment) == "AWAITING_TRAINING"


def test_a_nurse_may_record_the_first_dose_and_an_auditor_may_not() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment))
    with pytest.raises(NotAllowed):
        take(enrolment, role="AUDITOR")
    assert take(enrolment, role="SPECIALIST_NURSE").status == "ACTIVE"


def test_a_second_delivery_is_no_milestone() -> None:
    enrolment = registered()
    prescription = sent(enrolment)
    delivered(prescription)
    delivered(prescription, at=days(30))
    assert milestones(enrolment)["FIRST_DELIVERY"] == TODAY


# Cover


def test_what_was_delivered_before_counts_once_active() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment), units=6)
    assert not Cover.objects.get(pk=enrolment.pk).is_live
    take(enrolment, on=days(4).date(), at=days(4))
    found = Cover.objects.get(pk=enrolment.pk)
    assert (found.is_live, found.stock_known) == (True, True)
    assert found.first_uncovered_dose_on == days(4 + 6 * 14).date()
    assert cover.answer_now(enrolment, on=days(4).date()).units_on_hand == 5


def test_the_sweep_asks_nothing_before_the_first_dose_and_once_after() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment), units=2)
    sweep = User.objects.system("sweep")
    late = days(400)
    assert open_due_renewals(by=sweep, at=late).total == 0
    take(enrolment)
    assert open_due_renewals(by=sweep, at=NOON).total == 0  # a delivery is still to come on the prescription
    cover.recompute([enrolment.pk], on=late.date())
    assert open_due_renewals(by=sweep, at=late).total == 1
    assert open_due_renewals(by=sweep, at=late).total == 0
    assert RenewalRequest.objects.open().filter(enrolment=enrolment).count() == 1


def test_the_planned_regimen_moves_to_the_day_of_the_first_dose() -> None:
    enrolment = registered()
    fortnightly(enrolment, starts_on=TODAY, units=4)
    fortnightly(enrolment, starts_on=TODAY + dt.timedelta(days=14), units=1)
    delivered(sent(enrolment))
    take(enrolment, on=days(5).date(), at=days(5))
    phases = RegimenPhase.objects.filter(enrolment=enrolment).order_by("starts_on")
    assert list(phases.values_list("starts_on", "ends_on", "units_per_dose")) == [
        (days(5).date(), days(18).date(), 4),
        (days(19).date(), None, 1),
    ]


@pytest.mark.parametrize("moved_by", [-3, 0, 9])
def test_it_moves_either_way(moved_by: int) -> None:
    enrolment = registered()
    fortnightly(enrolment, starts_on=days(10).date(), units=2)
    fortnightly(enrolment, starts_on=days(24).date())
    delivered(sent(enrolment))
    taken = days(10 + moved_by)
    take(enrolment, on=taken.date(), at=taken)
    starts = RegimenPhase.objects.filter(enrolment=enrolment).order_by("starts_on").values_list("starts_on", flat=True)
    assert list(starts) == [taken.date(), taken.date() + dt.timedelta(days=14)]


def test_a_first_dose_besides_the_weekdays_is_written_as_taken() -> None:
    enrolment = registered()
    doses = Doses(starts_on=TODAY, units_per_dose=1, pattern="WEEKDAYS", weekdays=(0,))  # Mondays
    regimen.record_regimen(enrolment=enrolment, doses=doses, by=somebody("PRESCRIBER"), at=NOON)
    delivered(sent(enrolment), units=6)
    take(enrolment, on=days(2).date(), at=days(2))
    assert SupplyFact.objects.filter(enrolment=enrolment, kind="TAKEN", on=days(2).date(), units=1).exists()
    assert cover.answer_now(enrolment, on=days(2).date()).units_on_hand == 5


def test_a_treatment_begun_elsewhere_keeps_its_start_and_its_dose_days() -> None:
    enrolment = registered()
    fortnightly(enrolment, starts_on=dt.date(2025, 1, 6))
    with acting(by=somebody()):
        enrolment.treatment.started_on = dt.date(2025, 1, 6)
        enrolment.treatment.save()
    delivered(sent(enrolment))
    take(enrolment)
    assert RegimenPhase.objects.get(enrolment=enrolment).starts_on == dt.date(2025, 1, 6)
    assert Enrolment.objects.get(pk=enrolment.pk).treatment.started_on == dt.date(2025, 1, 6)


def test_a_bridged_patient_may_take_it_before_the_first_delivery() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    sent(enrolment)
    bridged(enrolment)
    assert take(enrolment).status == "ACTIVE"


def test_a_prescription_sent_before_the_acknowledgement_is_caught_up_with() -> None:
    enrolment = registered(upto="send_registration")
    with acting(by=somebody()):
        RemainingSupply.objects.create(enrolment=enrolment, remaining=2, units_each=6, last_valid_on=LAST)
        enrolment = move(enrolment=enrolment, event="acknowledge_registration", by=somebody(), at=NOON)
        assert first_dose.catch_up(enrolment, at=NOON).status == "AWAITING_FIRST_DELIVERY"


def test_the_first_dose_from_a_new_provider_ends_the_transfer_and_keeps_the_dose_days() -> None:
    old = enrolment_with_cover(as_at=TODAY, units=2)  # a dose tomorrow and every fortnight; when it began nobody knows
    by = somebody()
    with acting(by=by):
        moving = start_transfer(
            enrolment=old, to_service=live_service(old.medicine), by=by, at=NOON, reason="The contract ended"
        )
        new = moving.to_enrolment
        consented(new)
        for event in ("consent", "send_registration", "acknowledge_registration"):
            move(enrolment=new, event=event, by=by, at=NOON)
    delivered(sent(new), at=days(3), units=6)
    take(new, on=days(15).date(), at=days(15))
    moving.refresh_from_db()
    assert (status_of(old), status_of(new), moving.finished_on) == ("TRANSFERRED", "ACTIVE", days(15).date())
    assert RegimenPhase.objects.get(enrolment=new).starts_on == TODAY + dt.timedelta(days=1)
    assert cover.answer_now(new, on=days(15).date()).units_on_hand == 2 + 6 - 2


def test_a_registered_enrolment_without_a_prescription_stays_where_it_is() -> None:
    assert first_dose.catch_up(registered(), at=NOON).status == "REGISTERED"


# Refused


@pytest.mark.parametrize("upto", ["find_suitable", "consent", "send_registration", "acknowledge_registration"])
def test_no_first_dose_before_the_first_prescription_was_sent(upto: str) -> None:
    with pytest.raises(Refused, match="has not been sent to the provider yet"):
        take(registered(upto=upto))


@pytest.mark.parametrize("upto", ["find_suitable", "consent", "send_registration"])
def test_no_prescription_is_asked_for_before_the_provider_registered_them(upto: str) -> None:
    with pytest.raises(Refused, match="neither registered with its provider"):
        sent(registered(upto=upto))


def test_no_first_dose_without_medicine() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    sent(enrolment)
    with pytest.raises(Refused, match="there was nothing to take"):
        take(enrolment)
    assert status_of(enrolment) == "AWAITING_FIRST_DELIVERY"


def test_nor_before_the_day_it_came() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment), at=days(3))
    with pytest.raises(Refused, match="there was nothing to take"):
        take(enrolment, on=days(2).date(), at=days(3))


def test_no_first_dose_in_the_future() -> None:
    enrolment = registered()
    delivered(sent(enrolment))
    with pytest.raises(Refused, match="before it is taken"):
        take(enrolment, on=days(1).date())


def test_no_first_dose_without_a_regimen() -> None:
    enrolment = registered()
    delivered(sent(enrolment))
    with pytest.raises(Refused, match="Still required: regimen"):
        take(enrolment)


@pytest.mark.parametrize("outcome", ["", "MORE_NEEDED", "CANNOT"])
def test_no_first_dose_before_training(outcome: str) -> None:
    enrolment = registered(TRAINING)
    fortnightly(enrolment)
    delivered(sent(enrolment))
    if outcome:
        trained(enrolment, outcome=outcome)
    with pytest.raises(Refused, match="training, with a signed competency"):
        take(enrolment)
    assert status_of(enrolment) == "AWAITING_TRAINING"


def test_nor_dated_before_training_began() -> None:
    enrolment = registered(TRAINING)
    fortnightly(enrolment)
    delivered(sent(enrolment))
    trained(enrolment, at=days(3))
    with pytest.raises(Refused, match="Training began on 5 March 2026"):
        take(enrolment, on=days(2).date(), at=days(3))


def test_a_dose_under_the_trainers_eyes_may_come_before_the_signature() -> None:
    enrolment = registered(TRAINING)
    fortnightly(enrolment)
    delivered(sent(enrolment))
    trained(enrolment, outcome="MORE_NEEDED", at=days(1))
    trained(enrolment, at=days(8))
    assert take(enrolment, on=days(1).date(), at=days(8)).status == "ACTIVE"


def test_a_first_dose_is_recorded_once() -> None:
    enrolment = registered()
    fortnightly(enrolment)
    delivered(sent(enrolment))
    take(enrolment)
    with pytest.raises(IllegalMove, match="recorded this as active"):
        take(enrolment)


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ("CLINICAL_PROTOCOL", "clinical protocol with its escalation contact"),
        ("HOME_ADAPTATION", "adaptation of the home"),
        ("EQUIPMENT_INSTALLED", "equipment installed"),
        ("REFRIGERATION_PROVIDED", "fridge at home"),
        ("ADMINISTERED_BY_PROFESSIONAL", "nurse visit booked"),
    ],
)
def test_what_a_start_requires_is_asked_for_before_the_first_dose(activity: str, words: str) -> None:
    enrolment = registered(activity)
    fortnightly(enrolment)
    delivered(sent(enrolment))
    with pytest.raises(Refused, match=words):
        take(enrolment)


def test_a_bespoke_start_has_its_plan_before_the_first_prescription_is_sent() -> None:
    enrolment = registered("BESPOKE_SOLUTION")
    with pytest.raises(Refused, match="individual care plan"):
        sent(enrolment)
    plan = plans.write_care_plan(enrolment=enrolment, text="As agreed", by=somebody(), at=NOON)
    plans.approve_care_plan(plan=plan, by=somebody("CLINICAL_PHARMACIST"), at=NOON)
    approved = enrolment.prescriptions.get()
    prescriptions.send(prescription=approved, by=somebody(), at=NOON)
    assert status_of(enrolment) == "AWAITING_FIRST_DELIVERY"


def test_a_nurse_gives_it_where_the_patient_cannot() -> None:
    enrolment = registered("ADMINISTERED_BY_PROFESSIONAL")
    fortnightly(enrolment)
    delivered(sent(enrolment))
    nurse = somebody("SPECIALIST_NURSE")
    visit = visits.plan_visit(enrolment=enrolment, kind=Visit.Kind.ADMINISTRATION, by=nurse, at=NOON)
    visits.record_administration(visit=visit, done_on=TODAY, by=nurse, at=NOON)
    assert take(enrolment).status == "ACTIVE"
