"""Wishes for deliveries, representatives and collections: one in force, told, answered; refused in words."""

import datetime as dt
from typing import Any

import pytest

from homecare.core.errors import NotAllowed, Refused
from patients import actions as patients
from patients.actions.addresses import delivered_to
from patients.actions.representatives import (
    Authority,
    add_representative,
    change_representative,
    end_representative,
)
from patients.models import Collection, DeliveryPreference, Equipment, ProviderNotice, Representative
from tests.desk.pages import TODAY, enrolled, person, treated
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def wished(enrolment: Any, *, role: str = "TECHNICIAN", **wishes: Any) -> DeliveryPreference:
    return patients.record_preference(enrolment=enrolment, wishes=patients.Wishes(**wishes), by=person(role), at=NOON)


def test_wishes_are_sent_to_the_provider_in_words() -> None:
    wished(
        treated(), weekdays=[5, 1], slot="MORNING", place="NEIGHBOUR", place_detail="3 Mill Road, Jo",
        away_from_on=TODAY, away_to_on=TODAY + 6 * DAY,
    )  # fmt: skip
    assert ProviderNotice.objects.get().detail == (
        "The patient asks: Monday, Friday; morning; to neighbour: 3 Mill Road, Jo; nothing from 2 March 2026 to "
        "8 March 2026, when they are away. Please say whether you can."
    )


