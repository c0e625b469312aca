"""Goal A5: what cannot be put on record is not done."""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from homecare.accounts.models import Specialty, User
from homecare.audit.actions import acting, action

FAULTS = {
    "history takes no rows": "ALTER TABLE accounts_historicalspecialty ADD CONSTRAINT no_more CHECK (false) NOT VALID",
    "history is gone": "ALTER TABLE accounts_historicalspecialty RENAME TO gone",
    "history lost a column": "ALTER TABLE accounts_historicalspecialty RENAME COLUMN history_txid TO lost",
    "nobody can be asked who acts": "ALTER TABLE audit_context RENAME TO gone",
    "the function fails": "CREATE OR REPLACE FUNCTION audit_history_of_accounts_specialty() RETURNS trigger LANGUAGE"
    " plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
}
WRITES: dict[str, Any] = {
    "save": lambda: Specialty.objects.create(name="New"),
    "update": lambda: Specialty.objects.filter(name="Old").update(name="New"),
    "bulk_create": lambda: Specialty.objects.bulk_create([Specialty(name="New")]),
    "delete": lambda: Specialty.objects.filter(name="Old").delete(),
}


@action
def write(*, by: User, at: object, how: Any) -> None:
    how()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("how", WRITES.values(), ids=WRITES)
def test_a_deed_that_cannot_be_recorded_is_not_done(technician: User, fault: str, how: Any) -> None:
    with acting(by=technician):
        Specialty.objects.create(name="Old")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fault)
    with pytest.raises(DatabaseError):
        write(by=technician, at=timezone.now(), how=how)
    assert list(Specialty.objects.values_list("name", flat=True)) == ["Old"]
