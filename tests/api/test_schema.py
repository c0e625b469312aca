"""The schema says what is there, and what is there does what the schema says: nothing crashes, whatever is sent."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from homecare.wsgi import application
from tests.api.conftest import caller, sent_to
from tests.api.test_registrations import registered_with

pytestmark = pytest.mark.django_db

# What we do on purpose and the tool takes for a fault: it cannot know that the first real report uses the delivery up,
# and it expects that its own made-up token is refused where we send a real one.
EXCLUDED = [positive_data_acceptance, ignored_auth]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's own connection over calls through WSGI, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_schema_is_open_and_names_every_address() -> None:
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) == {
        "/api/v1/prescriptions/",
        "/api/v1/prescriptions/{reference}/",
        "/api/v1/prescriptions/{reference}/acknowledgement/",
        "/api/v1/prescriptions/{reference}/deliveries/",
        "/api/v1/registrations/",
        "/api/v1/registrations/{reference}/",
        "/api/v1/registrations/{reference}/form.pdf",
        "/api/v1/registrations/{reference}/acknowledgement/",
        "/api/v1/registrations/{reference}/queries/",
        "/api/v1/registrations/{reference}/rejection/",
    }


def test_no_two_parts_of_the_schema_share_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    Client().get("/api/v1/schema/")
    assert "Warning" not in capsys.readouterr().err


def test_each_address_names_the_scope_it_needs() -> None:
    paths = Client().get("/api/v1/schema/").json()["paths"]
    needed = {(path, method): op["security"] for path, ops in paths.items() for method, op in ops.items()}
    assert all(len(security[0]["oauth2"]) == 1 for security in needed.values())


def test_whatever_is_sent_the_answer_is_one_that_the_schema_promises(one_connection: None) -> None:
    mine = caller()
    references = {
        "prescriptions": str(sent_to(mine, deliveries=1).reference),
        "registrations": str(registered_with(mine).reference),
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 11
    for operation in operations:

        @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def hammer(case: schemathesis.Case) -> None:
            if case.path_parameters:
                case.path_parameters["reference"] = references[case.path.split("/")[3]]
            answer = case.call(headers={"Authorization": f"Bearer {mine.token}"})
            case.validate_response(answer, excluded_checks=EXCLUDED)

        hammer()
