"""History tables stay lean, and nothing in Python writes them."""

from typing import Any

import pytest
from django.db import connection, models
from django.db.models.signals import post_delete, post_save, pre_delete

from homecare.accounts.models import Specialty
from homecare.audit import policy

HISTORY = policy.history_models()


@pytest.mark.parametrize("model", HISTORY, ids=lambda model: model._meta.label)
def test_a_history_table_has_three_indexes(db: None, model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [model._meta.db_table])
        ends = sorted(definition.split(" btree ")[1] for (definition,) in cursor.fetchall())
    key = model.instance_type._meta.pk.column  # type: ignore[attr-defined]
    outside = "(history_date) WHERE ((history_source)::text = 'OUTSIDE'::text)"
    assert ends == sorted([outside, "(history_id)", f"({key}, history_date)"])


@pytest.mark.parametrize("signal", [post_save, pre_delete, post_delete])
def test_nothing_in_python_listens_for_a_tracked_record(signal: Any) -> None:
    assert not signal.has_listeners(Specialty)


def test_simple_history_s_own_bulk_writing_is_refused(db: None) -> None:
    from django.db.utils import ProgrammingError
    from simple_history.utils import bulk_create_with_history

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL homecare.allow_purge = 'off'")
    with pytest.raises(ProgrammingError, match="stays on record"):
        bulk_create_with_history([Specialty(name="Twice")], Specialty)
