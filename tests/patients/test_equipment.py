"""Equipment at home: one serial number in one home, days in their order, collected once."""

import datetime as dt
import threading

import pytest
from django.db import connections

from homecare.core.errors import Refused, Stale
from patients.actions import equipment
from patients.actions.equipment import Thing
from patients.models import Enrolment, Equipment
from patients.pathway.facts import facts_for
from tests.factories import NOON
from tests.patients.starts import TODAY, days, registered, somebody

pytestmark = pytest.mark.django_db


def thing(**changes: object) -> Thing:
    given = {"kind": "FRIDGE", "owner": "PROVIDER", "serial_number": "F-1", "delivered_on": TODAY}
    return Thing(**(given | changes))  # type: ignore[arg-type]


def stand(enrolment: Enrolment, **changes: object) -> Equipment:
    return equipment.record_equipment(enrolment=enrolment, thing=thing(**changes), by=somebody(), at=NOON)


def collect(found: Equipment, *, on: dt.date = TODAY) -> Equipment:
    return equipment.collect_equipment(equipment=found, collected_on=on, by=somebody(), at=NOON)


def fridge_on(enrolment: Enrolment) -> dt.date | None:
    return facts_for([enrolment.pk], today=TODAY)[enrolment.pk].fridge_delivered_on


def test_a_fridge_counts_from_its_delivery_until_it_is_collected() -> None:
    enrolment = registered("REFRIGERATION_PROVIDED")
    found = stand(enrolment, delivered_on=None, ordered_on=TODAY)
    assert fridge_on(enrolment) is None
    equipment.change_equipment(equipment=found, thing=thing(), by=somebody(), at=NOON)
    assert fridge_on(enrolment) == TODAY
    collect(found)
    assert fridge_on(enrolment) is None


def test_a_serial_number_stands_in_one_home_at_a_time() -> None:
    first = stand(registered())
    with pytest.raises(Refused, match="Fridge F-1 is on record at a home already"):
        stand(registered())
    collect(first)
    assert stand(registered()).pk


@pytest.mark.parametrize("changes", [{"kind": "PUMP"}, {"serial_number": "F-2"}])
def test_another_kind_or_number_is_another_thing(changes: dict[str, object]) -> None:
    stand(registered())
    assert stand(registered(), **changes).pk


def test_things_without_a_serial_number_are_many() -> None:
    for _ in range(2):
        stand(registered(), serial_number="")
    assert Equipment.objects.count() == 2


def test_a_number_is_not_changed_to_one_that_stands_elsewhere() -> None:
    stand(registered())
    other = stand(registered(), serial_number="F-2")
    with pytest.raises(Refused, match="at a home already"):
        equipment.change_equipment(equipment=other, thing=thing(), by=somebody(), at=NOON)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivered_on": TODAY + dt.timedelta(days=1)}, "in the future"),
        ({"ordered_on": TODAY, "delivered_on": TODAY - dt.timedelta(days=1)}, "before it was ordered"),
    ],
)
def test_days_that_cannot_be_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        stand(registered(), **changes)


@pytest.mark.parametrize(("after", "words"), [(1, "in the future"), (-1, "was not collected before that")])
def test_it_is_collected_after_it_came_and_not_in_the_future(after: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        collect(stand(registered()), on=days(after).date())


def test_what_was_collected_is_not_collected_or_changed_again() -> None:
    found = collect(stand(registered()))
    with pytest.raises(Stale, match="was collected on 2 March 2026"):
        collect(found)
    with pytest.raises(Stale, match="was collected"):
        equipment.change_equipment(equipment=found, thing=thing(), by=somebody(), at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_who_record_the_same_number_at_once_put_it_in_one_home() -> None:
    enrolments, gate, answers = [registered(), registered()], threading.Barrier(2), []
    by = somebody()

    def press(enrolment: Enrolment) -> None:
        try:
            gate.wait()
            answers.append(equipment.record_equipment(enrolment=enrolment, thing=thing(), by=by, at=NOON).pk)
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[enrolment]) for enrolment in enrolments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Equipment.objects.count() == 1
    assert "in_another_home" in answers
