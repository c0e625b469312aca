"""One small hospital for all tests of this folder: loaded once, in a transaction that is undone at the end."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from homecare.accounts.models import User
from homecare.core.clock import at_local
from homecare.desk.demo.actions import Loaded, load_demo

AS_AT = dt.date(2026, 11, 18)  # a Wednesday
AT = at_local(AS_AT, 8)


def load(patients: int, *, seed: int = 7, add: bool = False) -> Loaded:
    """Load a demonstration as at the tests' day."""
    return load_demo(patients=patients, seed=seed, as_at=AS_AT, by=User.objects.system("demo"), at=AT, add=add)


@pytest.fixture(scope="module")
def hospital(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Two hundred patients."""
    with django_db_blocker.unblock(), transaction.atomic():
        loaded = load(200)
        with connection.cursor() as cursor:  # autovacuum sees nothing of a transaction, and may have seen empty tables
            cursor.execute("ANALYZE")
        yield loaded
        transaction.set_rollback(True)


@pytest.fixture
def undone(hospital: Loaded) -> Iterator[Loaded]:
    """The same, with whatever the test does undone after it."""
    with transaction.atomic():
        yield hospital
        transaction.set_rollback(True)