def test_later_wishes_take_the_place_of_earlier_ones() -> None:
    enrolment = treated()
    first = wished(enrolment, weekdays=[1])
    wished(enrolment, weekdays=[2])
    first.refresh_from_db()
    assert first.ended_on == TODAY
    assert DeliveryPreference.objects.filter(ended_on=None).get().weekdays == [2]
    assert ProviderNotice.objects.untold().count() == 1


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"weekdays": [8]}, "Monday to Sunday"),
        ({"place": "WORK"}, "Say where"),
        ({"away_from_on": TODAY}, "last day away as well"),
        ({"away_to_on": TODAY}, "first day away as well"),
        ({"away_from_on": TODAY, "away_to_on": TODAY - DAY}, "cannot be before the first"),
        ({"away_from_on": TODAY - 9 * DAY, "away_to_on": TODAY - DAY}, "are over"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(wishes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        wished(treated(), **wishes)


def test_an_ended_enrolment_has_no_wishes() -> None:
    with pytest.raises(Refused, match="has ended"):
        wished(enrolled(status="STOPPED"))


def answered(preference: DeliveryPreference, answer: str, reason: str = "", on: dt.date = TODAY) -> DeliveryPreference:
    return patients.answer_preference(
        preference=preference, answer=answer, answered_on=on, by=person("TECHNICIAN"), at=NOON, reason=reason
    )


@pytest.mark.parametrize(
    ("answer", "reason", "on", "words"),
    [
        ("CANNOT", "", TODAY, "Say why"),
        ("WAITING", "", TODAY, "will do it or cannot"),
        ("HONOURED", "", TODAY + DAY, "in the future"),
    ],
)
def test_an_answer_is_whole_or_refused(answer: str, reason: str, on: dt.date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        answered(wished(treated()), answer, reason, on)


def test_an_answer_to_wishes_that_were_replaced_is_refused() -> None:
    enrolment = treated()
    first = wished(enrolment)
    wished(enrolment, weekdays=[1])
    with pytest.raises(Refused, match="no longer in force"):
        answered(first, "HONOURED")


@pytest.mark.parametrize(("answer", "reason", "place"), [("HONOURED", "", "Work: The mill"), ("CANNOT", "Far", "")])
def test_medicine_goes_to_a_place_once_the_provider_agreed(answer: str, reason: str, place: str) -> None:
    enrolment = treated()
    preference = wished(enrolment, place="WORK", place_detail="The mill")
    assert delivered_to(enrolment.patient_id, on=TODAY, enrolment_id=enrolment.pk) == ""
    answered(preference, answer, reason)
    assert delivered_to(enrolment.patient_id, on=TODAY, enrolment_id=enrolment.pk) == place


@pytest.mark.parametrize(("role", "may"), [("ADMINISTRATIVE_SUPPORT", True), ("PRESCRIBER", False), ("AUDITOR", False)])
def test_who_may_record_wishes(role: str, may: bool) -> None:
    if may:
        assert wished(treated(), role=role).answer == "WAITING"
    else:
        with pytest.raises(NotAllowed):
            wished(treated(), role=role)


# -- representatives --------------------------------------------------------------------------------------------------


def spoken_for(patient: Any, representative: Representative | None = None, **changes: Any) -> Representative:
    authority = Authority(**({"kind": "CARER", "name": "Jo Example", "telephone": "01632 960111"} | changes))
    by = person("TECHNICIAN")
    if representative is None:
        return add_representative(patient=patient, authority=authority, by=by, at=NOON)
    return change_representative(representative=representative, authority=authority, by=by, at=NOON)


def test_a_representative_is_told_to_the_provider() -> None:
    spoken_for(treated().patient, may_consent=True)
    assert ProviderNotice.objects.get().detail == "Speaks for the patient: Carer, Jo Example, 01632 960111."


def test_one_who_may_not_be_contacted_is_not_named_to_the_provider() -> None:
    spoken_for(treated().patient, may_be_contacted=False)
    assert ProviderNotice.objects.get().detail == "Nobody speaks for the patient now."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Enter the name"),
        ({"telephone": ""}, "Enter a telephone number or an email"),
        ({"has_parental_responsibility": True}, "parent or guardian"),
    ],
)
def test_a_representative_is_whole_or_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        spoken_for(treated().patient, **changes)


def test_a_representative_is_changed_and_ends() -> None:
    patient = treated().patient
    first = spoken_for(patient)
    spoken_for(patient, first, name="Jo Other")
    assert Representative.objects.get().name == "Jo Other"
    given = {"ended_on": TODAY, "by": person("TECHNICIAN"), "at": NOON}
    end_representative(representative=first, **given)
    with pytest.raises(Refused, match="has spoken for the patient only until"):
        end_representative(representative=first, **given)


# -- collections ------------------------------------------------------------------------------------------------------


def asked(enrolment: Any, kind: str = "SHARPS", equipment: Equipment | None = None) -> Collection:
    return patients.ask_collection(
        enrolment=enrolment, kind=kind, equipment=equipment, by=person("TECHNICIAN"), at=NOON
    )


def fridge(enrolment: Any, **changes: Any) -> Equipment:
    values = {"kind": "FRIDGE", "serial_number": "F1", "owner": "PROVIDER", "delivered_on": TODAY - 9 * DAY}
    return Equipment.objects.create(enrolment=enrolment, **(values | changes))


def test_a_collection_is_told_arranged_and_done() -> None:
    enrolment, technician = treated(), person("TECHNICIAN")
    thing = fridge(enrolment)
    collection = asked(enrolment, "EQUIPMENT", thing)
    assert ProviderNotice.objects.get().detail == "Please collect: Fridge F1 (provider)."
    patients.arrange_collection(collection=collection, arranged_for_on=TODAY + DAY, by=technician, at=NOON)
    patients.complete_collection(collection=collection, done_on=TODAY, by=technician, at=NOON)
    thing.refresh_from_db()
    assert thing.collected_on == TODAY
    with pytest.raises(Refused, match="was collected on 2 March 2026"):
        patients.complete_collection(collection=collection, done_on=TODAY, by=technician, at=NOON)


def test_a_collection_that_makes_no_sense_is_refused() -> None:
    here, elsewhere, technician = treated(), treated(), person("TECHNICIAN")
    with pytest.raises(Refused, match="Choose the equipment"):
        asked(here, "EQUIPMENT")
    with pytest.raises(Refused, match="stands in another home"):
        asked(here, "EQUIPMENT", fridge(elsewhere))
    collection = asked(here)
    with pytest.raises(Refused, match="asked for already"):
        asked(here)
    with pytest.raises(Refused, match="today or later"):
        patients.arrange_collection(collection=collection, arranged_for_on=TODAY - DAY, by=technician, at=NOON)
    with pytest.raises(Refused, match="in the future"):
        patients.complete_collection(collection=collection, done_on=TODAY + DAY, by=technician, at=NOON)
