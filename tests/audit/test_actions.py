"""Who acts: set for the outermost deed, kept for those inside it, gone when it ends."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from homecare.accounts.models import Specialty, User
from homecare.audit.actions import acting, action, begin
from homecare.audit.proof import actor_proof
from homecare.core.errors import Refused


@action
def found(*, name: str, by: User | None, at: dt.datetime, reason: str = "", then: Any = None) -> Specialty:
    specialty = Specialty.objects.create(name=name)
    if then is not None:
        then()
    return specialty


def who(name: str) -> tuple[int | None, str, str | None]:
    return Specialty.history.values_list("history_user_id", "history_source", "history_change_reason").get(name=name)


@pytest.fixture
def sweep(db: None) -> User:
    return User.objects.system("sweep")


def test_a_deed_without_an_actor_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="somebody to answer"):
        found(name="Nobody's", by=None, at=timezone.now())


def test_a_deed_by_somebody_deactivated_is_refused(technician: User) -> None:
    technician.is_active = False
    with pytest.raises(Refused, match="somebody to answer"):
        found(name="Nobody's", by=technician, at=timezone.now())


@pytest.mark.parametrize("at", [None, dt.datetime(2026, 1, 1)])  # noqa: DTZ001
def test_a_deed_without_a_time_is_refused(technician: User, at: Any) -> None:
    with pytest.raises(Refused, match="without a time"):
        found(name="Never", by=technician, at=at)


def test_a_deed_inside_a_deed_keeps_the_outer_reason(technician: User) -> None:
    now = timezone.now()
    found(
        name="Outer", by=technician, at=now, reason="Import 7",
        then=lambda: found(name="Inner", by=technician, at=now, reason="Its own"),
    )  # fmt: skip
    assert who("Inner") == (technician.pk, "APPLICATION", "Import 7")


def test_a_deed_by_somebody_else_inside_is_theirs_and_the_rest_is_not(technician: User, sweep: User) -> None:
    now = timezone.now()

    def then() -> None:
        found(name="Inner", by=sweep, at=now)
        Specialty.objects.create(name="After")

    found(name="Outer", by=technician, at=now, reason="Import 7", then=then)
    assert who("Inner") == (sweep.pk, "APPLICATION", None)
    assert who("After") == (technician.pk, "APPLICATION", "Import 7")


def test_after_a_refused_deed_inside_the_outer_goes_on(technician: User, sweep: User) -> None:
    now = timezone.now()

    def refuse() -> None:
        raise Refused("No.")

    def then() -> None:
        with pytest.raises(Refused):
            found(name="Inner", by=sweep, at=now, then=refuse)
        Specialty.objects.create(name="After")

    found(name="Outer", by=technician, at=now, then=then)
    assert not Specialty.history.filter(name="Inner").exists()
    assert who("After")[0] == technician.pk


def test_what_follows_a_deed_in_the_same_transaction_is_nobody_s(technician: User) -> None:
    found(name="Deed", by=technician, at=timezone.now())
    Specialty.objects.create(name="After")
    assert who("After") == (None, "OUTSIDE", None)


def _refused_after_writing() -> None:
    with transaction.atomic():
        Specialty.objects.create(name="Undone")
        raise Refused("No.")


def test_a_savepoint_rolled_back_takes_its_history_with_it(technician: User) -> None:
    with acting(by=technician):
        with pytest.raises(Refused):
            _refused_after_writing()
        Specialty.objects.create(name="Done")
    assert list(Specialty.history.values_list("name", "history_user_id")) == [("Done", technician.pk)]


@pytest.mark.django_db(transaction=True)
def test_in_autocommit_a_deed_is_its_own_transaction() -> None:
    technician = User.objects.create(username="technician")
    found(name="Deed", by=technician, at=timezone.now())
    Specialty.objects.create(name="After")
    assert who("Deed")[0] == technician.pk
    assert who("After") == (None, "OUTSIDE", None)


@pytest.mark.django_db(transaction=True)
def test_nobody_begins_outside_a_transaction() -> None:
    with pytest.raises(Refused, match="in a transaction"):
        begin(by=User.objects.create(username="technician"))


@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_each_have_their_own_actor(sweep: User) -> None:
    technician = User.objects.create(username="technician")
    other = connection.copy()
    try:
        with acting(by=technician), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()::text")
            proof = actor_proof(txid=cursor.fetchone()[0], actor_id=sweep.pk)
            cursor.execute("SELECT audit_begin(%s, '', '', %s)", [sweep.pk, proof])
            Specialty.objects.create(name="Ours")
            cursor.execute("INSERT INTO accounts_specialty (name) VALUES ('Theirs')")
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert (who("Ours")[0], who("Theirs")[0]) == (technician.pk, sweep.pk)


@pytest.mark.django_db(transaction=True)
def test_who_acted_in_ended_transactions_is_swept_up() -> None:
    technician = User.objects.create(username="technician")
    with connection.cursor() as cursor:
        for n in range(3):
            found(name=f"Deed {n}", by=technician, at=timezone.now())
        cursor.execute("SELECT audit_sweep()")
        # Only what no running transaction of the whole server can still be: other tests may be at work beside us.
        cursor.execute("SELECT count(*) FROM audit_context WHERE txid < pg_snapshot_xmin(pg_current_snapshot())")
        assert cursor.fetchone() == (0,)
