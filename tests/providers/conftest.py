"""Reference data, loaded."""

import datetime as dt

import pytest
from django.core.management import call_command

from homecare.accounts.models import User

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def loaded(db: None) -> None:
    """Load everything that ships."""
    call_command("load_reference", verbosity=0)


@pytest.fixture
def lead(db: None) -> User:
    return User.objects.create(username="grace", role="HOMECARE_LEAD")


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create(username="margaret", role="CHIEF_PHARMACIST")
