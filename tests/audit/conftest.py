"""A connection as the application's own role, and somebody to act."""

import os
from collections.abc import Iterator
from typing import Any

import dj_database_url
import psycopg2
import pytest
from django.db import connection

from homecare.accounts.models import User


@pytest.fixture
def app_connection(db: None) -> Iterator[Any]:
    """Connect to the test database as the role that serves; whatever is done is rolled back."""
    address = dj_database_url.parse(os.environ["DATABASE_URL"])
    app = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        user=address["USER"],
        password=address["PASSWORD"],
        host=address["HOST"] or None,
        port=address["PORT"] or None,
        **address.get("OPTIONS", {}),
    )
    yield app
    app.rollback()
    app.close()


@pytest.fixture
def technician(db: None) -> User:
    """Somebody who may act."""
    return User.objects.create(username="technician", first_name="Ada", last_name="Okafor", role="TECHNICIAN")
