"""A dose, device or brand changed: what each change does in every app, and what is asked before."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from deliveries.models import Delivery
from homecare.accounts.models import User
from homecare.audit.actions import acting
from homecare.core.errors import NotAllowed, Refused
from homecare.desk import deeds
from homecare.desk.deeds.dosing import DoseChange, OldStock, What
from medicines.models import Product
from patients import actions as patients
from patients.actions.regimen import Doses
from patients.cover import actions as cover
from patients.models import (
    Collection,
    Enrolment,
    PathwayClock,
    ProviderNotice,
    RegimenPhase,
    SupplyFact,
    Treatment,
    Visit,
)
from prescriptions import actions as prescriptions
from prescriptions.models import Prescription, RenewalRequest
from tests.desk.changing.ends import DAY, booked
from tests.desk.pages import TODAY, browser, enrolled, person, text, treated
from tests.factories import NOON, ProductFactory
from tests.prescriptions.test_actions import approved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def product_of(enrolment: Enrolment, brand: str = "Newbrand", **fields: object) -> Product:
    with acting(by=User.objects.system("command")):
        return ProductFactory(medicine=enrolment.medicine, brand=brand, **fields)


def weekly(**changes: Any) -> DoseChange:
    doses = {"starts_on": TODAY + DAY, "units_per_dose": 1, "pattern": "EVERY_DAYS", "every_days": 7} | {
        name: changes.pop(name) for name in ("starts_on", "every_days") if name in changes
    }
    return DoseChange(**({"what": What.DOSE, "doses": Doses(dose_text="40 mg", **doses)} | changes))


def changed(enrolment: Enrolment, change: DoseChange, *, by: str = "CLINICAL_PHARMACIST") -> RegimenPhase:
    return deeds.change_dose(enrolment=enrolment, change=change, by=person(by), at=NOON, reason="Not enough")


def sent(enrolment: Enrolment, status: str = "BOOKED") -> tuple[Prescription, Delivery]:
    technician = person("TECHNICIAN")
    prescription = prescriptions.send(
        prescription=approved(enrolment, technician, person("CLINICAL_PHARMACIST")), by=technician, at=NOON
    )
    return prescription, booked(prescription, status=status)


def kinds() -> list[str]:
    return sorted(ProviderNotice.objects.untold().values_list("kind", flat=True))


def test_the_old_ends_and_the_new_is_asked_for() -> None:
    enrolment = treated()
    prescription, delivery = sent(enrolment)
    changed(enrolment, weekly())
    prescription.refresh_from_db()
    delivery.refresh_from_db()
    assert (prescription.status, delivery.status) == ("CANCELLED", "CANCELLED")
    assert RenewalRequest.objects.open().get(enrolment=enrolment).asks.get().note == "Not enough"
    assert kinds() == ["CANCELLATION", "DOSE_CHANGE"]
    assert PathwayClock.objects.running().get(enrolment=enrolment).kind == "DOSE_CHANGE"


def test_an_open_request_is_asked_anew() -> None:
    enrolment = treated()
    old = prescriptions.open_renewal(enrolment=enrolment, asked_by="CLINIC", by=person("TECHNICIAN"), at=NOON)
    changed(enrolment, weekly())
    old.refresh_from_db()
    assert (old.status, RenewalRequest.objects.open().filter(enrolment=enrolment).count()) == ("STOPPED", 1)


def test_the_regimen_changes_on_its_day() -> None:
    enrolment = treated()
    changed(enrolment, weekly(starts_on=TODAY + 10 * DAY))
    before, after = RegimenPhase.objects.filter(enrolment=enrolment).order_by("starts_on")
    assert (before.ends_on, after.starts_on) == (TODAY + 9 * DAY, TODAY + 10 * DAY)
    assert (after.every_days, after.frequency_text, after.is_assumed) == (7, "every 7 days", False)


def test_a_later_stretch_that_had_not_begun_is_replaced_and_two_are_refused() -> None:
    enrolment = treated()
    changed(enrolment, weekly(starts_on=TODAY + 30 * DAY))
    changed(enrolment, weekly(starts_on=TODAY + 20 * DAY, every_days=10))
    assert RegimenPhase.objects.filter(enrolment=enrolment).count() == 2
    with acting(by=User.objects.system("command")):
        RegimenPhase.objects.filter(every_days=10).update(ends_on=TODAY + 40 * DAY)
        RegimenPhase.objects.create(
            enrolment=enrolment, starts_on=TODAY + 41 * DAY, units_per_dose=1, pattern="EVERY_DAYS", every_days=3
        )
    with pytest.raises(Refused, match="2 more parts"):
        changed(enrolment, weekly(starts_on=TODAY + 2 * DAY))


def test_the_dates_move_with_the_dose() -> None:
    enrolment = treated(units=4)
    before = cover.answer_now(enrolment, on=TODAY).first_uncovered_dose_on
    changed(enrolment, weekly())
    after = cover.answer_now(enrolment, on=TODAY).first_uncovered_dose_on
    assert after < before


@pytest.mark.parametrize(
    ("old_stock", "at_home", "is_collected"),
    [(OldStock.USE_UP, 3, False), (OldStock.WRITE_OFF, 0, True), (OldStock.KEEP_APART, 0, False)],
)
def test_what_is_left_of_the_old_is_dealt_with(old_stock: OldStock, at_home: int, is_collected: bool) -> None:
    enrolment = treated()
    changed(enrolment, weekly(product=product_of(enrolment), units_left=3, old_stock=old_stock))
    assert cover.answer_now(enrolment, on=TODAY).units_on_hand == at_home
    assert Collection.objects.filter(enrolment=enrolment, kind="MEDICINE").exists() is is_collected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"what": What.SWITCH}, "Choose the new product"),
        ({"what": What.DEVICE}, "Choose the new product"),
        ({"product": "new"}, "how many of the old are left"),
        ({"product": "new", "units_left": 2}, "what is done with what is left"),
        ({"product": "other", "units_left": 0}, "is another medicine"),
        ({"product": "new", "units_left": 2, "old_stock": OldStock.USE_UP, "starts_on": TODAY}, "used up first"),
        ({"every_days": None}, "Say every how many days"),
    ],
)
def test_a_change_that_leaves_a_doubt_is_refused_whole(change: dict[str, Any], words: str) -> None:
    enrolment = treated()
    prescription, _ = sent(enrolment)
    if change.get("product") == "new":
        change = change | {"product": product_of(enrolment)}
    elif change.get("product") == "other":
        change = change | {"product": product_of(enrolled())}
    with pytest.raises(Refused, match=words):
        changed(enrolment, weekly(**change))
    prescription.refresh_from_db()
    assert prescription.status == "SENT"
    assert not SupplyFact.objects.filter(enrolment=enrolment, kind="WRITE_OFF").exists()


def test_a_switch_changes_the_brand_and_its_clock() -> None:
    enrolment = treated()
    new = product_of(enrolment)
    changed(enrolment, weekly(what=What.SWITCH, product=new, units_left=0))
    treatment = Treatment.objects.get(pk=enrolment.treatment_id)
    assert (treatment.product, treatment.brand) == (new, "Newbrand")
    assert PathwayClock.objects.running().get(enrolment=enrolment).kind == "SWITCH"


@pytest.mark.parametrize(
    ("what", "product", "words"),
    [
        (What.DOSE, {"brand": "Other"}, "another brand than Newbrand"),
        (What.DEVICE, {"brand": "Other"}, "another brand than Newbrand"),
        (What.DOSE, {"brand": "Newbrand", "form": "SYRINGE"}, "another device than now"),
        (What.DOSE, {"brand": "Newbrand", "strength_value": Decimal(80)}, ""),
        (What.DEVICE, {"brand": "Newbrand", "form": "SYRINGE"}, ""),
    ],
)
def test_what_is_said_to_change_is_held_against_the_product(what: What, product: dict[str, Any], words: str) -> None:
    enrolment = treated()
    changed(enrolment, weekly(what=What.SWITCH, product=product_of(enrolment), units_left=0))
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    change = weekly(what=what, product=product_of(enrolment, **product), units_left=0)
    if words:
        with pytest.raises(Refused, match=words):
            changed(enrolment, change)
    else:
        assert changed(enrolment, change).every_days == 7


def test_the_same_brand_is_no_switch() -> None:
    enrolment = treated()
    changed(enrolment, weekly(what=What.SWITCH, product=product_of(enrolment), units_left=0))
    with pytest.raises(Refused, match="the brand the patient has already"):
        changed(Enrolment.objects.get(pk=enrolment.pk), weekly(
            what=What.SWITCH, product=product_of(enrolment, strength_value=Decimal(80)), units_left=0
        ))  # fmt: skip


@pytest.mark.parametrize(
    ("what", "trains", "is_planned"),
    [(What.DEVICE, True, True), (What.SWITCH, True, True), (What.DOSE, True, False), (What.DEVICE, False, False)],
)
def test_another_device_is_trained_where_the_service_trains(what: What, trains: bool, is_planned: bool) -> None:
    enrolment = treated()
    if trains:
        with acting(by=User.objects.system("command")):
            enrolment.service.activities.create(activity="TRAINING_AND_COMPETENCY")
    changed(enrolment, weekly(what=what, product=product_of(enrolment), units_left=0))
    assert Visit.objects.filter(enrolment=enrolment, kind="TRAINING").exists() is is_planned


def test_somebody_paused_is_asked_for_when_they_resume() -> None:
    enrolment, nurse = treated(), person("SPECIALIST_NURSE")
    patients.suspend(enrolment=enrolment, starts_on=TODAY, suspension_reason="INFECTION", by=nurse, at=NOON)
    changed(enrolment, weekly())
    assert not RenewalRequest.objects.open().filter(enrolment=enrolment).exists()


def test_nobody_before_their_first_dose() -> None:
    with pytest.raises(Refused, match="not on treatment"):
        changed(enrolled(status="REGISTERED"), weekly())


@pytest.mark.parametrize(
    ("role", "may"),
    [("CLINICAL_PHARMACIST", True), ("PRESCRIBER", True), ("HOMECARE_LEAD", True), ("TECHNICIAN", False)],
)
def test_who_may_change_a_dose_may_do_all_of_it(role: str, may: bool) -> None:
    enrolment = treated()
    sent(enrolment, "DISPATCHED")
    if may:
        changed(enrolment, weekly(units_left=2, old_stock=OldStock.WRITE_OFF), by=role)
        assert "Stop it: it is of the old." in ProviderNotice.objects.get(kind="DOSE_CHANGE").detail
    else:
        with pytest.raises(NotAllowed):
            changed(enrolment, weekly(), by=role)


# -- the page ---------------------------------------------------------------------------------------------------------

GIVEN = {
    "what": "DOSE",
    "starts_on": str(TODAY + dt.timedelta(days=1)),
    "units_per_dose": "2",
    "dose_text": "80 mg",
    "pattern": "EVERY_DAYS",
    "every_days": "14",
}


def test_what_follows_is_shown_before_anything_is_done() -> None:
    enrolment, client = treated(), browser("CLINICAL_PHARMACIST")
    sent(enrolment)
    new = product_of(enrolment, strength_value=Decimal(80))
    given = GIVEN | {"product": str(new.pk), "units_left": "3", "old_stock": "USE_UP"}
    address = f"/enrolments/{enrolment.pk}/dose-change/"
    page = text(client.post(address, given))
    for words in (
        "check before you confirm",
        "1 prescription for the old dose cancelled",
        "A prescription for the new dose is asked for now.",
        "Two kinds will be in the home",
        "A clock runs until the next dose is taken.",
    ):
        assert words in page
    assert Prescription.objects.get(enrolment=enrolment).status == "SENT"
    assert not ProviderNotice.objects.exists()
    assert client.post(address, given | {"seen": "1"}).status_code == 302
    assert Prescription.objects.get(enrolment=enrolment).status == "CANCELLED"


def test_what_was_entered_may_be_changed_after_the_second_look() -> None:
    enrolment, client = treated(), browser("CLINICAL_PHARMACIST")
    answer = client.post(f"/enrolments/{enrolment.pk}/dose-change/", GIVEN | {"seen": "1", "change": "1"})
    assert answer.status_code == 200
    assert 'value="80 mg"' in answer.content.decode()
    assert RegimenPhase.objects.filter(enrolment=enrolment).count() == 1


def test_a_refusal_comes_before_the_second_look() -> None:
    enrolment = treated()
    given = GIVEN | {"product": str(product_of(enrolment).pk)}
    answer = browser("CLINICAL_PHARMACIST").post(f"/enrolments/{enrolment.pk}/dose-change/", given)
    assert answer.status_code == 422
    assert "how many of the old are left" in text(answer)
