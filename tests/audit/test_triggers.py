"""History is written by the database, one row for each row changed, with who, why and how."""

from django.db import connection
from django.utils import timezone

from homecare.accounts.models import Specialty, User
from homecare.audit.actions import acting, action
from homecare.audit.context import request_id


def rows_of(name: str) -> list[tuple[str, int | None, str, str | None]]:
    history = Specialty.history.filter(name=name).order_by("history_id")
    return list(history.values_list("history_type", "history_user_id", "history_source", "history_change_reason"))


def test_a_saved_record_has_one_row_of_history(technician: User) -> None:
    with acting(by=technician, reason="New team"):
        Specialty.objects.create(name="Rheumatology")
    assert rows_of("Rheumatology") == [("+", technician.pk, "APPLICATION", "New team")]


def test_a_deed_names_its_actor_its_reason_and_the_request(technician: User) -> None:
    @action
    def found(*, by: User, at: object, reason: str) -> None:
        Specialty.objects.create(name="Oncology")

    with request_id("request-12345"):
        found(by=technician, at=timezone.now(), reason="Opened in May")
    row = Specialty.history.get(name="Oncology")
    assert (row.history_user_id, row.history_change_reason) == (technician.pk, "Opened in May")
    assert row.history_request_id == "request-12345"


def test_what_no_deed_does_is_outside_the_application(db: None) -> None:
    Specialty.objects.create(name="Dermatology")
    assert rows_of("Dermatology") == [("+", None, "OUTSIDE", None)]


def test_each_row_of_a_bulk_write_has_its_own(technician: User) -> None:
    with acting(by=technician):
        Specialty.objects.bulk_create([Specialty(name=f"Bulk {n}") for n in range(5)])
    assert Specialty.history.filter(name__startswith="Bulk", history_user_id=technician.pk).count() == 5


def test_history_says_which_role_of_the_database_and_which_transaction(technician: User) -> None:
    with acting(by=technician), connection.cursor() as cursor:
        Specialty.objects.create(name="Renal")
        cursor.execute("SELECT session_user, pg_current_xact_id()::text::bigint")
        expected = cursor.fetchone()
    row = Specialty.history.get(name="Renal")
    assert (row.history_db_role, row.history_txid) == expected


def test_a_record_can_be_read_as_it_was(technician: User) -> None:
    with acting(by=technician):
        specialty = Specialty.objects.create(name="Gastro")
        before = Specialty.history.get(name="Gastro").history_date
        specialty.name = "Gastroenterology"
        specialty.save()
    assert Specialty.history.as_of(before).get(pk=specialty.pk).name == "Gastro"
