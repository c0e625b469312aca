"""What went round the application is counted, by table, kind and role."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from homecare.accounts.models import Practitioner, Specialty, User
from homecare.audit.actions import acting
from homecare.audit.outside import count_outside_rows, outside_changes, outside_rows


def found() -> list[tuple[str, str, int]]:
    return sorted((c.label, c.kind, c.rows) for c in outside_changes() if c.label != "accounts.User")


def test_a_deed_is_not_outside(technician: User) -> None:
    with acting(by=technician):
        Specialty.objects.create(name="Inside")
    assert found() == []


def test_what_no_deed_did_is_counted(db: None) -> None:
    Specialty.objects.bulk_create([Specialty(name="A"), Specialty(name="B")])
    Specialty.objects.filter(name="A").update(name="C")
    Practitioner.objects.create(name="Dr Raman")
    assert found() == [
        ("accounts.Practitioner", "created", 1),
        ("accounts.Specialty", "changed", 1),
        ("accounts.Specialty", "created", 2),
    ]


def test_the_database_s_role_and_the_record_are_named(db: None) -> None:
    Specialty.objects.create(name="A")
    (change,) = outside_changes()
    assert (change.record, change.db_role) == ("specialty", connection.settings_dict["USER"])
    assert [row.name for row in outside_rows("accounts.Specialty")] == ["A"]


def test_a_period_can_be_asked_for(db: None) -> None:
    Specialty.objects.create(name="A")
    hour = dt.timedelta(hours=1)
    assert count_outside_rows(since=timezone.now() - hour) == 1
    assert count_outside_rows(since=timezone.now() + hour) == 0
    assert outside_changes(until=timezone.now() - hour) == []


def test_one_query_asks_every_table(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        outside_changes()
