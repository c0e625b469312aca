"""Goal A1: whatever writes a tracked row, in whatever way, history has it — and the test would notice if not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.utils import ProgrammingError

from homecare.accounts.models import Specialty, User
from homecare.audit import policy
from homecare.audit.actions import acting
from tests.audit.plain_rows import without_constraints
from tests.audit.ways_of_writing import WAYS, faults

TRACKED = policy.tracked_models()


@pytest.fixture
def unbound(db: None) -> Iterator[Any]:
    """Give a function that takes a table's constraints off; all is rolled back, and no constraint is checked then."""

    def take_off(model: type[models.Model]) -> None:
        with connection.cursor() as cursor:
            without_constraints(cursor, model._meta.db_table)

    yield take_off
    transaction.set_rollback(True)


def test_the_database_has_no_table_that_is_neither_tracked_nor_excused(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        tables = {name for (name,) in cursor.fetchall()}
    tracked = {model._meta.db_table for model in TRACKED}
    history = {model._meta.db_table for model in policy.history_models()}
    excused = {table for table, said in policy.decided().items() if not said.needs_history and said.because}
    assert tables - tracked - history - excused == set()


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_each_way_of_writing_leaves_history(unbound: Any, technician: User, model: type[models.Model]) -> None:
    unbound(model)
    with acting(by=technician):
        assert faults(model, technician.pk) == {}


def test_what_no_deed_wrote_is_flagged_in_each_way(unbound: Any) -> None:
    unbound(Specialty)
    assert faults(Specialty, None) == {}


SEEN_BY = {
    "audit_insert": {"save_new", "bulk_create", "upsert", "ignored_conflict", "loaddata", "sql_insert", "copy_in"}
    | {"sql_insert_select"},
    "audit_update": {"save_changed", "save_update_fields", "queryset_update", "bulk_update", "upsert", "sql_update"}
    | {"sql_merge", "sql_changed_within_a_query"},
    "audit_delete": {"delete_one", "queryset_delete", "raw_delete", "sql_delete", "sql_merge", "sql_insert_select"}
    | {"sql_changed_within_a_query"},
}


@pytest.mark.parametrize("trigger", SEEN_BY)
def test_with_a_trigger_off_the_test_fails(unbound: Any, trigger: str) -> None:
    unbound(Specialty)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE accounts_specialty DISABLE TRIGGER {trigger}")
    assert set(faults(Specialty, None)) == SEEN_BY[trigger]


def test_every_way_is_seen_to_fail_by_one_trigger_or_another() -> None:
    assert set().union(*SEEN_BY.values()) == set(WAYS)


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_no_tracked_table_can_be_truncated(db: None, model: type[models.Model]) -> None:
    with pytest.raises(ProgrammingError, match="stays on record"), transaction.atomic():
        _truncate(model)


def _truncate(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL homecare.allow_purge = 'off'")
        cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
