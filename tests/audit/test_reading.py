"""A record's history reads as sentences: who, what from what to what, when, why."""

import datetime as dt
from typing import Any

import pytest

from homecare.accounts.models import Clinic, Practitioner, Specialty, User
from homecare.audit.actions import acting
from homecare.audit.reading import FieldChange, history_of
from providers.models import Contract, Provider


@pytest.fixture
def clinic(technician: User) -> Clinic:
    with acting(by=technician, reason="New team"):
        return Clinic.objects.create(specialty=Specialty.objects.create(name="Rheumatology"), name="Dr Raman")


def test_a_new_record_tells_what_was_filled_in(clinic: Clinic) -> None:
    (change,) = history_of(clinic)
    assert (change.kind, change.record, change.who, change.why) == ("Created", "Clinic", "Ada Okafor", "New team")
    assert FieldChange("Specialty", "nothing", "Rheumatology") in change.fields
    assert FieldChange("Name", "nothing", "Dr Raman") in change.fields


def test_a_change_tells_only_what_changed(clinic: Clinic, technician: User) -> None:
    with acting(by=technician):
        Clinic.objects.update(name="Dr Rao")
    assert history_of(clinic)[0].fields == (FieldChange("Name", "Dr Raman", "Dr Rao"),)


def test_a_change_of_what_it_points_at_names_both(clinic: Clinic, technician: User) -> None:
    with acting(by=technician):
        clinic.specialty = Specialty.objects.create(name="Oncology")
        clinic.save()
    assert history_of(clinic)[0].fields == (FieldChange("Specialty", "Rheumatology", "Oncology"),)


def test_a_change_from_outside_names_the_database_s_role(clinic: Clinic) -> None:
    Clinic.objects.update(name="Tampered")
    newest = history_of(clinic)[0]
    assert newest.is_outside
    assert newest.who.startswith("Outside the application (database role homecare_owner")


def test_a_deleted_record_says_so(clinic: Clinic) -> None:
    record_id = clinic.pk
    clinic.delete()
    clinic.pk = record_id
    assert (history_of(clinic)[0].kind, history_of(clinic)[0].fields) == ("Deleted", ())


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ends_on", dt.date(2027, 3, 31), "31 March 2027"),
        ("funding_model", "NHS", "NHS funded"),
        ("contract_holder", "TRUST", None),
    ],
)
def test_values_are_said_as_people_read_them(db: None, field: str, value: Any, words: str | None) -> None:
    provider = Provider.objects.create(name="Example Homecare", active=True)
    contract = Contract.objects.create(
        provider=provider, reference="R1", funding_model="NHS", contract_holder="TRUST",
        starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2027, 3, 31),
    )  # fmt: skip
    label = str(Contract._meta.get_field(field).verbose_name).capitalize()
    said = {change.label: change.after for change in history_of(contract)[0].fields}
    expected = words or dict(Contract._meta.get_field(field).flatchoices)[value]  # type: ignore[union-attr]
    assert said[label] == expected


def test_yes_and_no_are_words(db: None) -> None:
    provider = Provider.objects.create(name="Example Homecare", active=True)
    Provider.objects.update(active=False)
    assert history_of(provider)[0].fields == (FieldChange("Active", "yes", "no"),)


def test_records_of_several_kinds_are_told_together_newest_first(clinic: Clinic, technician: User) -> None:
    with acting(by=technician):
        practitioner = Practitioner.objects.create(name="Dr Raman")
    told = [change.record for change in history_of(clinic, Specialty.objects.all(), [practitioner])]
    assert told == ["Practitioner", "Clinic", "Specialty"]


def test_a_limit_keeps_the_newest(clinic: Clinic) -> None:
    Clinic.objects.update(name="Dr Rao")
    assert [change.kind for change in history_of(clinic, limit=1)] == ["Changed"]


@pytest.mark.parametrize("changes", [1, 20])
def test_the_number_of_queries_does_not_grow(
    clinic: Clinic, technician: User, changes: int, django_assert_num_queries: Any
) -> None:
    others = [Clinic.objects.create(specialty=clinic.specialty, name=f"Clinic {n}") for n in range(changes)]
    for n in range(changes):
        with acting(by=technician):
            Clinic.objects.filter(pk=clinic.pk).update(name=f"Dr {n}")
    with django_assert_num_queries(3):  # the history, the specialties, the users
        history_of(clinic, others)
